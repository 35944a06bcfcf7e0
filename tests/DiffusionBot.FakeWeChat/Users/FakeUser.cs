using DiffusionBot.FakeWeChat.Wire;

namespace DiffusionBot.FakeWeChat.Users;

/// <summary>Somebody with WeChat on their phone. Each message is a task that ends when all its tries did.</summary>
public sealed class FakeUser
{
    private readonly Lock gate = new();
    private readonly FakeAccount account;
    private Task before = Task.CompletedTask;

    internal FakeUser(FakeAccount account, string openId)
    {
        (this.account, OpenId) = (account, openId);
        Windows = new SendWindows(account);
    }

    /// <summary>Their id towards this account.</summary>
    public string OpenId { get; }

    /// <summary>All that they saw, but typing.</summary>
    public Feed<Seen> Screen { get; } = new();

    /// <summary>All that they saw so far, but typing, oldest first.</summary>
    public IReadOnlyList<Seen> Seen => Screen.All;

    /// <summary>Typing that appeared and went.</summary>
    public Feed<SeenTyping> Typing { get; } = new();

    internal SendWindows Windows { get; }

    /// <summary>The next thing that they see and nobody took yet.</summary>
    /// <param name="wants">Null: anything. What is not wanted stays.</param>
    /// <param name="cancel">Ends the wait.</param>
    public Task<Seen> SeesAsync(Func<Seen, bool>? wants = null, CancellationToken cancel = default) => Screen.NextAsync(wants, cancel);

    /// <summary>The next of a kind: <see cref="SeenText"/>, <see cref="SeenPicture"/>, <see cref="SeenCard"/>, <see cref="SeenUnavailable"/>.</summary>
    public async Task<T> SeesAsync<T>(Func<T, bool>? wants = null, CancellationToken cancel = default)
        where T : Seen => (T)await Screen.NextAsync(seen => seen is T some && (wants is null || wants(some)), cancel);

    /// <summary>Writes a text.</summary>
    public Task<Delivery> SaysAsync(string text, CancellationToken cancel = default) => SendsAsync("text", [("Content", text)], cancel);

    /// <summary>Sends a picture.</summary>
    /// <param name="picture">The original, which media/get gives.</param>
    /// <param name="shown">What is behind PicUrl; null: the same.</param>
    /// <param name="cancel">Ends it.</param>
    public Task<Delivery> SendsPictureAsync(byte[] picture, byte[]? shown = null, CancellationToken cancel = default)
    {
        var mediaId = account.Media.Add(picture);
        return SendsAsync("image", [("PicUrl", account.Platform.Pictures.Add(shown ?? picture)), ("MediaId", mediaId)], cancel);
    }

    /// <summary>Speaks.</summary>
    /// <param name="recognition">What WeChat understood; null: the account has no recognition.</param>
    /// <param name="cancel">Ends it.</param>
    public Task<Delivery> SpeaksAsync(string? recognition = null, CancellationToken cancel = default)
    {
        IEnumerable<(string, string)> fields = [("MediaId", account.Media.Add("#!AMR\n"u8.ToArray())), ("Format", "amr")];
        return SendsAsync("voice", recognition is null ? fields : fields.Append(("Recognition", recognition)), cancel);
    }

    /// <summary>Taps a button of the menu.</summary>
    public Task<Delivery> TapsMenuAsync(string key, CancellationToken cancel = default) => ActsAsync("CLICK", [("EventKey", key)], cancel);

    /// <summary>Follows the account.</summary>
    /// <param name="scene">Of the code that was scanned; null: found it otherwise.</param>
    /// <param name="cancel">Ends it.</param>
    public Task<Delivery> SubscribesAsync(string? scene = null, CancellationToken cancel = default)
    {
        Windows.IsSubscribed = true;
        return ActsAsync("subscribe", scene is null ? [("EventKey", "")] : [("EventKey", $"qrscene_{scene}"), ("Ticket", $"TICKET_{scene}")], cancel);
    }

    /// <summary>Leaves the account: sees nothing any more.</summary>
    public Task<Delivery> UnsubscribesAsync(CancellationToken cancel = default)
    {
        Windows.IsSubscribed = false;
        return BeginAsync("event", null, [("Event", "unsubscribe"), ("EventKey", "")], isHeard: false, cancel);
    }

    /// <summary>Scans a code of the account, which they follow.</summary>
    public Task<Delivery> ScansAsync(string scene, CancellationToken cancel = default) => ActsAsync("SCAN", [("EventKey", scene), ("Ticket", $"TICKET_{scene}")], cancel);

    /// <summary>Taps a link that sends a text: `weixin://bizmsgmenu?msgmenucontent=…&amp;msgmenuid=…`.</summary>
    /// <param name="link">Where it goes, or its text: then the newest such link that they saw.</param>
    /// <param name="cancel">Ends it.</param>
    public Task<Delivery> TapsLinkAsync(string link, CancellationToken cancel = default)
    {
        var href = link.StartsWith("weixin://", StringComparison.Ordinal) ? link
            : Seen.OfType<SeenText>().SelectMany(text => text.Links).LastOrDefault(l => l.Text == link)?.Href
              ?? throw new InvalidOperationException($"{OpenId} saw no link \"{link}\".");
        var (content, id) = MenuLink.Parse(href);
        return SendsAsync("text", [("Content", content), ("bizmsgmenuid", id)], cancel);
    }

    /// <summary>Sends anything with a MsgId.</summary>
    /// <param name="msgType">location, link, video and so on.</param>
    /// <param name="fields">Besides the common ones.</param>
    /// <param name="cancel">Ends it.</param>
    public Task<Delivery> SendsAsync(string msgType, IEnumerable<(string Name, string Value)> fields, CancellationToken cancel = default)
    {
        Windows.OpenByMessage();
        return BeginAsync(msgType, account.Platform.NewMsgId(), fields, isHeard: true, cancel);
    }

    /// <summary>Does anything that comes as an event.</summary>
    public Task<Delivery> ActsAsync(string name, IEnumerable<(string Name, string Value)> fields, CancellationToken cancel = default)
    {
        if (name is "CLICK" or "subscribe" or "SCAN") Windows.OpenByAction();
        return BeginAsync("event", null, [("Event", name), .. fields], isHeard: true, cancel);
    }

    internal void Show(Seen seen) => Screen.Add(seen);

    private Task<Delivery> BeginAsync(string msgType, string? msgId, IEnumerable<(string Name, string Value)> fields, bool isHeard, CancellationToken cancel)
    {
        var now = account.Platform.Clock.GetUtcNow();
        var xml = PushXml.Write(account, OpenId, now, msgType, msgId is null ? fields : [.. fields, ("MsgId", msgId)]);
        var courier = new Courier(account, this, new UserMessage(msgType, msgId, now.ToUnixTimeSeconds(), xml, isHeard));
        lock (gate)
        {
            var delivery = AfterAsync(before, courier, cancel);
            before = account.Platform.Options.WaitsForAnswers ? delivery : courier.Sent.Task;
            return delivery;
        }
    }

    private static async Task<Delivery> AfterAsync(Task before, Courier courier, CancellationToken cancel)
    {
        // However the message before ended, this one goes out.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await courier.DeliverAsync(cancel);
    }
}
