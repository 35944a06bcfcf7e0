using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Storage;

/// <summary>Something small that is kept for a while and then is as if it had never been.</summary>
public sealed class StoredNote
{
    public string Key { get; set; } = "";

    public string Value { get; set; } = "";

    /// <summary>Another one at each writing.</summary>
    public string Version { get; set; } = "";

    public DateTime ExpiresAt { get; set; }
}

/// <summary>Notes, shared between hosts: of several who change one at once, one succeeds.</summary>
public sealed class NoteStore
{
    private readonly BotDatabase database;
    private readonly TimeProvider clock;

    internal NoteStore(BotDatabase database, TimeProvider clock) => (this.database, this.clock) = (database, clock);

    /// <summary>Whether other processes may write here now: a folder has one process to itself.</summary>
    public bool IsShared => !database.IsSqlite;

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The key of a note about a user: it goes when the user is forgotten.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="what">What it is about.</param>
    public static string KeyOf(string userId, string what) => $"user/{userId}/{what}";

    /// <summary>Null where there is none, or none any more.</summary>
    public Task<StoredNote?> FindAsync(string key, CancellationToken cancel = default)
    {
        var now = Now;
        return database.ReadAsync(db => db.Notes.FirstOrDefaultAsync(n => n.Key == key && n.ExpiresAt > now, cancel));
    }

    /// <summary>Writes it where there is none. Returns what stands there then.</summary>
    public Task<(StoredNote Note, bool IsNew)> AddAsync(string key, string value, TimeSpan keptFor, CancellationToken cancel = default)
    {
        var (mine, now) = (Note(key, value, keptFor), Now);
        return database.WriteAsync(async db =>
        {
            var added = await db.Database.ExecuteSqlAsync($"""
                INSERT INTO "Notes" ("Key", "Value", "Version", "ExpiresAt") VALUES ({mine.Key}, {mine.Value}, {mine.Version}, {mine.ExpiresAt})
                ON CONFLICT ("Key") DO UPDATE SET "Value" = excluded."Value", "Version" = excluded."Version", "ExpiresAt" = excluded."ExpiresAt" WHERE "Notes"."ExpiresAt" <= {now}
                """);
            return added > 0 ? (mine, true) : (await db.Notes.AsNoTracking().SingleAsync(n => n.Key == key), false);
        }, cancel);
    }

    /// <summary>Writes over what was found, if it still stands there; null where it does not.</summary>
    public Task<StoredNote?> ReplaceAsync(string key, string version, string value, TimeSpan keptFor, CancellationToken cancel = default)
    {
        var mine = Note(key, value, keptFor);
        return database.WriteAsync(async db => await db.Notes.Where(n => n.Key == key && n.Version == version)
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.Value, mine.Value).SetProperty(n => n.Version, mine.Version).SetProperty(n => n.ExpiresAt, mine.ExpiresAt)) > 0 ? mine : null, cancel);
    }

    /// <summary>Writes it, whatever stood there.</summary>
    public Task SetAsync(string key, string value, TimeSpan keptFor, CancellationToken cancel = default)
    {
        var mine = Note(key, value, keptFor);
        return database.WriteAsync(db => db.Database.ExecuteSqlAsync($"""
            INSERT INTO "Notes" ("Key", "Value", "Version", "ExpiresAt") VALUES ({mine.Key}, {mine.Value}, {mine.Version}, {mine.ExpiresAt})
            ON CONFLICT ("Key") DO UPDATE SET "Value" = excluded."Value", "Version" = excluded."Version", "ExpiresAt" = excluded."ExpiresAt"
            """), cancel);
    }

    /// <summary>Removes it.</summary>
    public Task RemoveAsync(string key, CancellationToken cancel = default) => database.WriteAsync(db => db.Notes.Where(n => n.Key == key).ExecuteDeleteAsync(), cancel);

    private StoredNote Note(string key, string value, TimeSpan keptFor) => new() { Key = key, Value = StoredText.Clean(value), Version = Guid.NewGuid().ToString("N"), ExpiresAt = Now + keptFor };
}
