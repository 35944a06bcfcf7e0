using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat;

/// <summary>What talking with users says in the log.</summary>
internal static partial class WeChatTalkLog
{
    [LoggerMessage(620, LogLevel.Information, "WeChat account {Account} may not speak to {OpenId} now ({Code}); what is owed goes out when they write")]
    public static partial void WindowClosed(ILogger log, string account, string openId, int code);

    [LoggerMessage(621, LogLevel.Information, "A picture of {OpenId} could not be fetched from account {Account}: {Error}")]
    public static partial void PictureLost(ILogger log, string account, string openId, string error);

    [LoggerMessage(622, LogLevel.Warning, "What followed the answer to {OpenId} could not be sent by account {Account}: {Error}")]
    public static partial void RestLost(ILogger log, string account, string openId, string error);

    [LoggerMessage(623, LogLevel.Warning, "A message of {OpenId} to account {Account} was being answered by a process that is gone; it is taken over")]
    public static partial void TakenOver(ILogger log, string account, string openId);

    [LoggerMessage(625, LogLevel.Debug, "WeChat account {Account} could not show {OpenId} that it is typing: {Error}")]
    public static partial void NoTyping(ILogger log, string account, string openId, string error);

    [LoggerMessage(626, LogLevel.Warning, "WeChat account {Account} did not hear whether part {Part} of a result reached {OpenId} ({Error}): {Consequence}")]
    public static partial void Unheard(ILogger log, string account, string openId, int part, string error, string consequence);

    [LoggerMessage(624, LogLevel.Error, "A message of {OpenId} to account {Account} could not be answered")]
    public static partial void Failed(ILogger log, Exception? error, string account, string openId);
}
