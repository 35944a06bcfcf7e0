using System.Text.Json;
using DiffusionBot.Generation.Storage.Files;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Storage;

/// <summary>Removes requests with all that hangs on them. Which files have to go is written down in the same transaction, so that a crash leaves none.</summary>
internal sealed class RequestRemoval(BotDatabase database, IFileStore files, SourceFiles sources, HashIndex hashes)
{
    private const int MostAtOnce = 200;

    /// <summary>Takes the rows away, within the caller's transaction. After it, <see cref="SweepAsync"/> takes the files.</summary>
    /// <returns>How many pictures went.</returns>
    public static async Task<int> RemoveAsync(BotContext db, IReadOnlyCollection<Guid> requests)
    {
        var pictures = 0;
        foreach (var some in requests.Chunk(MostAtOnce))
        {
            var names = await db.Pictures.Where(p => some.Contains(p.RequestId)).Select(p => p.FileName).ToListAsync();
            foreach (var name in names.Concat(await SourcesOfAsync(db, some)))
                await db.Database.ExecuteSqlAsync($"""INSERT INTO "Removals" ("FileName") VALUES ({name}) ON CONFLICT ("FileName") DO NOTHING""");
            // Pictures and replies go with their request: the tables say so.
            await db.Requests.Where(r => some.Contains(r.Id)).ExecuteDeleteAsync();
            pictures += names.Count;
        }
        return pictures;
    }

    private static async Task<IEnumerable<string>> SourcesOfAsync(BotContext db, Guid[] requests)
    {
        var orders = await db.Requests.Where(r => requests.Contains(r.Id) && r.Order.Contains(nameof(DrawingOrder.Sources))).Select(r => r.Order).ToListAsync();
        return orders.SelectMany(order => JsonSerializer.Deserialize<DrawingOrder>(order)?.Sources ?? []);
    }

    /// <summary>Removes the files whose rows are gone, and those that a crash left over.</summary>
    /// <exception cref="IOException">A file that cannot be removed; it will be tried again.</exception>
    public async Task SweepAsync()
    {
        var names = await database.ReadAsync(db => db.Removals.Select(r => r.FileName).ToListAsync());
        if (names.Count == 0) return;
        hashes.Forget();
        foreach (var some in names.Chunk(MostAtOnce))
        {
            foreach (var name in some) await files.DeleteAsync(name);
            await database.WriteAsync(db => db.Removals.Where(r => some.Contains(r.FileName)).ExecuteDeleteAsync());
        }
    }

    /// <summary>Removes pictures' files that have no row: what a process left that died between writing files and their rows, of a request that is gone since.</summary>
    /// <param name="before">Younger ones may be about to get their row.</param>
    /// <returns>How many.</returns>
    public async Task<int> RemoveOrphansAsync(DateTime before)
    {
        await sources.RemoveOrphansAsync(before);
        var removed = 0;
        foreach (var some in (await files.OlderAsync(FileNames.Pictures, before)).Chunk(MostAtOnce))
        {
            var known = await database.ReadAsync(db => db.Pictures.Where(p => some.Contains(p.FileName)).Select(p => p.FileName).ToListAsync());
            foreach (var name in some.Except(known, StringComparer.Ordinal))
            {
                await files.DeleteAsync(name);
                removed++;
            }
        }
        return removed;
    }
}
