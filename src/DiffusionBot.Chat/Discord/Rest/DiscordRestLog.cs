using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>What calls say in the log: routes by their template, no tokens, nothing that somebody wrote.</summary>
internal static partial class DiscordRestLog
{
    [LoggerMessage(700, LogLevel.Warning, "Discord: {Route} is tried again: {Failure}")]
    public static partial void AnotherTry(ILogger log, DiscordRoute route, string failure);

    [LoggerMessage(701, LogLevel.Warning, "Discord: {Route} was limited (429, scope {Scope}); it waits {Wait}")]
    public static partial void Limited(ILogger log, DiscordRoute route, string? scope, TimeSpan wait);

    [LoggerMessage(702, LogLevel.Error, "{Text}")]
    public static partial void Stopped(ILogger log, string text);

    [LoggerMessage(703, LogLevel.Error,
        "Discord refused {Count} calls of this host (401, 403, 429) within ten minutes; at 10,000 it shuts out the machine's address, so that nothing is asked for {Pause}. Look above for what was refused: a bot without permissions in a busy channel, perhaps")]
    public static partial void Pausing(ILogger log, int count, TimeSpan pause);
}
