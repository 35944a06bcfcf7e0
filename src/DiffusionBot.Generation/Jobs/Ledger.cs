using DiffusionBot.Generation.Storage;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Jobs;

/// <summary>What limits and turns are counted on, for one group of requests: read at once, then kept along while each of them is looked at.</summary>
internal sealed class Ledger
{
    private readonly Dictionary<string, StoredUser> users;
    private readonly Dictionary<string, int> pending, today;

    private Ledger(Dictionary<string, StoredUser> users, Dictionary<string, int> pending, Dictionary<string, int> today) =>
        (this.users, this.pending, this.today) = (users, pending, today);

    /// <summary>Requests by the messages that asked for them.</summary>
    public Dictionary<(string UserId, string MessageId), StoredRequest> Known { get; } = [];

    /// <summary>Requests that were accepted now.</summary>
    public List<StoredRequest> Added { get; } = [];

    /// <summary>Requests that wait, in all.</summary>
    public int Queued { get; private set; }

    /// <summary>That is being drawn.</summary>
    public long Round { get; private init; }

    /// <summary>Of requests accepted so far.</summary>
    public long Sequence { get; set; }

    public static async Task<Ledger> ReadAsync(BotContext db, IReadOnlyList<NewRequest> requests, DateTime now)
    {
        var userIds = requests.Select(r => r.UserId).Distinct(StringComparer.Ordinal).ToArray();
        var messageIds = requests.Select(r => r.MessageId).Distinct(StringComparer.Ordinal).ToArray();
        var since = now.AddDays(-1);
        var users = await db.Users.AsNoTracking().Where(u => userIds.Contains(u.Id)).ToDictionaryAsync(u => u.Id, StringComparer.Ordinal);
        var pending = await db.Requests.Where(r => userIds.Contains(r.UserId) && (r.State == RequestState.Queued || r.State == RequestState.Drawing))
            .GroupBy(r => r.UserId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, StringComparer.Ordinal);
        var today = await db.Requests.Where(r => userIds.Contains(r.UserId) && r.CreatedAt > since && r.State != RequestState.Failed && r.State != RequestState.Cancelled)
            .GroupBy(r => r.UserId).Select(g => new { g.Key, Count = g.Sum(r => r.PictureCount) }).ToDictionaryAsync(g => g.Key, g => g.Count, StringComparer.Ordinal);
        var counters = await db.Counters.AsNoTracking().ToDictionaryAsync(c => c.Name, c => c.Value, StringComparer.Ordinal);
        var ledger = new Ledger(users, pending, today)
        {
            Queued = await db.Requests.CountAsync(r => r.State == RequestState.Queued),
            Round = counters.GetValueOrDefault(VirtualTime.RoundCounter),
            Sequence = counters.GetValueOrDefault(VirtualTime.SequenceCounter),
        };
        var known = await db.Requests.AsNoTracking().Where(r => userIds.Contains(r.UserId) && messageIds.Contains(r.MessageId)).ToListAsync();
        foreach (var request in known) ledger.Known[(request.UserId, request.MessageId)] = request;
        return ledger;
    }

    public StoredUser UserOf(string id, DateTime now)
    {
        if (users.TryGetValue(id, out var user)) return user;
        return users[id] = new StoredUser { Id = id, CreatedAt = now, LastSeenAt = now };
    }

    public int PendingOf(string user) => pending.GetValueOrDefault(user);

    public int TodayOf(string user) => today.GetValueOrDefault(user);

    /// <summary>Counts a request that was accepted.</summary>
    public void Add(StoredRequest request)
    {
        Known[(request.UserId, request.MessageId)] = request;
        Added.Add(request);
        pending[request.UserId] = PendingOf(request.UserId) + 1;
        today[request.UserId] = TodayOf(request.UserId) + request.PictureCount;
        Queued++;
    }

    public async Task SaveAsync(BotContext db)
    {
        if (Added.Count == 0) return;
        // Somebody may make a new user's row at the same moment.
        var asked = Added.Select(r => r.UserId).Distinct(StringComparer.Ordinal).Select(id => users[id]).ToList();
        await RowInsert.InsertAsync(db, asked, """ON CONFLICT ("Id") DO UPDATE SET "LastVirtualTime" = excluded."LastVirtualTime" """);
        await RowInsert.InsertAsync(db, Added);
        await RaiseAsync(db, VirtualTime.SequenceCounter, Sequence);
    }

    /// <summary>Sets a counter that only grows.</summary>
    public static Task RaiseAsync(BotContext db, string name, long value) => db.Database.ExecuteSqlAsync($"""
        INSERT INTO "Counters" ("Name", "Value") VALUES ({name}, {value}) ON CONFLICT ("Name") DO UPDATE SET "Value" = excluded."Value" WHERE "Counters"."Value" < excluded."Value"
        """);
}
