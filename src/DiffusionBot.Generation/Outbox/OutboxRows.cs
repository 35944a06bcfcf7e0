using DiffusionBot.Generation.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Outbox;

/// <summary>An entry that this host has to itself for a while.</summary>
/// <param name="Entry">With its request and pictures.</param>
/// <param name="IsRetry">An earlier attempt began and its end was not recorded.</param>
internal sealed record ClaimedEntry(OutboxEntry Entry, bool IsRetry);

/// <summary>An entry's way through its states.</summary>
internal sealed class OutboxRows(BotDatabase database, IOptions<OutboxOptions> options, TimeProvider clock)
{
    /// <summary>Entries of a user go out in order, but one that the platform refuses again and again does not hold up the others for a day.</summary>
    private const int MostAttemptsInOrder = 4;
    private static readonly TimeSpan longestPause = TimeSpan.FromMinutes(30);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>No other process can be delivering: what says so was left by a dead one.</summary>
    public Task<int> ReleaseAllAsync() => database.WriteAsync(db => db.Outbox.Where(e => e.ClaimedBy != null)
        .ExecuteUpdateAsync(set => set.SetProperty(e => e.ClaimedBy, (string?)null).SetProperty(e => e.ClaimedUntil, (DateTime?)null)));

    /// <summary>Takes entries whose time has come, the oldest of each user, and notes that an attempt begins.</summary>
    public async Task<IReadOnlyList<ClaimedEntry>> ClaimAsync(int most)
    {
        var now = Now;
        if (!await database.ReadAsync(db => Due(db, now).AnyAsync())) return [];
        return await database.WriteAsync<IReadOnlyList<ClaimedEntry>>(async db =>
        {
            var claimed = new List<ClaimedEntry>();
            var due = await Due(db, now).AsNoTracking().OrderBy(e => e.CreatedAt).ThenBy(e => e.Id).Take(most).ToListAsync();
            foreach (var entry in due.DistinctBy(e => e.UserId))
            {
                var free = db.Outbox.Where(e => e.Id == entry.Id && e.State == OutboxState.Pending && (e.ClaimedUntil == null || e.ClaimedUntil < now));
                if (await BeginAsync(db, free, entry, now) is { } mine) claimed.Add(mine);
            }
            return claimed;
        });
    }

    /// <summary>Takes what waits for a user, oldest first, to be shown by who asks. Entries that nobody has in hand yet are taken, too.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="code">Of this request alone; null: of all.</param>
    /// <param name="most">At most so many.</param>
    public async Task<IReadOnlyList<ClaimedEntry>> TakeAsync(string userId, string? code, int most)
    {
        if (!await database.ReadAsync(db => Waiting(db, userId, code).AnyAsync())) return [];
        var now = Now;
        return await database.WriteAsync<IReadOnlyList<ClaimedEntry>>(async db =>
        {
            var taken = new List<ClaimedEntry>();
            foreach (var entry in await Waiting(db, userId, code).AsNoTracking().OrderBy(e => e.CreatedAt).ThenBy(e => e.Id).Take(most).ToListAsync())
            {
                var free = db.Outbox.Where(e => e.Id == entry.Id && e.ClaimedBy == null && e.State == entry.State);
                if (await BeginAsync(db, free, entry, now) is { } mine) taken.Add(mine);
            }
            return taken;
        });
    }

    /// <summary>Whether something waits for a user.</summary>
    public Task<bool> AnyWaitsAsync(string userId, string code) => database.ReadAsync(db => Waiting(db, userId, code).AnyAsync());

    /// <summary>How many wait for a user.</summary>
    public Task<int> WaitingAsync(string userId) => database.ReadAsync(db => Waiting(db, userId, null).CountAsync());

    /// <summary>So many of its parts are shown.</summary>
    public Task PartsShownAsync(OutboxEntry entry, int parts) => database.WriteAsync(db => Mine(db, entry).ExecuteUpdateAsync(set => set.SetProperty(e => e.PartsShown, parts)));

    /// <summary>It was shown.</summary>
    public Task DeliveredAsync(OutboxEntry entry) => EndAsync(entry, OutboxState.Delivered, null, Now);

    /// <summary>It goes out when the user says something.</summary>
    public Task WaitAsync(OutboxEntry entry) => EndAsync(entry, OutboxState.Waiting, null, null);

    /// <summary>It never will be shown.</summary>
    public Task AbandonAsync(OutboxEntry entry, string error) => EndAsync(entry, OutboxState.Abandoned, error, null);

