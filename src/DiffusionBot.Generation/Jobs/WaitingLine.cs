using DiffusionBot.Generation.Storage;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Jobs;

/// <summary>All that waits or is being drawn, as it is at one moment: who is before whom, and how long it will take.</summary>
internal sealed class WaitingLine
{
    private readonly Dictionary<Guid, Standing> standings = [];

    private WaitingLine(List<Place> places, WorkRates rates, DateTime now, int parallel)
    {
        // A machine that draws several at once is at each of them longer, but not at all of them together.
        var (ahead, before) = (0, (TimeSpan?)TimeSpan.Zero);
        foreach (var place in places.Where(p => p.State == RequestState.Drawing))
        {
            var takes = rates.TimeOf(place.ModelKey, place.Work);
            var left = takes - (now - (place.StartedAt ?? now));
            if (left < TimeSpan.Zero) left = TimeSpan.Zero;
            standings[place.Id] = new Standing(RequestState.Drawing, 0, left);
            before += left / parallel;
        }
        foreach (var place in places.Where(p => p.State == RequestState.Queued).OrderBy(p => p.VirtualTime))
        {
            var takes = rates.TimeOf(place.ModelKey, place.Work);
            standings[place.Id] = new Standing(RequestState.Queued, ahead, before + takes);
            before += takes / parallel;
            ahead++;
        }
    }

    private sealed record Place(Guid Id, RequestState State, long VirtualTime, long Work, string ModelKey, DateTime? StartedAt);

    public static async Task<WaitingLine> ReadAsync(BotContext db, WorkRates rates, DateTime now, int parallel)
    {
        var places = await db.Requests.AsNoTracking().Where(r => r.State == RequestState.Queued || r.State == RequestState.Drawing)
            .Select(r => new Place(r.Id, r.State, r.VirtualTime, r.Work, r.ModelKey, r.StartedAt)).ToListAsync();
        return new WaitingLine(places, rates, now, parallel);
    }

    /// <summary>Null where it neither waits nor is being drawn.</summary>
    public Standing? Of(Guid request) => standings.GetValueOrDefault(request);
}
