using DiffusionBot.Engine;
using DiffusionBot.Generation.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Jobs;

/// <summary>Whether a drawing is still ours.</summary>
internal enum Hold
{
    /// <summary>Go on.</summary>
    Ours,

    /// <summary>Its user wants no more of it.</summary>
    CancelRequested,

    /// <summary>Another host has it.</summary>
    Theirs,

    /// <summary>There is no such request any more.</summary>
    Gone,
}

/// <summary>
/// A request's way through its states once it is in the queue. Each step is one transaction that looks at who holds the row: a host that was thought dead and is not
/// ends nothing that another has begun.
/// </summary>
internal sealed class RequestRows(BotDatabase database, IOptions<JobOptions> options, TimeProvider clock)
{
    /// <summary>As long a holder is believed alive without a sign of life.</summary>
    public TimeSpan Lease => TimeSpan.FromSeconds(options.Value.CheckInSeconds * 3);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Queued becomes Drawing. Null where it does not wait, or not yet.</summary>
    public Task<StoredRequest?> StartAsync(Guid id) => database.WriteAsync(async db =>
    {
        var (now, holder) = (Now, Guid.NewGuid().ToString("N"));
        var started = await db.Requests.Where(r => r.Id == id && r.State == RequestState.Queued && (r.NotBefore == null || r.NotBefore <= now)).ExecuteUpdateAsync(set => set
            .SetProperty(r => r.State, RequestState.Drawing).SetProperty(r => r.StartedAt, now).SetProperty(r => r.Attempts, r => r.Attempts + 1)
            .SetProperty(r => r.DrawnBy, holder).SetProperty(r => r.DrawnUntil, now + Lease));
        if (started == 0) return null;
        var request = await db.Requests.AsNoTracking().SingleAsync(r => r.Id == id);
        await Ledger.RaiseAsync(db, VirtualTime.RoundCounter, VirtualTime.RoundOf(request.VirtualTime));
        return request;
    });

    /// <summary>
    /// Whose turn it is: the first of all that wait, up to this one. Null where this one waits no more, or all are paused. The scheduler mostly says the same, but whoever came just now may
    /// have an earlier turn, and other hosts take some away.
    /// </summary>
    public Task<Guid?> FirstUpToAsync(Guid id)
    {
        var now = Now;
        return database.ReadAsync(async db =>
        {
            // A host that was not told of the pause yet begins nothing either.
            if (await db.Settings.AnyAsync(s => s.Key == RequestQueue.PausedSetting)) return null;
            var waiting = db.Requests.Where(r => r.State == RequestState.Queued && (r.NotBefore == null || r.NotBefore <= now));
            var turn = await waiting.Where(r => r.Id == id).Select(r => (long?)r.VirtualTime).FirstOrDefaultAsync();
            return turn is null ? null : await waiting.Where(r => r.VirtualTime <= turn).OrderBy(r => r.VirtualTime).Select(r => (Guid?)r.Id).FirstOrDefaultAsync();
        });
    }

    /// <summary>Looks whether the drawing is still ours, and gives a sign of life.</summary>
    public async Task<Hold> HoldAsync(StoredRequest request, bool renew)
    {
        if (renew)
        {
            var until = Now + Lease;
            await database.WriteAsync(db => Mine(db, request).ExecuteUpdateAsync(set => set.SetProperty(r => r.DrawnUntil, until)));
        }
        var row = await database.ReadAsync(db => db.Requests.Where(r => r.Id == request.Id).Select(r => new { r.State, r.DrawnBy, r.CancelRequested }).FirstOrDefaultAsync());
        if (row is null) return Hold.Gone;
        if (row.State != RequestState.Drawing || row.DrawnBy != request.DrawnBy) return Hold.Theirs;
        return row.CancelRequested ? Hold.CancelRequested : Hold.Ours;
    }

