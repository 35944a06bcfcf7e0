using System.Collections.Concurrent;
using System.Text.Json;
using DiffusionBot.Generation.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Jobs;

/// <summary>
/// Writes requests' rows. What comes while a transaction is under way goes into the next one, all together: the answer to a thousand that come at once waits for a few commits,
/// and never for a drawing.
/// </summary>
internal sealed class AcceptanceWriter(
    BotDatabase database, WorkRates rates, IOptions<LimitOptions> limits, IOptions<JobOptions> jobs, GenerationMeter meter, TimeProvider clock) : IDisposable
{
    private const int MostTogether = 200;
    private const long AcceptanceLock = 0x4469_6666_426F_7431;   // of Postgres' advisory locks: "DiffBot1"

    private readonly ConcurrentQueue<Waiting> waiting = new();
    private readonly SemaphoreSlim turn = new(1);

    private sealed record Waiting(NewRequest Request, TaskCompletionSource<Acceptance> Answer);

    public async Task<Acceptance> WriteAsync(NewRequest request)
    {
        var mine = new Waiting(request, new TaskCompletionSource<Acceptance>(TaskCreationOptions.RunContinuationsAsynchronously));
        waiting.Enqueue(mine);
        await turn.WaitAsync();
        try
        {
            if (!mine.Answer.Task.IsCompleted) await WriteWaitingAsync();
        }
        finally
        {
            turn.Release();
        }
        return await mine.Answer.Task;
    }

    public void Dispose() => turn.Dispose();

    private async Task WriteWaitingAsync()
    {
        var group = new List<Waiting>();
        while (group.Count < MostTogether && waiting.TryDequeue(out var next)) group.Add(next);
        var writing = database.WriteAsync(db => AcceptAsync(db, [.. group.Select(g => g.Request)]));
        await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        for (var i = 0; i < group.Count; i++)
        {
            if (writing.Exception is { } failed) group[i].Answer.SetException(failed.InnerExceptions);
            else group[i].Answer.SetResult((await writing)[i]);
        }
    }

    private async Task<Acceptance[]> AcceptAsync(BotContext db, IReadOnlyList<NewRequest> requests)
    {
        // Hosts take turns here, so that limits and turns are counted on what is there.
        if (!database.IsSqlite) await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AcceptanceLock})");
        var now = clock.GetUtcNow().UtcDateTime;
        var ledger = await Ledger.ReadAsync(db, requests, now);
        var rows = new (StoredRequest? Row, Acceptance.Refused? Refused)[requests.Count];
        for (var i = 0; i < requests.Count; i++)
        {
            var request = requests[i];
            if (ledger.Known.TryGetValue((request.UserId, request.MessageId), out var known))
            {
                rows[i] = (known, null);
                continue;
            }
            var user = ledger.UserOf(request.UserId, now);
            if (Refusal(request, user, ledger) is { } refused)
            {
                rows[i] = (null, refused);
                meter.Refused(refused.Limit);
                continue;
            }
            var row = RowOf(request, now);
            row.VirtualTime = VirtualTime.Next(ledger.Round, user.LastVirtualTime, ++ledger.Sequence);
            user.LastVirtualTime = row.VirtualTime;
            ledger.Add(row);
            rows[i] = (row, null);
            meter.Accepted(request.Place);
        }
        await GiveFreeCodesAsync(db, ledger.Added);
        await ledger.SaveAsync(db);
        var line = await WaitingLine.ReadAsync(db, rates, now, jobs.Value.Parallel, [.. rows.Where(r => r.Row is not null).Select(r => r.Row!.Id)]);
        meter.QueueLength = ledger.Queued;
        return [.. rows.Select(r => r.Refused ?? (Acceptance)new Acceptance.Accepted(r.Row!.Id, r.Row.Code, line.Of(r.Row.Id) ?? new Standing(r.Row.State, 0, null)))];
    }

    private Acceptance.Refused? Refusal(NewRequest request, StoredUser user, Ledger ledger)
    {
        var limit = limits.Value.For(request.Limits);
        if (user.IsBlocked) return new(RequestLimit.Blocked, 0, 0);
        if (OfOrder(request.Order, request.Limits) is { } tooMuch) return tooMuch;
        var pictures = PicturesOf(request.Order);
        var pending = ledger.PendingOf(user.Id);
        if (pending >= limit.PendingPerUser) return new(RequestLimit.Pending, limit.PendingPerUser, pending);
        var (daily, today) = (user.DailyPictures ?? limit.DailyPictures, ledger.TodayOf(user.Id));
        if (today + pictures > daily) return new(RequestLimit.DailyPictures, daily, today);
        if (ledger.Queued >= limit.QueueLength) return new(RequestLimit.QueueLength, limit.QueueLength, ledger.Queued);
        return null;
    }

    /// <summary>The limit that an order breaks by itself, whatever its user has had; null: none.</summary>
    public Acceptance.Refused? OfOrder(DrawingOrder order, RequestLimits? own)
    {
        var (limit, image) = (limits.Value.For(own), order.Image);
        if (order.Enlarge is not null) return null;
        var (width, height) = (image.Width ?? 0, image.Height ?? 0);
        if (image.Hires is { } hires && width > 0 && height > 0) (width, height) = hires.SizeOf(width, height);
        var edge = Math.Max(width, height);
        if (edge > limit.MaxEdge) return new(RequestLimit.Edge, limit.MaxEdge, edge);
        var steps = Math.Max(image.Steps, image.Hires?.Steps ?? 0);
        if (steps > limit.MaxSteps) return new(RequestLimit.Steps, limit.MaxSteps, steps);
        return PicturesOf(order) is var pictures && pictures > limit.MaxPictures ? new(RequestLimit.Pictures, limit.MaxPictures, pictures) : null;
    }

    /// <summary>Of a hundred thousand codes that are taken one in seven thousand new ones is hit.</summary>
    private static async Task GiveFreeCodesAsync(BotContext db, IReadOnlyList<StoredRequest> rows)
    {
        var unsure = rows;
        while (unsure.Count > 0)
        {
            var codes = unsure.Select(r => r.Code).ToArray();
            var taken = (await db.Requests.Where(r => codes.Contains(r.Code)).Select(r => r.Code).ToListAsync()).ToHashSet(StringComparer.Ordinal);
            var seen = new HashSet<string>(rows.Except(unsure).Select(r => r.Code), StringComparer.Ordinal);
            unsure = [.. unsure.Where(r => taken.Contains(r.Code) || !seen.Add(r.Code))];
            foreach (var row in unsure) row.Code = RequestCode.Draw();
        }
    }

    private static long PicturesOf(DrawingOrder order) => order.Enlarge is null ? Math.Max(1, (long)order.Image.BatchCount) * Math.Max(1, order.Image.BatchSize) : 1;

    private StoredRequest RowOf(NewRequest request, DateTime now)
    {
        // Drawn a second time, after a crash, it is to be the same picture: so seeds are drawn here.
        var image = request.Order.Image;
        if (image.Seed == -1) image = image with { Seed = RequestCodes.NewSeed() };
        if (image is { VariationSeed: -1, VariationStrength: > 0 }) image = image with { VariationSeed = RequestCodes.NewSeed() };
        var order = request.Order with { Image = image };
        return new StoredRequest
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            Code = RequestCode.Draw(),
            UserId = request.UserId,
            Place = request.Place,
            Address = request.Address,
            MessageId = request.MessageId,
            Language = request.Language,
            State = RequestState.Queued,
            CreatedAt = now,
            Order = JsonSerializer.Serialize(order),
            Text = StoredText.Clean(request.Text),
            Prompt = StoredText.Clean(order.Image.Prompt),
            Notes = StoredText.Clean(request.Notes),
            ParentId = request.ParentId,
            Relation = request.Relation,
            IsPublic = request.IsPublic,
            Work = rates.WorkOf(order),
            ModelKey = WorkRates.KeyOf(order.Image),
            PictureCount = (int)PicturesOf(order),
        };
    }
}
