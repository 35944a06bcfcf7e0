using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>
/// WeChat's interface for one account. Every call may throw <see cref="WeChatApiException"/>. What helps is done inside: a fresh token once, another host, a pause and another
/// try where WeChat is busy.
/// </summary>
internal interface IWeChatApi
{
    /// <summary>What the account may do, as far as WeChat has said.</summary>
    WeChatRights Rights { get; }

    /// <summary>Sends a text of at most 2048 bytes (custom/send).</summary>
    Task SendTextAsync(string openId, string text, CancellationToken cancel);

    /// <summary>Sends an uploaded picture (custom/send).</summary>
    Task SendImageAsync(string openId, string mediaId, CancellationToken cancel);

    /// <summary>Sends a card (custom/send).</summary>
    Task SendNewsAsync(string openId, NewsArticle article, CancellationToken cancel);

    /// <summary>Shows that somebody is typing, for 15 s (custom/typing). Where WeChat says that it is shown already (45081) or that the user is long gone (45080), that is no error.</summary>
    Task ShowTypingAsync(string openId, CancellationToken cancel);

    /// <summary>Uploads a JPEG of at most 2 MB for three days (media/upload). The same bytes again are not uploaded again while the platform has them.</summary>
    /// <returns>The media id.</returns>
    Task<string> UploadImageAsync(ReadOnlyMemory<byte> jpeg, string fileName, CancellationToken cancel);

    /// <summary>Forgets an upload that the platform no longer has (40007).</summary>
    Task ForgetImageAsync(ReadOnlyMemory<byte> jpeg, CancellationToken cancel);

    /// <summary>Fetches what a user sent (media/get), at most <see cref="WeChatOptions.LargestPicture"/> bytes; a picture by its first bytes.</summary>
    Task<ChatPicture> GetMediaAsync(string mediaId, CancellationToken cancel);

    /// <summary>Fetches the copy that a message points at, from allowed hosts only; same limits.</summary>
    Task<ChatPicture> GetPictureAsync(string picUrl, CancellationToken cancel);

    /// <summary>Looks which rights the account has, without anybody noticing, and puts the menu up; logs what is missing and what that turns off.</summary>
    Task PrepareAsync(CancellationToken cancel);
}

/// <summary>What an account may do, now: a right that WeChat denied (48001) stays denied, a quota that is used up (45009) comes back.</summary>
/// <param name="CustomerService">May speak for a while after its user did (custom/send, custom/typing).</param>
/// <param name="Media">May upload and fetch pictures (media/upload, media/get).</param>
/// <param name="Menu">May put up a menu.</param>
internal sealed record WeChatRights(bool CustomerService, bool Media, bool Menu);

/// <summary>WeChat said no, or nothing.</summary>
/// <param name="message">What was asked, of which account, and what WeChat said.</param>
/// <param name="code">WeChat's errcode; 0 where there is none: no answer, an answer that is none, a picture that may not be fetched.</param>
/// <param name="retryAfter">When to try again, where that is known.</param>
/// <param name="inner">What it comes from.</param>
internal sealed class WeChatApiException(string message, int code, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>WeChat's errcode, or 0.</summary>
    public int Code => code;

    /// <summary>When to try again; null: not known.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>Whether a user may have seen it nevertheless: a message was sent (custom/send), and no answer came. Never of what comes before it: a token, an upload.</summary>
    public bool MayBeDone { get; init; }
}

/// <summary>The codes that somebody does something about (api docs, 全局返回码).</summary>
internal static class WeChatCode
{
    public const int Busy = -1, InvalidAppId = 40013, InvalidAppSecret = 40125, NotInWhitelist = 40164;

    public const int InvalidCredential = 40001, InvalidOpenId = 40003, InvalidMediaId = 40007, InvalidToken = 40014, TokenExpired = 42001, NotSubscribed = 43004,
        DailyLimit = 45009, MinuteLimit = 45011, WindowClosed = 45015, TooManySends = 45047, TypingTooLate = 45080, TypingAlready = 45081, NoRight = 48001;

    /// <summary>Whether WeChat knew who called, and refused what was called for.</summary>
    public static bool IsAboutTheCall(int code) => code is not (
        0 or Busy or MinuteLimit or InvalidCredential or InvalidToken or TokenExpired or InvalidAppId or InvalidAppSecret or NotInWhitelist
        // What stable_token says besides: its form; the secret is frozen; no tokens for this account, which is frozen or another platform's; the address awaits or lacks its administrator's consent.
        or 40002 or 41001 or 41002 or 41004 or 40243 or 50004 or 50007 or 61024 or 89501 or 89503 or 89506 or 89507);
}