    /// <summary>Drawing becomes Done, its pictures' rows and its entry of the outbox come to be, all at once. False where it is no longer ours, or was called off.</summary>
    public Task<bool> CompleteAsync(StoredRequest request, IReadOnlyList<StoredPicture> pictures, string engineNotes) => database.WriteAsync(async db =>
    {
        var done = await Mine(db, request).Where(r => !r.CancelRequested).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RequestState.Done)
            .SetProperty(r => r.FinishedAt, Now).SetProperty(r => r.EngineNotes, engineNotes).SetProperty(r => r.DrawnBy, (string?)null).SetProperty(r => r.DrawnUntil, (DateTime?)null));
        if (done == 0) return false;
        db.Pictures.AddRange(pictures);
        db.Outbox.Add(ReplyTo(request));
        await db.SaveChangesAsync();
        return true;
    });

    /// <summary>Drawing becomes Failed, and its user is told.</summary>
    public Task<bool> FailAsync(StoredRequest request, LocalText reason) => database.WriteAsync(async db =>
    {
        var failed = await Mine(db, request).ExecuteUpdateAsync(set => set.SetProperty(r => r.Failures, r => r.Failures + 1));
        return failed > 0 && await FailAsync(db, request, reason);
    });

    /// <summary>Drawing becomes Queued again, for later.</summary>
    public Task<bool> RetryAsync(StoredRequest request, TimeSpan after) => database.WriteAsync(async db => await Mine(db, request).ExecuteUpdateAsync(set => set
        .SetProperty(r => r.State, RequestState.Queued).SetProperty(r => r.Failures, r => r.Failures + 1).SetProperty(r => r.NotBefore, Now + after)
        .SetProperty(r => r.ScheduledAt, (DateTime?)null).SetProperty(r => r.DrawnBy, (string?)null).SetProperty(r => r.DrawnUntil, (DateTime?)null)) > 0);

    /// <summary>Drawing becomes Queued again through no fault of its own.</summary>
    public Task ReturnAsync(StoredRequest request) => database.WriteAsync(async db =>
    {
        await Mine(db, request).Where(r => r.CancelRequested).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RequestState.Cancelled).SetProperty(r => r.FinishedAt, Now));
        await Mine(db, request).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RequestState.Queued)
            .SetProperty(r => r.ScheduledAt, (DateTime?)null).SetProperty(r => r.DrawnBy, (string?)null).SetProperty(r => r.DrawnUntil, (DateTime?)null));
    });

    /// <summary>Drawing becomes Cancelled.</summary>
    public Task<bool> EndCancelledAsync(StoredRequest request) => database.WriteAsync(async db => await Mine(db, request).ExecuteUpdateAsync(set => set
        .SetProperty(r => r.State, RequestState.Cancelled).SetProperty(r => r.FinishedAt, Now).SetProperty(r => r.DrawnBy, (string?)null).SetProperty(r => r.DrawnUntil, (DateTime?)null)) > 0);

    /// <summary>Requests that say Drawing while nobody draws them go back into the queue, or end if their user wanted that or if they bring down whoever draws them.</summary>
    /// <param name="all">All that say Drawing, since no other process can be: else those whose holder gave no sign of life.</param>
    /// <returns>Which.</returns>
    public Task<IReadOnlyList<StoredRequest>> RecoverAsync(bool all) => database.WriteAsync<IReadOnlyList<StoredRequest>>(async db =>
    {
        var now = Now;
        var lost = await db.Requests.AsNoTracking().Where(r => r.State == RequestState.Drawing && (all || r.DrawnUntil == null || r.DrawnUntil < now)).ToListAsync();
        foreach (var request in lost)
        {
            if (request.CancelRequested)
            {
                await Mine(db, request).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RequestState.Cancelled).SetProperty(r => r.FinishedAt, now));
                continue;
            }
            var crashes = request.Crashes + 1;
            if (await Mine(db, request).ExecuteUpdateAsync(set => set.SetProperty(r => r.Crashes, crashes)) == 0) continue;
            if (crashes >= options.Value.MaxCrashes)
            {
                await FailAsync(db, request, FailureTexts.Crashes(crashes));
                continue;
            }
            // The first times it is drawn again at once: a process is killed for many reasons. Then others go first.
            var pause = crashes < 3 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(30, 1 << (crashes - 3)));
            await Mine(db, request).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RequestState.Queued).SetProperty(r => r.NotBefore, now + pause)
                .SetProperty(r => r.ScheduledAt, (DateTime?)null).SetProperty(r => r.DrawnBy, (string?)null).SetProperty(r => r.DrawnUntil, (DateTime?)null));
        }
        return lost;
    });

    private static IQueryable<StoredRequest> Mine(BotContext db, StoredRequest request) =>
        db.Requests.Where(r => r.Id == request.Id && r.State == RequestState.Drawing && r.DrawnBy == request.DrawnBy);

    private async Task<bool> FailAsync(BotContext db, StoredRequest request, LocalText reason)
    {
        var (english, chinese) = (StoredText.Clean(reason.English), StoredText.Clean(reason.Chinese));
        var failed = await Mine(db, request).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RequestState.Failed).SetProperty(r => r.FinishedAt, Now)
            .SetProperty(r => r.ReasonEnglish, english).SetProperty(r => r.ReasonChinese, chinese)
            .SetProperty(r => r.DrawnBy, (string?)null).SetProperty(r => r.DrawnUntil, (DateTime?)null));
        if (failed == 0) return false;
        db.Outbox.Add(ReplyTo(request));
        await db.SaveChangesAsync();
        return true;
    }

    private OutboxEntry ReplyTo(StoredRequest request) => OutboxEntry.ResultOf(request.Id, request.UserId, request.Address, clock.GetUtcNow());
}
