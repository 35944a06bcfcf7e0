using System.ComponentModel.DataAnnotations;

namespace DiffusionBot.Chat.WeChat;

/// <summary>WeChat Official Accounts. Section `WeChat`.</summary>
public sealed class WeChatOptions : IValidatableObject
{
    public const string Section = "WeChat";

    /// <summary>
    /// The accounts, by the name in their address (`/wechat/NAME`): letters, digits, `-` and `_`, at most 40. Users are known by it, so that an account that is renamed
    /// meets them all anew. Default none.
    /// </summary>
    public Dictionary<string, WeChatAccountOptions> Accounts { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where the interface is, tried in this order when one does not answer. Default WeChat's own.</summary>
    public IList<string> ApiHosts { get; } = [];

    /// <summary>Hosts that users' pictures are fetched from; `*.example.com` allows what stands below. Default WeChat's own.</summary>
    public IList<string> PictureHosts { get; } = [];

    /// <summary>The largest picture that is fetched, in bytes, 10,000 to 100,000,000. Default 20,000,000.</summary>
    [Range(10_000, 100_000_000)] public int LargestPicture { get; set; } = 20_000_000;

    /// <summary>How far the time in a signature may be from ours, in seconds, 10 to 3600: what is older was recorded and played again. Default 300.</summary>
    [Range(10, 3600)] public int SignatureSeconds { get; set; } = 300;

    /// <summary>How long a POST may wait for an answer, in seconds, 0.1 to 4.8: WeChat hangs up after 5, and a busy machine is a little late. Default 4.</summary>
    [Range(0.1, 4.8)] public double AnswerSeconds { get; set; } = 4;

    /// <summary>How many messages of uncertified accounts may wait at once for their picture while WeChat asks three times, 0 to 10,000. Beyond it a ticket is given at once. Default 200.</summary>
    [Range(0, 10_000)] public int MostWaiting { get; set; } = 200;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, account) in Accounts)
        {
            if (name.Length is 0 or > 40 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                yield return new ValidationResult($"{Section}:Accounts has \"{name}\"; expected 1 to 40 letters, digits, '-' or '_'.", [nameof(Accounts)]);
            foreach (var problem in account.Problems()) yield return new ValidationResult($"{Section}:Accounts:{name}:{problem}", [nameof(Accounts)]);
        }
        foreach (var host in ApiHosts.Where(host => !Uri.TryCreate(host, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")))
            yield return new ValidationResult($"{Section}:ApiHosts has \"{host}\"; expected an address like https://api.weixin.qq.com.", [nameof(ApiHosts)]);
    }
}

/// <summary>One account, as WeChat's console shows it.</summary>
public sealed class WeChatAccountOptions
{
    /// <summary>The token (令牌) of the server settings, 3 to 32 letters and digits. A secret. No default.</summary>
    public string Token { get; set; } = "";

    /// <summary>How messages are sent. Default secure.</summary>
    public WeChatMode Mode { get; set; } = WeChatMode.Secure;

    /// <summary>The key (EncodingAESKey), 43 letters and digits; needed unless <see cref="Mode"/> is plaintext. A secret. No default.</summary>
    public string? EncodingAesKey { get; set; }

    /// <summary>The app id (`wx…`). No default.</summary>
    public string AppId { get; set; } = "";

    /// <summary>The app secret; needed unless the account is uncertified. A secret. No default.</summary>
    public string? AppSecret { get; set; }

    /// <summary>What the account may do. Default certified.</summary>
    public WeChatKind Kind { get; set; } = WeChatKind.Certified;

    /// <summary>Messages that may be sent after one of the user's, 0 to 100. Default 5.</summary>
    public int PushesPerMessage { get; set; } = 5;

    /// <summary>For how many hours after the user's message, 0.01 to 48. Default 48.</summary>
    public double PushHours { get; set; } = 48;

    /// <summary>Messages that may be sent after a tap on the menu, a scan, or a subscription, 0 to 100. Default 3.</summary>
    public int PushesPerTap { get; set; } = 3;

    /// <summary>For how many seconds after it, 1 to 3600. Default 60.</summary>
    public double TapSeconds { get; set; } = 60;

    /// <summary>Whether choices are links that send their words when tapped (`weixin://bizmsgmenu`). WeChat documents them no more; where they do not work, set false. Default true.</summary>
    public bool TapLinks { get; set; } = true;

    /// <summary>What a new subscriber reads before the list of presets; null: our own welcome. Default null.</summary>
    public string? Welcome { get; set; }

    /// <summary>The menu below the conversation, at most 3 buttons; empty: left as it is. Default none.</summary>
    public IList<WeChatButtonOptions> Menu { get; } = [];

    internal IEnumerable<string> Problems()
    {
        if (Token.Length is < 3 or > 32 || !Token.All(char.IsAsciiLetterOrDigit)) yield return $"Token has {Token.Length} characters; expected 3 to 32 letters and digits, as in the console.";
        if (AppId.Length is 0 or > 64) yield return "AppId is missing; expected the app id that the console shows (wx…).";
        if (Mode != WeChatMode.Plaintext && (EncodingAesKey is not { Length: 43 } key || !key.All(char.IsAsciiLetterOrDigit)))
            yield return $"EncodingAesKey has {EncodingAesKey?.Length ?? 0} characters; expected the 43 letters and digits that the console shows, or Mode \"Plaintext\".";
        if (Kind == WeChatKind.Certified && string.IsNullOrEmpty(AppSecret)) yield return "AppSecret is missing; a certified account needs it. For an account without rights set Kind to \"Uncertified\".";
        if (PushesPerMessage is < 0 or > 100) yield return $"PushesPerMessage is {PushesPerMessage}; expected 0 to 100.";
        if (PushesPerTap is < 0 or > 100) yield return $"PushesPerTap is {PushesPerTap}; expected 0 to 100.";
        if (PushHours is not (>= 0.01 and <= 48)) yield return $"PushHours is {PushHours}; expected 0.01 to 48.";
        if (TapSeconds is not (>= 1 and <= 3600)) yield return $"TapSeconds is {TapSeconds}; expected 1 to 3600.";
        if (Welcome?.Length > 500) yield return $"Welcome has {Welcome.Length} characters; expected at most 500.";
        if (Menu.Count > 3) yield return $"Menu has {Menu.Count} buttons; WeChat shows at most 3.";
        foreach (var problem in Menu.SelectMany((button, index) => button.Problems(mayNest: true).Select(p => $"Menu:{index}:{p}"))) yield return problem;
    }
}

/// <summary>A button of the menu: it says something for the user, opens a page, or opens up to five more.</summary>
public sealed class WeChatButtonOptions
{
    /// <summary>What stands on it; WeChat cuts the first row at 16 bytes and the others at 60.</summary>
    public string Name { get; set; } = "";

    /// <summary>What a tap says, as if typed: `预设`, `再来`. At most 128 bytes.</summary>
    public string? Say { get; set; }

    /// <summary>The page that a tap opens.</summary>
    public string? Url { get; set; }

    /// <summary>Buttons that a tap opens, at most 5.</summary>
    public IList<WeChatButtonOptions> Buttons { get; } = [];

    internal IEnumerable<string> Problems(bool mayNest)
    {
        var bytes = System.Text.Encoding.UTF8.GetByteCount(Name);
        if (bytes is 0 || bytes > (mayNest ? 16 : 60)) yield return $"Name has {bytes} bytes; expected 1 to {(mayNest ? 16 : 60)}.";
        if (new[] { Say is not null, Url is not null, Buttons.Count > 0 }.Count(set => set) != 1) yield return "needs exactly one of Say, Url and Buttons.";
        if (Say is not null && System.Text.Encoding.UTF8.GetByteCount(Say) is 0 or > 128) yield return "Say is empty or has more than 128 bytes.";
        if (Url is not null && !(Uri.TryCreate(Url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && Url.Length <= 1024)) yield return $"Url is \"{Url}\"; expected an address of at most 1024 characters.";
        if (Buttons.Count > 0 && !mayNest) yield return "Buttons cannot stand below Buttons.";
        if (Buttons.Count > 5) yield return $"has {Buttons.Count} Buttons; WeChat shows at most 5.";
        foreach (var problem in Buttons.SelectMany((button, index) => button.Problems(mayNest: false).Select(p => $"Buttons:{index}:{p}"))) yield return problem;
    }
}

/// <summary>How WeChat sends messages: 明文模式, 兼容模式, 安全模式.</summary>
public enum WeChatMode
{
    /// <summary>Nothing is encrypted.</summary>
    Plaintext,

    /// <summary>Both forms are sent; only the encrypted one is believed.</summary>
    Compatible,

    /// <summary>Everything is encrypted.</summary>
    Secure,
}

/// <summary>What an account may do.</summary>
public enum WeChatKind
{
    /// <summary>A service account, a certified subscription account, or a test account (测试号): it may speak for 48 hours after its user did.</summary>
    Certified,

    /// <summary>It may only answer, within five seconds, and has no other rights.</summary>
    Uncertified,
}
