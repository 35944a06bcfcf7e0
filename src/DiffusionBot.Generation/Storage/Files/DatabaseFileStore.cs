using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Storage.Files;

/// <summary>Files in the database.</summary>
internal sealed class DatabaseFileStore(BotDatabase database, TimeProvider clock) : IFileStore
{
    private const int Page = 200;

    public Task WriteAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancel = default)
    {
        FileNames.Checked(name);
        var (content, now) = (bytes.ToArray(), clock.GetUtcNow().UtcDateTime);
        return database.WriteAsync(async db =>
        {
            var changed = await db.Files.Where(f => f.Name == name).ExecuteUpdateAsync(set => set.SetProperty(f => f.Bytes, content).SetProperty(f => f.CreatedAt, now));
            if (changed > 0) return;
            db.Files.Add(new StoredFile { Name = name, Bytes = content, CreatedAt = now });
            await db.SaveChangesAsync();
        }, cancel);
    }

    public Task<byte[]?> ReadAsync(string name, CancellationToken cancel = default)
    {
        FileNames.Checked(name);
        return database.ReadAsync(db => db.Files.Where(f => f.Name == name).Select(f => f.Bytes).FirstOrDefaultAsync(cancel));
    }

    public Task DeleteAsync(string name, CancellationToken cancel = default)
    {
        FileNames.Checked(name);
        return database.WriteAsync(db => db.Files.Where(f => f.Name == name).ExecuteDeleteAsync(CancellationToken.None), cancel);
    }

    public async IAsyncEnumerable<(string Name, long Bytes, DateTime WrittenAt)> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var (prefix, last) = ($"{FileNames.Checked(folder)}/", "");
        while (true)
        {
            var after = last;
            var page = await database.ReadAsync(db => db.Files.Where(f => f.Name.StartsWith(prefix) && f.Name.CompareTo(after) > 0)
                .OrderBy(f => f.Name).Take(Page).Select(f => new { f.Name, Bytes = (long)f.Bytes.Length, f.CreatedAt }).ToListAsync(cancel));
            foreach (var file in page) yield return (file.Name, file.Bytes, file.CreatedAt);
            if (page.Count < Page) yield break;
            last = page[^1].Name;
        }
    }

    /// <summary>A transaction that was cut off left nothing.</summary>
    public void RemoveLeftovers(DateTime before)
    {
    }
}
