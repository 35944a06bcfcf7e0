using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Storage.Files;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Jobs;

/// <summary>The queue's front door. A request is a row before it is a promise.</summary>
public sealed class RequestQueue
{
    internal const string PausedSetting = "queue/paused";

    private readonly BotDatabase database;
    private readonly AcceptanceWriter writer;
    private readonly SourceFiles sources;
    private readonly SettingStore settings;
    private readonly RunningDrawings drawings;
    private readonly WorkRates rates;
    private readonly ProgressFeed feed;
    private readonly QueueSignal signal;
    private readonly GenerationMeter meter;
    private readonly IOptions<JobOptions> options;
    private readonly TimeProvider clock;

    internal RequestQueue(
        BotDatabase database, AcceptanceWriter writer, SourceFiles sources, SettingStore settings, RunningDrawings drawings, WorkRates rates, ProgressFeed feed, QueueSignal signal,
        GenerationMeter meter, IOptions<JobOptions> options, TimeProvider clock) =>
        (this.database, this.writer, this.sources, this.settings, this.drawings, this.rates, this.feed, this.signal, this.meter, this.options, this.clock) =
            (database, writer, sources, settings, drawings, rates, feed, signal, meter, options, clock);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The limit that an order breaks by itself: its size, its steps, how many it is; null: none. Nothing is counted.</summary>
    /// <param name="order">What to make.</param>
    /// <param name="own">What its user may ask for; null: what everybody may.</param>
    public Acceptance.Refused? LimitOf(DrawingOrder order, RequestLimits? own = null) => writer.OfOrder(order, own);

    /// <summary>Writes the request's row, or says which limit forbids it. The same message again gives the same answer.</summary>
    public async Task<Acceptance> AcceptAsync(NewRequest request, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        var order = await sources.KeepAsync(request.Order, cancel);
        var acceptance = await writer.WriteAsync(request with { Order = order });
        // Refused, or asked for before: its files are nobody's.
        if (order.Sources is not null && !await IsOfAsync(acceptance, order.Sources[0])) await sources.DeleteAsync(order);
        if (acceptance is not Acceptance.Accepted { Standing.State: RequestState.Queued } accepted) return acceptance;
        signal.Set();
        feed.Publish(new RequestProgress(accepted.Id, request.UserId, RequestState.Queued, 0, 0, accepted.Standing.Left));
        return acceptance;
    }

    private async Task<bool> IsOfAsync(Acceptance acceptance, string source) =>
        acceptance is Acceptance.Accepted { Id: var id } && await database.ReadAsync(db => db.Requests.AnyAsync(r => r.Id == id && r.Order.Contains(source)));

    /// <summary>Calls a request off, waiting or being drawn. False where it has ended already or there is none.</summary>
    public async Task<bool> CancelAsync(Guid request, CancellationToken cancel = default)
    {
        var (was, row) = await database.WriteAsync<(RequestState?, StoredRequest?)>(async db =>
        {
            var row = await db.Requests.AsNoTracking().FirstOrDefaultAsync(r => r.Id == request);
            if (row is null) return (null, null);
            var waited = await db.Requests.Where(r => r.Id == request && r.State == RequestState.Queued)
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RequestState.Cancelled).SetProperty(r => r.CancelRequested, true).SetProperty(r => r.FinishedAt, Now));
            if (waited > 0) return (RequestState.Queued, row);
            var drawn = await db.Requests.Where(r => r.Id == request && r.State == RequestState.Drawing).ExecuteUpdateAsync(set => set.SetProperty(r => r.CancelRequested, true));
            return (drawn > 0 ? RequestState.Drawing : (RequestState?)null, row);
        }, cancel);
        if (was == RequestState.Queued)
        {
            meter.Cancelled();
            feed.Publish(new RequestProgress(request, row!.UserId, RequestState.Cancelled, 0, 0, null) { Request = row });
        }
        if (was == RequestState.Drawing) drawings.Stop(request, StopReason.Cancelled);
        return was is not null;
    }

    /// <summary>Where a request stands; null where there is none.</summary>
    public Task<Standing?> StandingAsync(Guid request, CancellationToken cancel = default) => database.ReadAsync(async db =>
    {
        var line = await WaitingLine.ReadAsync(db, rates, Now, options.Value.Parallel, [request]);
        if (line.Of(request) is { } standing) return feed.Latest(request)?.Left is { } left ? standing with { Left = left } : standing;
        return await db.Requests.Where(r => r.Id == request).Select(r => (RequestState?)r.State).FirstOrDefaultAsync(cancel) is { } state ? new Standing(state, 0, null) : null;
    });

    /// <summary>What waits or is being drawn, in the order of turns; of one user, or of all.</summary>
    /// <param name="userId">Null: of all.</param>
    /// <param name="take">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<IReadOnlyList<(StoredRequest Request, Standing Standing)>> WaitingAsync(string? userId = null, int take = 50, CancellationToken cancel = default) =>
        database.ReadAsync<IReadOnlyList<(StoredRequest, Standing)>>(async db =>
        {
            var requests = await db.Requests.Where(r => (r.State == RequestState.Queued || r.State == RequestState.Drawing) && (userId == null || r.UserId == userId))
                .OrderByDescending(r => r.State).ThenBy(r => r.VirtualTime).Take(take).ToListAsync(cancel);
            return await WithStandingsAsync(db, requests);
        });

    /// <summary>What waits in one place, next first. What is being drawn is not in it.</summary>
    /// <param name="place">An adapter's.</param>
    /// <param name="take">At most so many.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<IReadOnlyList<(StoredRequest Request, Standing Standing)>> QueuedAsync(string place, int take, CancellationToken cancel = default) => database.ReadAsync(async db =>
        await WithStandingsAsync(db, await db.Requests.AsNoTracking().Where(r => r.State == RequestState.Queued && r.Place == place).OrderBy(r => r.VirtualTime).Take(take).ToListAsync(cancel)));

    /// <summary>How many wait or are being drawn.</summary>
    public Task<int> LengthAsync(CancellationToken cancel = default) =>
        database.ReadAsync(db => db.Requests.CountAsync(r => r.State == RequestState.Queued || r.State == RequestState.Drawing, cancel));

    /// <summary>Whether drawing is stopped by an operator. Requests are accepted all the same.</summary>
    public async Task<bool> IsPausedAsync(CancellationToken cancel = default) => await settings.GetAsync(PausedSetting, cancel) is not null;

    /// <summary>Stops drawing after the picture at hand, on every host, or goes on.</summary>
    public async Task SetPausedAsync(bool paused, CancellationToken cancel = default)
    {
        await settings.SetAsync(PausedSetting, paused ? "true" : null, cancel);
        signal.Set();
    }

    private async Task<IReadOnlyList<(StoredRequest Request, Standing Standing)>> WithStandingsAsync(BotContext db, IReadOnlyList<StoredRequest> requests)
    {
        if (requests.Count == 0) return [];
        var line = await WaitingLine.ReadAsync(db, rates, Now, options.Value.Parallel, [.. requests.Select(r => r.Id)]);
        return [.. requests.Select(r => (r, line.Of(r.Id) ?? new Standing(r.State, 0, null)))];
    }
}
