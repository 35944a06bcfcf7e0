using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>A session as another host finds it.</summary>
internal sealed record StoredSession(string Id, string Url, long Sequence);

/// <summary>
/// Who of several hosts holds the gateway: a note that its holder writes again every few seconds, with the sessions that another may resume once it stops doing so. Hosts' clocks
/// must agree to a few seconds. Notes that cannot be read or written are tried again; a holder that cannot write stops before another may begin.
/// </summary>
internal sealed class GatewayLease(ISharedNotes notes, string holder, TimeSpan length, TimeProvider clock, ILogger log)
{
    public const string Key = "discord/gateway", WaitingKey = "discord/gateway/waiting";

    /// <summary>A note has room for so many; further ones begin anew.</summary>
    private const int MostSessions = 16;

    /// <summary>Discord keeps a session for some minutes.</summary>
    private static readonly TimeSpan sessionsKept = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private SharedNote? mine;
    private DateTimeOffset until;
    private Task<bool> writing = Task.FromResult(true);
    private volatile Func<IReadOnlyList<StoredSession?>>? kept;

    private TimeSpan Beat => length / 5;

    /// <summary>Waits until nobody else holds it, and takes it. The sessions to resume, by shard; how many shards there were.</summary>
    public async Task<IReadOnlyList<StoredSession?>> AcquireAsync(CancellationToken cancel)
    {
        while (true)
        {
            var trying = Task.Run(() => TryAcquireAsync(cancel), CancellationToken.None);
            await ((Task)trying).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
            if (!trying.IsCompletedSuccessfully) GatewayLog.NotesFailed(log, trying.Exception?.InnerException);
            else if (trying.Result is { } sessions)
            {
                GatewayLog.Holds(log, holder, sessions.Count(s => s is not null));
                return sessions;
            }
            await Task.Delay(Beat, clock, cancel);
        }
    }

    /// <summary>There is another session: it is written at once, so that a host that dies soon does not leave it behind. How often it is written besides stays as it is.</summary>
    public void Changed()
    {
        if (kept is { } sessions) _ = Write(sessions, isUrgent: true);
    }

    /// <summary>Keeps it until it is lost (the text says why), or cancelled.</summary>
    /// <param name="sessions">As they are then.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<string> KeepAsync(Func<IReadOnlyList<StoredSession?>> sessions, CancellationToken cancel)
    {
        kept = sessions;
        while (true)
        {
            await Task.Delay(Beat, clock, cancel);
            var now = Write(sessions, isUrgent: false);
            await ((Task)now.WaitAsync(Beat, clock, cancel)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
            if (now is { IsCompletedSuccessfully: true, Result: false }) return "another host took it";
            if (!now.IsCompletedSuccessfully) GatewayLog.NotesFailed(log, now.Exception?.InnerException);
            if (clock.GetUtcNow() + Beat >= until) return "it could not be written in time";
        }
    }

    /// <summary>Writes that it is held, one at a time, however long it takes: what is urgent after what is being written, else no more than that.</summary>
    private Task<bool> Write(Func<IReadOnlyList<StoredSession?>> sessions, bool isUrgent)
    {
        lock (gate)
        {
            if (writing.IsCompleted) return writing = Task.Run(() => WriteAsync(sessions(), length, CancellationToken.None), CancellationToken.None);
            return isUrgent ? writing = AfterAsync(writing) : writing;
        }

        async Task<bool> AfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await WriteAsync(sessions(), length, CancellationToken.None);
        }
    }

    /// <summary>Whether another host is there to take over.</summary>
    public async Task<bool> IsAwaitedAsync()
    {
        var finding = Task.Run(() => notes.FindAsync(WaitingKey, CancellationToken.None));
        await ((Task)finding.WaitAsync(Beat, clock)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return finding is { IsCompletedSuccessfully: true, Result: not null };
    }

    /// <summary>Gives it back.</summary>
    /// <param name="sessions">To be resumed by another; null: they are over.</param>
    public async Task ReleaseAsync(IReadOnlyList<StoredSession?>? sessions)
    {
        kept = null;
        // What is still being written would say that it is held. Where that does not end, the lease ends by itself.
        await ((Task)writing.WaitAsync(length, clock)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!writing.IsCompleted) return;
        writing = Task.Run(() => sessions is null ? EndAsync() : WriteAsync(sessions, TimeSpan.Zero, CancellationToken.None));
        await ((Task)writing.WaitAsync(length, clock)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!writing.IsCompletedSuccessfully) GatewayLog.NotesFailed(log, writing.Exception?.InnerException);
        else GatewayLog.Released(log, holder, sessions is null ? "its sessions are over" : "another resumes its sessions");
    }

    // Null: another holds it.
    private async Task<IReadOnlyList<StoredSession?>?> TryAcquireAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var (found, isNew) = await notes.AddAsync(Key, Text(now + length, []), sessionsKept, cancel);
        var (theirs, theirUntil, sessions) = Read(found.Value);
        if (isNew || theirs == holder) (mine, until) = (found, theirUntil);
        else if (theirUntil > now && notes.AreShared)
        {
            await notes.SetAsync(WaitingKey, holder, length, cancel);
            return null;
        }
        else if (await notes.ReplaceAsync(found, Text(now + length, sessions), sessionsKept, cancel) is { } taken) (mine, until) = (taken, now + length);
        else return null;
        // If it was this host that waited, nobody waits now; if another does, it says so again.
        await notes.RemoveAsync(WaitingKey, cancel);
        return sessions;
    }

    private async Task<bool> WriteAsync(IReadOnlyList<StoredSession?> sessions, TimeSpan keeps, CancellationToken cancel)
    {
        for (var tries = 0; tries < 2 && mine is not null; tries++)
        {
            var ends = clock.GetUtcNow() + keeps;
            if (await notes.ReplaceAsync(mine, Text(ends, sessions), sessionsKept, cancel) is { } written)
            {
                (mine, until) = (written, ends);
                return true;
            }
            // An earlier try that seemed to fail may have been written after all.
            mine = await notes.FindAsync(Key, cancel) is { } found && Read(found.Value).Holder == holder ? found : null;
        }
        return false;
    }

    private async Task<bool> EndAsync()
    {
        if (mine is null || await notes.FindAsync(Key, CancellationToken.None) is not { } found || Read(found.Value).Holder != holder) return false;
        await notes.RemoveAsync(Key, CancellationToken.None);
        return true;
    }

    private string Text(DateTimeOffset ends, IReadOnlyList<StoredSession?> sessions) =>
        JsonSerializer.Serialize(new Stored(holder, ends.ToUnixTimeMilliseconds(), sessions.Count, [.. sessions.Take(MostSessions)]));

    private static (string Holder, DateTimeOffset Until, IReadOnlyList<StoredSession?> Sessions) Read(string text)
    {
        try
        {
            if (JsonSerializer.Deserialize<Stored>(text) is { Holder: not null, Sessions: not null, Shards: >= 0 and <= 1000 } stored)
                return (stored.Holder, DateTimeOffset.FromUnixTimeMilliseconds(stored.Until), [.. stored.Sessions.Concat(new StoredSession?[stored.Shards]).Take(stored.Shards)]);
        }
        catch (Exception e) when (e is JsonException or ArgumentOutOfRangeException)
        {
            // Another version wrote it, and is gone.
        }
        return ("", DateTimeOffset.MinValue, []);
    }

    private sealed record Stored(string Holder, long Until, int Shards, StoredSession?[] Sessions);
}
