using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Storage;

/// <summary>Values kept between runs and shared between hosts.</summary>
public sealed class SettingStore
{
    private readonly BotDatabase database;

    internal SettingStore(BotDatabase database) => this.database = database;

    /// <summary>Null where it was never set.</summary>
    public Task<string?> GetAsync(string key, CancellationToken cancel = default) =>
        database.ReadAsync(db => db.Settings.Where(s => s.Key == key).Select(s => s.Value).FirstOrDefaultAsync(cancel));

    /// <summary>Sets it, or removes it with null.</summary>
    public Task SetAsync(string key, string? value, CancellationToken cancel = default) => database.WriteAsync(async db =>
    {
        if (value is null) await db.Settings.Where(s => s.Key == key).ExecuteDeleteAsync();
        else await db.Database.ExecuteSqlAsync($"""INSERT INTO "Settings" ("Key", "Value") VALUES ({key}, {value}) ON CONFLICT ("Key") DO UPDATE SET "Value" = excluded."Value" """);
    }, cancel);

    /// <summary>The value that is there, or this one if none is: of several hosts that ask at once, all get the same.</summary>
    public Task<string> GetOrAddAsync(string key, string value, CancellationToken cancel = default) => database.WriteAsync(async db =>
    {
        await db.Database.ExecuteSqlAsync($"""INSERT INTO "Settings" ("Key", "Value") VALUES ({key}, {value}) ON CONFLICT ("Key") DO NOTHING""");
        return await db.Settings.Where(s => s.Key == key).Select(s => s.Value).SingleAsync();
    }, cancel);

    /// <summary>Sets it to what a function makes of the value that is there (null: none); asked again where another host changed it meanwhile. Returns what stands there then.</summary>
    public async Task<string> ChangeAsync(string key, Func<string?, string> change, CancellationToken cancel = default)
    {
        while (true)
        {
            var (value, isWritten) = await database.WriteAsync(async db =>
            {
                var before = await db.Settings.Where(s => s.Key == key).Select(s => s.Value).FirstOrDefaultAsync();
                var after = change(before);
                var written = before is null
                    ? await db.Database.ExecuteSqlAsync($"""INSERT INTO "Settings" ("Key", "Value") VALUES ({key}, {after}) ON CONFLICT ("Key") DO NOTHING""")
                    : await db.Settings.Where(s => s.Key == key && s.Value == before).ExecuteUpdateAsync(set => set.SetProperty(s => s.Value, after));
                return (after, written > 0);
            }, cancel);
            if (isWritten) return value;
        }
    }

    /// <summary>Everything whose key begins so.</summary>
    internal Task<Dictionary<string, string>> ListAsync(string prefix) =>
        database.ReadAsync(db => db.Settings.Where(s => s.Key.StartsWith(prefix)).ToDictionaryAsync(s => s.Key, s => s.Value));
}
