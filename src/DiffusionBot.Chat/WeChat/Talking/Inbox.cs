namespace DiffusionBot.Chat.WeChat.Talking;

/// <summary>
/// Messages that came, by their key: WeChat sends one up to three times, to whichever process it reaches. One works on it; the others wait for what comes of it, and take over
/// from one that died.
/// </summary>
internal sealed class Inbox(ISharedNotes notes, TimeProvider clock)
{
    /// <summary>Less than the pause between two tries: the next one finds out that a process died.</summary>
    private static readonly TimeSpan lease = TimeSpan.FromSeconds(3), kept = TimeSpan.FromHours(2);

    private readonly string me = Guid.NewGuid().ToString("N");

    /// <summary>How often a holder must give a sign of life.</summary>
    public static TimeSpan Beat => lease / 2;

    /// <summary>A message came: counted, whether it is the first time or not.</summary>
    /// <param name="key">The message's.</param>
    /// <param name="known">Whether this process has seen it before, and need not write to find out.</param>
    /// <param name="counts">Whether further tries are to be counted.</param>
    /// <param name="cancel">Before it begins.</param>
    /// <returns>What is known of it, and whether it is this call that must work on it.</returns>
    public async Task<(InboxEntry Entry, bool IsNew)> ComeAsync(string key, bool known, bool counts, CancellationToken cancel)
    {
        var found = known ? await FindAsync(key, cancel) : null;
        if (found is null)
        {
            var now = clock.GetUtcNow();
            var mine = new InboxEntry { First = now, Holder = me, Until = now + lease };
            var (note, isNew) = await notes.AddAsync(KeyOf(key), mine.Write(), kept, cancel);
            if (isNew) return (mine, true);
            found = InboxEntry.Read(note.Value);
        }
        return counts && found.Answer is null ? ((await ChangeAsync(key, entry => entry with { Tries = entry.Tries + 1 }, cancel))!, false) : (found, false);
    }

    /// <summary>What is known of a message; null: nothing (any more).</summary>
    public async Task<InboxEntry?> FindAsync(string key, CancellationToken cancel) => await notes.FindAsync(KeyOf(key), cancel) is { } note ? InboxEntry.Read(note.Value) : null;

    /// <summary>Takes a message over from a process that gives no sign of life. False: there is one, or somebody else was faster.</summary>
    public async Task<bool> TakeOverAsync(string key, CancellationToken cancel)
    {
        var isMine = false;
        await ChangeAsync(key, entry => (isMine = entry.Until < clock.GetUtcNow()) ? entry with { Holder = me, Until = clock.GetUtcNow() + lease } : null, cancel);
        return isMine;
    }

    /// <summary>A sign of life.</summary>
    public Task StayAsync(string key) => ChangeAsync(key, entry => entry.Holder == me ? entry with { Until = clock.GetUtcNow() + lease } : null, CancellationToken.None);

    /// <summary>It came to nothing: whoever is asked next begins anew.</summary>
    public Task LetGoAsync(string key) => ChangeAsync(key, entry => entry.Holder == me ? entry with { Until = DateTimeOffset.UnixEpoch } : null, CancellationToken.None);

    /// <summary>Records what the bot said, for who is asked next.</summary>
    public Task RepliedAsync(string key, IReadOnlyList<ChatReply> replies) => ChangeAsync(key, entry => entry with { Replies = replies }, CancellationToken.None);

    /// <summary>Records what WeChat is told. Of several who try at once, one succeeds.</summary>
    /// <returns>What it is told, and whether it is this.</returns>
    public async Task<(InboxAnswer Answer, bool IsMine)> AnswerAsync(string key, InboxAnswer answer)
    {
        var isMine = false;
        var entry = await ChangeAsync(key, found => (isMine = found.Answer is null) ? found with { Answer = answer } : null, CancellationToken.None);
        // A message that came so long ago that its note is gone is answered by whoever still wants to.
        return entry is null ? (answer, true) : (entry.Answer!, isMine);
    }

    /// <summary>The answer did not arrive, and another one may be given at the next try.</summary>
    public Task UnanswerAsync(string key) => ChangeAsync(key, entry => entry with { Answer = null }, CancellationToken.None);

    private async Task<InboxEntry?> ChangeAsync(string key, Func<InboxEntry, InboxEntry?> change, CancellationToken cancel)
    {
        while (await notes.FindAsync(KeyOf(key), cancel) is { } note)
        {
            var entry = InboxEntry.Read(note.Value);
            if (change(entry) is not { } changed) return entry;
            if (await notes.ReplaceAsync(note, changed.Write(), kept, cancel) is not null) return changed;
        }
        return null;
    }

    private static string KeyOf(string key) => $"wechat/message/{key}";
}
