using System.Text.Json;
using DiffusionBot.Chat.WeChat.Showing;

namespace DiffusionBot.Chat.WeChat.Talking;

/// <summary>The ends of texts that were too long for one message, until their user asks for them.</summary>
internal sealed class UnreadTexts(ISharedNotes notes)
{
    private static readonly TimeSpan kept = TimeSpan.FromDays(1);

    /// <summary>In which language these words ask for the rest, if there is one; null: they do not.</summary>
    public static string? LanguageOf(string words) => words.Trim() switch
    {
        "继续" => "zh",
        var other when other.Equals("more", StringComparison.OrdinalIgnoreCase) => "en",
        _ => null,
    };

    /// <summary>Keeps the rest in place of any older one.</summary>
    /// <returns>The first piece, with a line that says how to read on.</returns>
    public async Task<string> KeepAsync(WeChatAddress user, string first, IReadOnlyList<string> rest, WeChatTexts texts)
    {
        if (rest.Count == 0) return first;
        await notes.SetAsync(KeyOf(user), JsonSerializer.Serialize(rest), kept, CancellationToken.None);
        return $"{first}\n{texts.GoOn}";
    }

    /// <summary>The next piece; null: there is none.</summary>
    public async Task<string?> NextAsync(WeChatAddress user, WeChatTexts texts, CancellationToken cancel)
    {
        if (await notes.FindAsync(KeyOf(user), cancel) is not { } note || JsonSerializer.Deserialize<List<string>>(note.Value) is not [var next, .. var rest]) return null;
        if (rest.Count == 0) await notes.RemoveAsync(KeyOf(user), CancellationToken.None);
        return await KeepAsync(user, next, rest, texts);
    }

    private string KeyOf(WeChatAddress user) => notes.KeyOf(user.ToString(), "rest");
}
