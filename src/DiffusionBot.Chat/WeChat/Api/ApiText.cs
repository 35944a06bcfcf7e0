namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>What a server said, fit for a log: it may say back what it was asked, or anything else.</summary>
/// <param name="appSecret">The account's; null where it has none.</param>
internal sealed class ApiText(string? appSecret)
{
    private const int Most = 500;

    /// <summary>Without secrets, line breaks and other control characters; at most 500 characters.</summary>
    public string Clean(string text, string? token)
    {
        foreach (var secret in new[] { token, appSecret })
        {
            if (!string.IsNullOrEmpty(secret)) text = text.Replace(secret, "***", StringComparison.Ordinal).Replace(Uri.EscapeDataString(secret), "***", StringComparison.Ordinal);
        }
        return Plain(text);
    }

    /// <summary>The same where no secret was told.</summary>
    public static string Plain(string text) => string.Concat(text.Take(Most).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
}
