using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord;

/// <summary>What talking and showing say in the log. No secrets, nothing that somebody wrote.</summary>
internal static partial class DiscordLog
{
    [LoggerMessage(760, LogLevel.Information, "Delivery {Key}: the promise on Discord is not there any more ({Why}); the result is a message of its own")]
    public static partial void PromiseGone(ILogger log, string key, string why);

    [LoggerMessage(761, LogLevel.Warning, "Delivery {Key}: the bot may not write there ({Why})")]
    public static partial void ShutOut(ILogger log, string key, string why);

    [LoggerMessage(762, LogLevel.Warning, "Delivery {Key}: a file was too large for Discord, though {MostBytes} bytes are said to be allowed; it is sent smaller")]
    public static partial void TooLarge(ILogger log, string key, int mostBytes);

    [LoggerMessage(763, LogLevel.Debug, "The progress of {Reference} is not shown: {Why}")]
    public static partial void NoProgress(ILogger log, string reference, string why);

    [LoggerMessage(764, LogLevel.Warning, "Interaction {Interaction} was answered too late, or not at all: {Why}")]
    public static partial void TooLate(ILogger log, ulong interaction, string why);

    [LoggerMessage(765, LogLevel.Warning, "An event {Type} makes no sense and is dropped: {Why}")]
    public static partial void Dropped(ILogger log, string type, string why);

    [LoggerMessage(766, LogLevel.Warning, "A user's picture: {Why}")]
    public static partial void PictureLost(ILogger log, string why);

    [LoggerMessage(767, LogLevel.Error, "Discord is off until the next start: {Why}")]
    public static partial void Off(ILogger log, string why);

    [LoggerMessage(768, LogLevel.Warning, "Discord does not answer: {Why}. It is asked again in {Wait}")]
    public static partial void NotReached(ILogger log, string why, TimeSpan wait);

    [LoggerMessage(769, LogLevel.Warning, "An answer on Discord could not be shown: {Why}")]
    public static partial void NotShown(ILogger log, string why);

    [LoggerMessage(770, LogLevel.Warning, "Who waits could not be looked up; it is tried again")]
    public static partial void NoLook(ILogger log, Exception error);

    [LoggerMessage(771, LogLevel.Error, "The bot's commands could not be registered on Discord: {Why}")]
    public static partial void NoCommands(ILogger log, string why);
}
