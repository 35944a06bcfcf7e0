using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat;

/// <summary>What the endpoint says in the log. No secrets, nothing that somebody wrote.</summary>
internal static partial class WeChatEndpointLog
{
    [LoggerMessage(600, LogLevel.Information, "WeChat checked the address of account {Account}")]
    public static partial void Verified(ILogger log, string account);

    [LoggerMessage(601, LogLevel.Information, "A call to account {Account} is refused: {Reason}")]
    public static partial void Refused(ILogger log, string account, string reason);

    [LoggerMessage(602, LogLevel.Warning, "What WeChat sent to account {Account} is signed and no message: {Reason}")]
    public static partial void Odd(ILogger log, string account, string reason);

    [LoggerMessage(603, LogLevel.Debug, "{MsgType} {Event} of {OpenId} came to account {Account}")]
    public static partial void Came(ILogger log, string account, string msgType, string? @event, string openId);

    [LoggerMessage(604, LogLevel.Error, "A {MsgType} to account {Account} could not be answered")]
    public static partial void Failed(ILogger log, Exception? error, string account, string msgType);

    [LoggerMessage(605, LogLevel.Error, "What became of an answer of account {Account} (written: {IsWritten}) could not be recorded")]
    public static partial void NotRecorded(ILogger log, Exception? error, string account, bool isWritten);

    [LoggerMessage(606, LogLevel.Information, "A call to account {Account} did not end in time, or was broken off, before its body was there")]
    public static partial void BrokenOff(ILogger log, string account);
}
