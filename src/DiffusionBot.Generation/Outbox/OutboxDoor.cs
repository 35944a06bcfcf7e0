using DiffusionBot.Generation.Storage;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Outbox;

/// <summary>What the rest of the program may ask of the outbox.</summary>
public sealed class OutboxDoor
{
    private readonly BotDatabase database;
    private readonly OutboxSignal signal;
    private readonly TimeProvider clock;

    internal OutboxDoor(BotDatabase database, OutboxSignal signal, TimeProvider clock) => (this.database, this.signal, this.clock) = (database, signal, clock);

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

    private async Task<int> ReleaseAsync(Func<BotContext, IQueryable<OutboxEntry>> entries, string address, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var released = await database.WriteAsync(db => entries(db).ExecuteUpdateAsync(set => set.SetProperty(e => e.State, OutboxState.Pending)
            .SetProperty(e => e.Address, address).SetProperty(e => e.NextAttemptAt, now).SetProperty(e => e.PendingSince, now)), cancel);
        signal.Set();
        return released;
    }
}
