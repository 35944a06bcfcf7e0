using System.Numerics;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Storage;

/// <summary>Perceptual hashes of all pictures, in memory: a hundred thousand are looked through in a millisecond. Other hosts' new ones are read before each look.</summary>
internal sealed class HashIndex(BotDatabase database) : IDisposable
{
    private static readonly TimeSpan overlap = TimeSpan.FromMinutes(2);   // clocks of several hosts, and rows that are committed late

    private readonly SemaphoreSlim turn = new(1);
    private readonly Dictionary<Guid, ulong> known = [];
    private DateTime newest = DateTime.MinValue;
    private volatile bool isStale;

    /// <summary>Pictures were removed: all is read again at the next look.</summary>
    public void Forget() => isStale = true;

    /// <summary>The nearest pictures, nearest first, then newest first.</summary>
    public async Task<IReadOnlyList<Guid>> NearestAsync(ulong hash, int mostBits, int take, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            await RefreshAsync(cancel);
            return [.. known.Select(k => (k.Key, Bits: BitOperations.PopCount(k.Value ^ hash))).Where(k => k.Bits <= mostBits)
                .OrderBy(k => k.Bits).ThenByDescending(k => k.Key).Take(take).Select(k => k.Key)];
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task RefreshAsync(CancellationToken cancel)
    {
        if (isStale)
        {
            isStale = false;
            known.Clear();
            newest = DateTime.MinValue;
        }
        var since = newest == DateTime.MinValue ? newest : newest - overlap;
        var rows = await database.ReadAsync(db => db.Pictures.Where(p => p.CreatedAt >= since).Select(p => new { p.Id, p.PerceptualHash, p.CreatedAt }).ToListAsync(cancel));
        foreach (var row in rows)
        {
            known[row.Id] = unchecked((ulong)row.PerceptualHash);
            if (row.CreatedAt > newest) newest = row.CreatedAt;
        }
    }
}
