using System.Globalization;
using DiffusionBot.Chat.WeChat.Api;

namespace DiffusionBot.Chat.WeChat.Showing;

/// <summary>
/// How often an account may still speak to a user (customer/message/send: 5 messages in 48 hours after one of theirs, 3 in a minute after a tap or a subscription), kept for
/// all hosts. WeChat counts, too, and has the last word.
/// </summary>
internal sealed class PushWindows(ISharedNotes notes, TimeProvider clock)
{
    /// <summary>The user did something: what may be said after it begins anew.</summary>
    /// <param name="account">Whose quotas.</param>
    /// <param name="openId">Who.</param>
    /// <param name="isTap">Whether it was a tap, a scan or a subscription, and no message.</param>
    /// <param name="cancel">Before it begins.</param>
    public Task OpenAsync(WeChatAccount account, string openId, bool isTap, CancellationToken cancel)
    {
        var (key, left, length) = isTap
            ? (TapKey(account, openId), account.Options.PushesPerTap, TimeSpan.FromSeconds(account.Options.TapSeconds))
            : (MessageKey(account, openId), account.Options.PushesPerMessage, TimeSpan.FromHours(account.Options.PushHours));
        return notes.SetAsync(key, new Window(left, clock.GetUtcNow() + length).ToString(), length, cancel);
    }

    /// <summary>How many messages may be sent now.</summary>
    public async Task<int> LeftAsync(WeChatAccount account, string openId, CancellationToken cancel)
    {
        var left = 0;
        foreach (var key in Keys(account, openId)) left += await notes.FindAsync(key, cancel) is { } note ? Window.Read(note.Value).Left : 0;
        return left;
    }

    /// <summary>Takes one of them. What ends sooner is used first.</summary>
    /// <returns>From what it was taken, to be given back; null: none is left.</returns>
    public async Task<string?> SpendAsync(WeChatAccount account, string openId, CancellationToken cancel)
    {
        foreach (var key in Keys(account, openId))
        {
            if (await AddAsync(key, -1, cancel)) return key;
        }
        return null;
    }

    /// <summary>What was taken was not used.</summary>
    public Task GiveBackAsync(string taken, CancellationToken cancel) => AddAsync(taken, 1, cancel);

    /// <summary>WeChat says that nothing more may be sent (45015, 45047).</summary>
    public async Task CloseAsync(WeChatAccount account, string openId, CancellationToken cancel)
    {
        foreach (var key in Keys(account, openId)) await notes.RemoveAsync(key, cancel);
    }

    /// <summary>Whether a refusal says that the account may not speak now, though it may later.</summary>
    public static bool IsClosed(int code) => code is WeChatCode.WindowClosed or WeChatCode.TooManySends;

    private async Task<bool> AddAsync(string key, int count, CancellationToken cancel)
    {
        // Others spend, too.
        while (await notes.FindAsync(key, cancel) is { } note)
        {
            var window = Window.Read(note.Value);
            var rest = window.Until - clock.GetUtcNow();
            if (window.Left + count < 0 || rest <= TimeSpan.Zero) return false;
            if (await notes.ReplaceAsync(note, (window with { Left = window.Left + count }).ToString(), rest, cancel) is not null) return true;
        }
        return false;
    }

    private string[] Keys(WeChatAccount account, string openId) => [TapKey(account, openId), MessageKey(account, openId)];

    private string TapKey(WeChatAccount account, string openId) => notes.KeyOf(new WeChatAddress(account.Name, openId).ToString(), "tap");

    private string MessageKey(WeChatAccount account, string openId) => notes.KeyOf(new WeChatAddress(account.Name, openId).ToString(), "window");

    /// <summary>As a note says it: `4/1764072000000`.</summary>
    private sealed record Window(int Left, DateTimeOffset Until)
    {
        public override string ToString() => FormattableString.Invariant($"{Left}/{Until.ToUnixTimeMilliseconds()}");

        public static Window Read(string note)
        {
            var slash = note.IndexOf('/', StringComparison.Ordinal);
            return new Window(int.Parse(note.AsSpan(0, slash), CultureInfo.InvariantCulture), DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(note.AsSpan(slash + 1), CultureInfo.InvariantCulture)));
        }
    }
}
