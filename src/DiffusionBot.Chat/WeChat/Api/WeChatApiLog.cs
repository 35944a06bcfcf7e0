using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>What the interface says in the log: what is missing, what that means for users, and where an operator gets it.</summary>
internal static partial class WeChatApiLog
{
    /// <summary>As the console calls it, and in English.</summary>
    public static string NameOf(WeChatRight right) => right switch
    {
        WeChatRight.CustomerService => "客服消息 (customer service messages)",
        WeChatRight.Media => "素材管理 (media)",
        _ => "自定义菜单 (custom menu)",
    };

    public static void NoRight(ILogger log, string account, WeChatRight right, string call) => NoRight(
        log, account, NameOf(right), call,
        right switch
        {
            WeChatRight.CustomerService => "results are not pushed, they are shown as cards when users ask",
            WeChatRight.Media => "results are shown as cards instead of pictures, and users' pictures are read from their compressed copies",
            _ => "the menu is left as it is",
        });

    [LoggerMessage(650, LogLevel.Warning,
        "WeChat account {Account} lacks the right {Right}: {Call} was answered with 48001. Until the next start {Consequence}. The rights of an account are listed, and got by certifying it (微信认证), at mp.weixin.qq.com under 设置与开发 > 接口权限 (API permissions)")]
    private static partial void NoRight(ILogger log, string account, string right, string call, string consequence);

    [LoggerMessage(651, LogLevel.Warning, "WeChat account {Account}: the daily limit of {Call} is used up (45009); it is not asked again before {Until}, but for one try in 30 minutes")]
    public static partial void UsedUp(ILogger log, string account, string call, DateTimeOffset until);

    [LoggerMessage(652, LogLevel.Error,
        "WeChat account {Account} is not served from this machine's address (40164: {Text}). Put the address into the whitelist at mp.weixin.qq.com under 设置与开发 > 基本配置 > IP白名单 (Basic configuration, IP whitelist)")]
    public static partial void NotInWhitelist(ILogger log, string account, string text);

    [LoggerMessage(653, LogLevel.Warning, "WeChat account {Account}: {Call} is tried again: {Failure}")]
    public static partial void AnotherTry(ILogger log, string account, string call, string failure);

    [LoggerMessage(654, LogLevel.Information, "WeChat account {Account} is ready; customer service messages: {CustomerService}, media: {Media}, menu: {Menu}")]
    public static partial void Ready(ILogger log, string account, bool customerService, bool media, bool menu);

    [LoggerMessage(655, LogLevel.Error, "WeChat account {Account}: the menu of WeChat:Accounts:{Account}:Menu was not put up: {Error}")]
    public static partial void NoMenu(ILogger log, string account, string error);

    [LoggerMessage(656, LogLevel.Error, "WeChat account {Account} cannot be used yet: {Error} {Expected} It is tried again in {Wait}")]
    public static partial void NotReady(ILogger log, string account, string error, string expected, TimeSpan wait);

    [LoggerMessage(657, LogLevel.Error, "WeChat account {Account} could not be looked at; it is tried again in {Wait}")]
    public static partial void LookFailed(ILogger log, string account, TimeSpan wait, Exception? error);
}
