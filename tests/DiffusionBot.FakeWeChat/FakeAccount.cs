using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using DiffusionBot.FakeWeChat.Api;
using DiffusionBot.FakeWeChat.Users;
using DiffusionBot.FakeWeChat.Wire;

namespace DiffusionBot.FakeWeChat;

/// <summary>How messages travel, as the console offers it.</summary>
public enum FakeMode
{
    /// <summary>As they are (明文).</summary>
    Plaintext,

    /// <summary>As they are and encrypted (兼容). Replies may be either.</summary>
    Compatible,

    /// <summary>Encrypted (安全).</summary>
    Secure,
}

/// <summary>An account: its settings in the console, its users, and what went to and fro. Works once a platform has it.</summary>
public sealed class FakeAccount
{
    private readonly ConcurrentDictionary<string, FakeUser> users = new(StringComparer.Ordinal);
    private FakeWeChatPlatform? platform;

    /// <summary>Ours only: to name it in a test.</summary>
    public required string Name { get; init; }

    /// <summary>18 characters. By default each name has its own.</summary>
    public string AppId { get => field ?? $"wx{Digest[..16]}"; init; }

    /// <summary>For the API.</summary>
    public string AppSecret { get; init; } = "0123456789abcdef0123456789abcdef";

    /// <summary>Signs messages. 3 to 32 letters and digits.</summary>
    public string Token { get; init; } = "spamtest";

    /// <summary>43 characters.</summary>
    public string EncodingAesKey { get; init; } = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    /// <summary>ToUserName of what users send.</summary>
    public string OriginalId { get => field ?? $"gh_{Digest[16..28]}"; init; }

    /// <summary>The URL in the console.</summary>
    public Uri? Callback { get; set; }

    /// <summary>How messages travel.</summary>
    public FakeMode Mode { get; set; }

    /// <summary>Whether customer service, media and menu are granted. Without: 48001.</summary>
    public bool IsCertified { get; set; } = true;

    /// <summary>Calls below /cgi-bin/ that are not granted though the account is certified.</summary>
    public ISet<string> Lacks { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Calls a day by path below /cgi-bin/, until midnight in Beijing; then 45009.</summary>
    public Dictionary<string, int> DailyLimits { get; } = ApiLimits.NewDaily();

    /// <summary>What a message of a user allows to be sent to them.</summary>
    public SendAllowance AfterMessage { get; init; } = new(5, TimeSpan.FromHours(48));

    /// <summary>What a menu tap, a subscription or a scan allows.</summary>
    public SendAllowance AfterAction { get; init; } = new(3, TimeSpan.FromMinutes(1));

    /// <summary>Takes replies whose times are in milliseconds, as WeChat seems to: the reference bot writes them.</summary>
    public bool TakesMilliseconds { get; init; }

    /// <summary>The menu that was created last, as it came.</summary>
    public string? Menu { get; internal set; }

    /// <summary>Its encryption.</summary>
    public PushCipher Cipher => new(EncodingAesKey, AppId);

    /// <summary>What was pushed to users through the API and arrived.</summary>
    public Feed<Push> Pushes { get; } = new();

    /// <summary>All messages of users and what became of them, in the order in which they were done with.</summary>
    public Feed<Delivery> Deliveries { get; } = new();

    /// <summary>Tries, each when all of it was sent and the answer is awaited.</summary>
    public Feed<TryUnderway> Underway { get; } = new();

    /// <summary>How often a message is delivered at least, and whether all at once.</summary>
    internal (int Times, bool AtOnce) Repeats { get; private set; } = (1, false);

    private string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Name)));

    internal FakeWeChatPlatform Platform => platform ?? throw new InvalidOperationException($"Account \"{Name}\" is on no platform; expected AddAccount first.");


    internal AccountTokens Tokens { get; private set; } = null!;

    internal AccountMedia Media { get; private set; } = null!;

    internal ApiLimits Limits { get; private set; } = null!;

    /// <summary>Somebody who follows the account; the same object for the same id.</summary>
    public FakeUser User(string openId) => users.GetOrAdd(openId, id => new FakeUser(this, id));

    /// <summary>From now on each message is delivered so often, though answered.</summary>
    /// <param name="times">1 and more. 1: until it is answered.</param>
    /// <param name="atOnce">All at once instead of one after the other.</param>
    public void RepeatDelivery(int times, bool atOnce = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        Repeats = (times, atOnce);
    }

    /// <summary>All tokens are refused from now on, and others given out.</summary>
    /// <param name="code">42001 as after their time, 40001 as after a refresh by somebody else, or 40014.</param>
    public void ExpireTokens(int code = 42001) => Tokens.Expire(code);

    /// <summary>What the console does when the URL is saved.</summary>
    public Task<Verification> VerifyAsync(CancellationToken cancel = default) => Platform.Poster.VerifyAsync(this, cancel);

    /// <summary>Posts whatever it is.</summary>
    /// <param name="query">Without the question mark.</param>
    /// <param name="body">Any bytes.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>How it ended, within the patience of a try.</returns>
    public Task<DeliveryTry> RawPostAsync(string query, byte[] body, CancellationToken cancel = default) => Platform.Poster.PostAsync(this, new SignedPost(query, body), null, cancel);

    /// <summary>A post that is signed, and encrypted as the mode says, around any message.</summary>
    /// <param name="message">What is inside: XML, or anything else.</param>
    /// <param name="openId">For the address; null: none there.</param>
    /// <param name="stamp">Null: now, with a new nonce.</param>
    public SignedPost Sign(string message, string? openId = null, PostStamp? stamp = null) => PostSigner.Sign(this, message, openId, stamp ?? PostStamp.New(Platform.Clock));

    /// <summary>A post in an encrypted mode that is signed around any ciphertext.</summary>
    public SignedPost SignEncrypted(string encrypted, PostStamp? stamp = null) => PostSigner.SignEncrypted(this, encrypted, stamp ?? PostStamp.New(Platform.Clock));

    /// <summary>A message's XML, which <see cref="Sign"/> takes.</summary>
    /// <param name="openId">Who sends it.</param>
    /// <param name="msgType">Any.</param>
    /// <param name="fields">Behind the common ones; texts go in CDATA, as WeChat's.</param>
    public string Message(string openId, string msgType, params IEnumerable<(string Name, string Value)> fields) => PushXml.Write(this, openId, Platform.Clock.GetUtcNow(), msgType, fields);

    internal FakeUser? KnownUser(string openId) => users.GetValueOrDefault(openId);

    internal void Attach(FakeWeChatPlatform to)
    {
        if (platform is not null) throw new InvalidOperationException($"Account \"{Name}\" is on a platform already.");
        platform = to;
        (Tokens, Media, Limits) = (new AccountTokens(this, to.Clock), new AccountMedia(to.Clock), new ApiLimits(DailyLimits, to.Clock));
    }
}

/// <summary>What may be sent to a user.</summary>
/// <param name="Count">Messages.</param>
/// <param name="Within">From what allowed it.</param>
public sealed record SendAllowance(int Count, TimeSpan Within);

/// <summary>A push that arrived.</summary>
/// <param name="OpenId">At whom.</param>
/// <param name="What">What they saw.</param>
public sealed record Push(string OpenId, Seen What);

/// <summary>How the check of the URL ended.</summary>
/// <param name="IsRight">Whether the server said back what it was told.</param>
/// <param name="Try">The call.</param>
public sealed record Verification(bool IsRight, DeliveryTry Try);
