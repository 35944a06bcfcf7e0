using System.Collections.Concurrent;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Outbox;

/// <summary>A reply that was taken to be shown by who took it.</summary>
/// <param name="Entry">With its request and pictures.</param>
/// <param name="IsRetry">Whether it may have been shown before.</param>
public sealed record TakenEntry(OutboxEntry Entry, bool IsRetry);

/// <summary>What the rest of the program may ask of the outbox.</summary>
public sealed class OutboxDoor
{
    private static readonly TimeSpan betweenLooks = TimeSpan.FromSeconds(1);

    private readonly BotDatabase database;
    private readonly OutboxRows rows;
    private readonly OutboxSignal signal;
    private readonly WaitingReplySignal waits;
    private readonly TimeProvider clock;

    internal OutboxDoor(BotDatabase database, OutboxRows rows, OutboxSignal signal, WaitingReplySignal waits, TimeProvider clock) =>
        (this.database, this.rows, this.signal, this.waits, this.clock) = (database, rows, signal, waits, clock);

    /// <summary>The user is there: what waits for them is delivered now, to the address at hand. Returns how many there were.</summary>
    public async Task<int> ReleaseAsync(string userId, string address, CancellationToken cancel = default)
    {
        // Asked at every message: most of the time there is nothing.
        if (!await database.ReadAsync(db => db.Outbox.AnyAsync(e => e.UserId == userId && e.State == OutboxState.Waiting, cancel))) return 0;
        return await ReleaseAsync(db => db.Outbox.Where(e => e.UserId == userId && e.State == OutboxState.Waiting), address, cancel);
    }

    /// <summary>The same for one request. False where nothing of it waits to be delivered.</summary>
    public async Task<bool> ReleaseRequestAsync(Guid request, string address, CancellationToken cancel = default)
    {
        // What is being delivered at this moment is left alone.
        return await ReleaseAsync(db => db.Outbox.Where(e => e.RequestId == request && (e.State == OutboxState.Waiting || (e.State == OutboxState.Pending && e.ClaimedBy == null))), address, cancel) > 0;
    }

    /// <summary>Owes a request's result once more, whatever became of it before. False where there is no such request, or it has not ended.</summary>
    public async Task<bool> SendAgainAsync(Guid request, string userId, string address, CancellationToken cancel = default)
    {
        var isOwed = await database.WriteAsync(async db =>
        {
            if (!await db.Requests.AnyAsync(r => r.Id == request && r.State >= RequestState.Done)) return false;
            db.Outbox.Add(OutboxEntry.ResultOf(request, userId, address, clock.GetUtcNow()));
            await db.SaveChangesAsync();
            return true;
        }, cancel);
        if (isOwed) signal.Set();
        return isOwed;
    }

    /// <summary>Takes what waits for a user, oldest first; whoever takes it says what became of it, or has it for as long as a lease.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="code">Of this request alone; null: of all.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancel">Before it begins.</param>
    public async Task<IReadOnlyList<TakenEntry>> TakeAsync(string userId, string? code, int most, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        return [.. (await rows.TakeAsync(userId, code, most)).Select(claimed => new TakenEntry(claimed.Entry, claimed.IsRetry))];
    }

    /// <summary>What was taken was shown.</summary>
    /// <param name="id">The entry's.</param>
    /// <param name="lease">Its <see cref="OutboxEntry.ClaimedBy"/> when it was taken: who was too slow changes nothing.</param>
    public Task ShownAsync(Guid id, string lease) => rows.DeliveredAsync(Taken(id, lease));

    /// <summary>What was taken was not shown, and waits again.</summary>
    /// <param name="id">The entry's.</param>
    /// <param name="lease">Its <see cref="OutboxEntry.ClaimedBy"/> when it was taken.</param>
    /// <param name="userId">Whose it is.</param>
    public async Task ReturnAsync(Guid id, string lease, string userId)
    {
        await rows.WaitAsync(Taken(id, lease));
        waits.Set(userId);
    }

    /// <summary>Records that so many parts of a delivery under way are shown.</summary>
    public Task PartsShownAsync(OutboxEntry entry, int parts) => rows.PartsShownAsync(entry, parts);

    /// <summary>Whether something about a request waits for a user.</summary>
    public Task<bool> WaitsAsync(string userId, string code, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        return rows.AnyWaitsAsync(userId, code);
    }

    /// <summary>How many replies wait for a user.</summary>
    public Task<int> CountAsync(string userId, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        return rows.WaitingAsync(userId);
    }

    /// <summary>Ends as soon as something about a request waits for its user; or cancelled. What other hosts do is seen a second later.</summary>
    public async Task UntilAnyAsync(string userId, string code, CancellationToken cancel)
    {
        while (true)
        {
            // Who is told between the look and the wait is told nevertheless.
            using var told = waits.Listen(userId);
            if (await rows.AnyWaitsAsync(userId, code)) return;
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAny(told.Task, Task.Delay(betweenLooks, clock, both.Token));
            await both.CancelAsync();
            cancel.ThrowIfCancellationRequested();
        }
    }

    private static OutboxEntry Taken(Guid id, string lease) => new() { Id = id, ClaimedBy = lease };

    private async Task<int> ReleaseAsync(Func<BotContext, IQueryable<OutboxEntry>> entries, string address, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var released = await database.WriteAsync(db => entries(db).ExecuteUpdateAsync(set => set.SetProperty(e => e.State, OutboxState.Pending)
            .SetProperty(e => e.Address, address).SetProperty(e => e.NextAttemptAt, now).SetProperty(e => e.PendingSince, now)), cancel);
        signal.Set();
        return released;
    }
}

/// <summary>Tells who waits for it that a reply waits for its user, within this process.</summary>
internal sealed class WaitingReplySignal
{
    private readonly ConcurrentDictionary<Ear, string> ears = new();

    /// <summary>Something waits for this user.</summary>
    public void Set(string userId)
    {
        foreach (var (ear, user) in ears)
        {
            if (user == userId) ear.Hear();
        }
    }

    public Ear Listen(string userId)
    {
        var ear = new Ear(this);
        ears[ear] = userId;
        return ear;
    }

    internal sealed class Ear(WaitingReplySignal signal) : IDisposable
    {
        private readonly TaskCompletionSource heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => heard.Task;

        public void Hear() => heard.TrySetResult();

        public void Dispose() => signal.ears.TryRemove(this, out _);
    }
}
