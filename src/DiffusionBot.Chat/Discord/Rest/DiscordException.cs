namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>Discord refused a call, did not answer it, or is not asked now.</summary>
/// <param name="status">HTTP; 0 where nothing came.</param>
/// <param name="code">One of <see cref="DiscordCode"/>, or another; 0 where there is none.</param>
/// <param name="message">What was asked and what came. No secrets.</param>
/// <param name="retryAfter">When to try again, where that is known.</param>
/// <param name="inner">What it comes from.</param>
internal sealed class DiscordException(int status, int code, string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public int Status => status;

    public int Code => code;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>Whether the same may pass later: Discord was busy or silent, or said when.</summary>
    public bool MayPass => status is 0 or 429 or >= 500 || retryAfter is not null;
}
