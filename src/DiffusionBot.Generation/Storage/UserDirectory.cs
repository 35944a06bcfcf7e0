using System.Text.Json;
using DiffusionBot.Engine;
using DiffusionBot.Generation.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace DiffusionBot.Generation.Storage;

/// <summary>Who talks to the bot, and what each of them has chosen.</summary>
public sealed class UserDirectory
{
    private static readonly TimeSpan seenFor = TimeSpan.FromMinutes(10);   // how exactly LastSeenAt is kept

    private readonly BotDatabase database;
    private readonly RequestRemoval removal;
    private readonly RecentPictures recent;
    private readonly RunningDrawings drawings;
    private readonly TimeProvider clock;

    internal UserDirectory(BotDatabase database, RequestRemoval removal, RecentPictures recent, RunningDrawings drawings, TimeProvider clock) =>
        (this.database, this.removal, this.recent, this.drawings, this.clock) = (database, removal, recent, drawings, clock);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The user's row, or what it will be once there is something to keep; notes the name and that they were here. Cheap when nothing is new.</summary>
    public async Task<StoredUser> GreetAsync(string id, string? name, CancellationToken cancel = default)
    {
        name = name is null ? null : StoredText.Clean(name);
        var found = await database.ReadAsync(db => db.Users.Where(u => u.Id == id)
            .Select(u => new { User = u, Waits = db.Outbox.Any(e => e.UserId == id && e.State == OutboxState.Waiting) }).FirstOrDefaultAsync(cancel));
        // A thousand who come at once wait for no row that the first request, or the first choice, makes anyhow.
        if (found is null) return new StoredUser { Id = id, Name = name, CreatedAt = Now, LastSeenAt = Now };
        found.User.HasWaitingReplies = found.Waits;
        if ((name is not null && found.User.Name != name) || Now - found.User.LastSeenAt >= seenFor) await database.WriteAsync(db => MakeAsync(db, id, name, Now), cancel);
        found.User.Name = name ?? found.User.Name;
        return found.User;
    }

    /// <summary>The row of a user who was here before; else null.</summary>
    public Task<StoredUser?> FindAsync(string id, CancellationToken cancel = default) =>
        database.ReadAsync(db => db.Users.FirstOrDefaultAsync(u => u.Id == id, cancel));

    /// <summary>Keeps personal defaults, names of flags to values; an empty one removes all.</summary>
    public Task SetDefaultsAsync(string id, IReadOnlyDictionary<string, string> defaults, CancellationToken cancel = default)
    {
        var json = defaults.Count == 0 ? "" : JsonSerializer.Serialize(defaults);
        return ChangeAsync(id, set => set.SetProperty(u => u.Defaults, json), cancel);
    }

    /// <summary>Keeps the language that a user chose; null: as the platform says.</summary>
    public Task SetLanguageAsync(string id, Language? language, CancellationToken cancel = default) =>
        ChangeAsync(id, set => set.SetProperty(u => u.Language, language), cancel);

    /// <summary>Blocks a user, or no more.</summary>
    public Task SetBlockedAsync(string id, bool blocked, CancellationToken cancel = default) =>
        ChangeAsync(id, set => set.SetProperty(u => u.IsBlocked, blocked), cancel);

    /// <summary>How many pictures a day; null: as everybody.</summary>
    public Task SetDailyPicturesAsync(string id, int? pictures, CancellationToken cancel = default) =>
        ChangeAsync(id, set => set.SetProperty(u => u.DailyPictures, pictures), cancel);

    /// <summary>Everybody, last seen first.</summary>
    public Task<(IReadOnlyList<StoredUser> Users, int Total)> ListAsync(int page, int pageSize, CancellationToken cancel = default) => database.ReadAsync(async db =>
    {
        var users = await db.Users.OrderByDescending(u => u.LastSeenAt).ThenBy(u => u.Id).Skip(page * pageSize).Take(pageSize).ToListAsync(cancel);
        return ((IReadOnlyList<StoredUser>)users, await db.Users.CountAsync(cancel));
    });

    /// <summary>Pictures that the user has drawn or has waiting, of the last 24 hours.</summary>
    public Task<int> PicturesTodayAsync(string id, CancellationToken cancel = default)
    {
        var since = Now.AddDays(-1);
        return database.ReadAsync(db => db.Requests
            .Where(r => r.UserId == id && r.CreatedAt > since && r.State != RequestState.Failed && r.State != RequestState.Cancelled).SumAsync(r => r.PictureCount, cancel));
    }

    /// <summary>
    /// Removes all that is kept of a user: requests (what waits is cancelled, what is being drawn leaves nothing), pictures, files, texts, replies, notes, defaults.
    /// A block stays, by itself. Returns how many pictures went.
    /// </summary>
    /// <remarks>Conversations in the <see cref="Transcript"/> are the user's where they are named like the user or like an address that they asked from.</remarks>
    public async Task<int> ForgetAsync(string id, CancellationToken cancel = default)
    {
        var (pictures, unfinished) = await database.WriteAsync(async db =>
        {
            var requests = await db.Requests.AsNoTracking().Where(r => r.UserId == id).Select(r => new { r.Id, r.Address, r.State }).ToListAsync();
            var count = await RequestRemoval.RemoveAsync(db, [.. requests.Select(r => r.Id)]);
            await db.Outbox.Where(e => e.UserId == id).ExecuteDeleteAsync();
            var notes = NoteStore.KeyOf(id, "");
            // Not by LIKE, for which `oA` and `oa` are the same on SQLite.
            await db.Notes.Where(n => n.Key.Substring(0, notes.Length) == notes).ExecuteDeleteAsync();
            foreach (var conversation in requests.Select(r => r.Address).Append(id).Distinct(StringComparer.Ordinal))
                await db.Transcript.Where(t => t.Conversation == conversation).ExecuteDeleteAsync();
            var isBlocked = await db.Users.AnyAsync(u => u.Id == id && u.IsBlocked);
            await db.Users.Where(u => u.Id == id).ExecuteDeleteAsync();
            if (isBlocked)
            {
                await MakeAsync(db, id, null, Now);
                await db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(set => set.SetProperty(u => u.IsBlocked, true));
            }
            return (count, requests.Where(r => r.State is RequestState.Queued or RequestState.Drawing).Select(r => r.Id).ToList());
        }, cancel);
        foreach (var request in unfinished) drawings.Stop(request, StopReason.RowLost);
        await removal.SweepAsync();
        await recent.ForgetAsync(id, cancel);
        return pictures;
    }

    private Task ChangeAsync(string id, Action<UpdateSettersBuilder<StoredUser>> set, CancellationToken cancel) => database.WriteAsync(async db =>
    {
        if (await db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(set) > 0) return;
        await MakeAsync(db, id, null, Now);
        await db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(set);
    }, cancel);

    /// <summary>The row, whoever makes it first; a name that is not told changes nothing.</summary>
    internal static Task MakeAsync(BotContext db, string id, string? name, DateTime now) => db.Database.ExecuteSqlAsync($"""
        INSERT INTO "Users" ("Id", "Name", "Defaults", "IsBlocked", "LastVirtualTime", "CreatedAt", "LastSeenAt") VALUES ({id}, {name}, '', {false}, 0, {now}, {now})
        ON CONFLICT ("Id") DO UPDATE SET "Name" = COALESCE(excluded."Name", "Users"."Name"), "LastSeenAt" = excluded."LastSeenAt"
        """);
}
