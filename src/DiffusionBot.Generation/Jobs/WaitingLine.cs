using DiffusionBot.Generation.Storage;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Jobs;

/// <summary>Where some of those that wait or are being drawn stand at one moment: how many are before each, and how long it will take.</summary>
internal sealed class WaitingLine
{
    private readonly Dictionary<Guid, Standing> standings = [];
    private readonly WorkRates rates;
    private readonly int parallel;
    private int ahead;
    private TimeSpan? before = TimeSpan.Zero;

    private WaitingLine(WorkRates rates, int parallel) => (this.rates, this.parallel) = (rates, parallel);

    private sealed record Place(Guid Id, RequestState State, long VirtualTime, long Work, string ModelKey, DateTime? StartedAt);

    /// <summary>Looks where these stand. Those before all of them are only counted, so that a long line costs little.</summary>
    public static async Task<WaitingLine> ReadAsync(BotContext db, WorkRates rates, DateTime now, int parallel, IReadOnlyList<Guid> requests)
    {
        var line = new WaitingLine(rates, parallel);
        var turns = await db.Requests.Where(r => requests.Contains(r.Id) && r.State == RequestState.Queued).Select(r => r.VirtualTime).ToListAsync();
        var (first, last) = turns.Count == 0 ? (0, -1) : (turns.Min(), turns.Max());
        var places = await db.Requests.AsNoTracking().Where(r => r.State == RequestState.Drawing || (r.State == RequestState.Queued && r.VirtualTime >= first && r.VirtualTime <= last))
            .Select(r => new Place(r.Id, r.State, r.VirtualTime, r.Work, r.ModelKey, r.StartedAt)).ToListAsync();
        foreach (var place in places.Where(p => p.State == RequestState.Drawing)) line.AddDrawing(place, now);
        if (turns.Count == 0) return line;
        var head = await db.Requests.Where(r => r.State == RequestState.Queued && r.VirtualTime < first)
            .GroupBy(r => r.ModelKey).Select(g => new { ModelKey = g.Key, Work = g.Sum(r => r.Work), Count = g.Count() }).ToListAsync();
        foreach (var group in head) line.Pass(group.ModelKey, group.Work, group.Count);
        foreach (var place in places.Where(p => p.State == RequestState.Queued).OrderBy(p => p.VirtualTime)) line.AddQueued(place);
        return line;
    }

    /// <summary>Null where it neither waits nor is being drawn, or was not asked for.</summary>
    public Standing? Of(Guid request) => standings.GetValueOrDefault(request);

    // A machine that draws several at once is at each of them longer, but not at all of them together.
    private void AddDrawing(Place place, DateTime now)
    {
        var left = rates.TimeOf(place.ModelKey, place.Work) - (now - (place.StartedAt ?? now));
        if (left < TimeSpan.Zero) left = TimeSpan.Zero;
        standings[place.Id] = new Standing(RequestState.Drawing, 0, left);
        before += left / parallel;
    }

    private void AddQueued(Place place)
    {
        standings[place.Id] = new Standing(RequestState.Queued, ahead, before + rates.TimeOf(place.ModelKey, place.Work));
        Pass(place.ModelKey, place.Work, 1);
    }

    private void Pass(string modelKey, long work, int count)
    {
        before += rates.TimeOf(modelKey, work) / parallel;
        ahead += count;
    }
}
