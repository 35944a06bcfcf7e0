using System.Data.Common;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Outbox;

/// <summary>Delivers what is owed: at once when a result is stored in this process, else when it looks.</summary>
internal sealed class OutboxDispatcher(
    BotDatabase database, OutboxRows rows, OutboxSignal signal, WaitingReplySignal waits, IDeliverer deliverer, GenerationMeter meter, IOptions<OutboxOptions> options, TimeProvider clock,
    ILogger<OutboxDispatcher> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan poll = TimeSpan.FromSeconds(1), lastCalls = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stopping = new(), cutting = new();
    private readonly HashSet<Task> calls = [];
    private Task dispatching = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await database.PrepareAsync();
        if (database.IsSqlite) await rows.ReleaseAllAsync();
        dispatching = Task.Run(DispatchAsync, CancellationToken.None);
    }

    /// <summary>Begins nothing new; calls under way may end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await dispatching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var all = Task.WhenAll(calls);
        await all.WaitAsync(lastCalls, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await cutting.CancelAsync();
        await all.WaitAsync(lastCalls, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        stopping.Dispose();
        cutting.Dispose();
    }

    private async Task DispatchAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                calls.RemoveWhere(c => c.IsCompleted);
                var free = options.Value.Parallel - calls.Count;
                var claimed = free > 0 ? await rows.ClaimAsync(free) : [];
                foreach (var entry in claimed) calls.Add(Task.Run(() => DeliverAsync(entry), CancellationToken.None));
                if (claimed.Count > 0) continue;
            }
            catch (Exception e) when (e is DbException or DbUpdateException or IOException or TimeoutException or InvalidOperationException)
            {
                OutboxLog.LookFailed(log, e);
            }
            await signal.WaitAsync(poll, clock, stopping.Token);
        }
    }

    private async Task DeliverAsync(ClaimedEntry claimed)
    {
        var (entry, isRetry) = (claimed.Entry, claimed.IsRetry);
        using var scope = log.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal) { ["RequestId"] = entry.RequestId, ["OutboxId"] = entry.Id });
        if (isRetry) OutboxLog.MayBeShownTwice(log, entry.Id, entry.RequestId);
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(cutting.Token);
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.LeaseSeconds * 0.75), clock);
        using var forward = tooLong.Token.Register(cut.Cancel);
        var call = Task.Run(() => deliverer.DeliverAsync(entry, entry.Request!, isRetry, cut.Token), CancellationToken.None);
        // One that does not heed its token holds nothing up.
        var either = call.WaitAsync(cut.Token);
        await ((Task)either).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var recording = RecordAsync(entry, either, cut.IsCancellationRequested);
        await ((Task)recording).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // It stays claimed until its lease is over; then it is tried again, and may be shown twice.
        if (recording.Exception is { } failed) OutboxLog.NotRecorded(log, entry.Id, failed.InnerException!);
        signal.Set();
    }

    private async Task RecordAsync(OutboxEntry entry, Task<DeliveryVerdict> call, bool wasCut)
    {
        if (call.IsCompletedSuccessfully)
        {
            await RecordAsync(entry, await call);
        }
        else if (wasCut)
        {
            meter.Delivery("cut off");
            await rows.RetryAsync(entry, "The call took too long, or the process stopped in the middle of it.", null, isEndKnown: false);
        }
        else
        {
            var error = call.Exception?.InnerException;
            OutboxLog.Threw(log, entry.Id, error);
            await RecordAsync(entry, new DeliveryVerdict.TryAgain(error?.Message ?? "The call was cancelled."));
        }
    }

    private async Task RecordAsync(OutboxEntry entry, DeliveryVerdict verdict)
    {
        switch (verdict)
        {
            case DeliveryVerdict.Delivered:
                await rows.DeliveredAsync(entry);
                OutboxLog.Delivered(log, entry.Id, entry.RequestId, entry.Attempts);
                break;
            case DeliveryVerdict.WaitsForUser:
                await rows.WaitAsync(entry);
                waits.Set(entry.UserId);
                OutboxLog.Waits(log, entry.Id, entry.RequestId);
                break;
            case DeliveryVerdict.TryAgain again:
                var state = await rows.RetryAsync(entry, again.Error, again.After, isEndKnown: true);
                OutboxLog.Failed(log, entry.Id, entry.Attempts, state, again.Error);
                break;
            case DeliveryVerdict.GiveUp gaveUp:
                await rows.AbandonAsync(entry, gaveUp.Error);
                OutboxLog.Failed(log, entry.Id, entry.Attempts, OutboxState.Abandoned, gaveUp.Error);
                break;
            default:
                throw new InvalidOperationException($"{verdict} is no verdict that the outbox knows.");
        }
        meter.Delivery(verdict.GetType().Name);
    }
}