    /// <summary>It is tried again later, or given up if it was tried for long enough. Returns which.</summary>
    /// <param name="entry">Which.</param>
    /// <param name="error">Why.</param>
    /// <param name="after">At least so much later; null: as the options say.</param>
    /// <param name="isEndKnown">False: it may have been shown.</param>
    public async Task<OutboxState> RetryAsync(OutboxEntry entry, string error, TimeSpan? after, bool isEndKnown)
    {
        var now = Now;
        if (now - entry.PendingSince >= TimeSpan.FromHours(options.Value.GiveUpHours))
        {
            await AbandonAsync(entry, error);
            return OutboxState.Abandoned;
        }
        var pause = TimeSpan.FromSeconds(options.Value.RetrySeconds * Math.Pow(2, Math.Min(entry.Attempts - 1, 20)));
        if (pause > longestPause) pause = longestPause;
        if (after > pause) pause = after.Value;
        await database.WriteAsync(async db =>
        {
            await Mine(db, entry).ExecuteUpdateAsync(set => set.SetProperty(e => e.NextAttemptAt, now + pause).SetProperty(e => e.LastError, StoredText.Clean(error))
                .SetProperty(e => e.AttemptStartedAt, e => isEndKnown ? null : e.AttemptStartedAt)
                .SetProperty(e => e.ClaimedUntil, (DateTime?)null).SetProperty(e => e.ClaimedBy, (string?)null));
        });
        return OutboxState.Pending;
    }

    private async Task EndAsync(OutboxEntry entry, OutboxState state, string? error, DateTime? deliveredAt)
    {
        var clean = error is null ? null : StoredText.Clean(error);
        await database.WriteAsync(db => Mine(db, entry).ExecuteUpdateAsync(set => set.SetProperty(e => e.State, state).SetProperty(e => e.LastError, clean)
            .SetProperty(e => e.DeliveredAt, deliveredAt).SetProperty(e => e.AttemptStartedAt, (DateTime?)null)
            .SetProperty(e => e.ClaimedUntil, (DateTime?)null).SetProperty(e => e.ClaimedBy, (string?)null)));
    }

    /// <summary>Claims an entry, if it is still free, and notes that an attempt begins.</summary>
    /// <param name="db">Within a transaction.</param>
    /// <param name="free">The entry's row, as long as nobody else has it.</param>
    /// <param name="found">The entry as it was before.</param>
    /// <param name="now">When.</param>
    /// <returns>Null: somebody else has it.</returns>
    private async Task<ClaimedEntry?> BeginAsync(BotContext db, IQueryable<OutboxEntry> free, OutboxEntry found, DateTime now)
    {
        var holder = Guid.NewGuid().ToString("N");
        var claimed = await free.ExecuteUpdateAsync(set => set
            .SetProperty(e => e.State, OutboxState.Pending).SetProperty(e => e.ClaimedBy, holder).SetProperty(e => e.ClaimedUntil, now.AddSeconds(options.Value.LeaseSeconds))
            .SetProperty(e => e.AttemptStartedAt, now).SetProperty(e => e.Attempts, e => e.Attempts + 1));
        return claimed == 0 ? null : new(await FullAsync(db, found.Id), found.AttemptStartedAt is not null);
    }

    private static IQueryable<OutboxEntry> Mine(BotContext db, OutboxEntry entry) => db.Outbox.Where(e => e.Id == entry.Id && e.ClaimedBy == entry.ClaimedBy);

    private static Task<OutboxEntry> FullAsync(BotContext db, Guid id) =>
        db.Outbox.AsNoTrackingWithIdentityResolution().Include(e => e.Request!.Pictures.OrderBy(p => p.Index)).SingleAsync(e => e.Id == id);

    private static IQueryable<OutboxEntry> Waiting(BotContext db, string userId, string? code) => db.Outbox.Where(e => e.UserId == userId && e.ClaimedBy == null
        && (e.State == OutboxState.Waiting || e.State == OutboxState.Pending) && (code == null || e.Request!.Code == code));

    private static IQueryable<OutboxEntry> Due(BotContext db, DateTime now) => db.Outbox.Where(e => e.State == OutboxState.Pending && e.NextAttemptAt <= now
        && (e.ClaimedUntil == null || e.ClaimedUntil < now)
        && !db.Outbox.Any(o => o.UserId == e.UserId && o.State == OutboxState.Pending && o.CreatedAt < e.CreatedAt && (o.Attempts < MostAttemptsInOrder || o.ClaimedUntil >= now)));
}
