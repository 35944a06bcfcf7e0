using System.Data.Common;
using System.Text.Json;

using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Jobs;

/// <summary>Draws one request: from Queued to whatever its end is.</summary>
internal sealed class DrawingRun(
    RequestRows rows, PictureMaker maker, RunningDrawings drawings, ProgressFeed feed, QueueSignal queue, OutboxSignal outbox, GenerationMeter meter,
    WorkRates rates, IOptions<JobOptions> options, TimeProvider clock, ILogger<DrawingRun> log)
{
    private static readonly TimeSpan look = TimeSpan.FromSeconds(1);   // how often a drawing asks whether it is still wanted

    /// <summary>Draws a request, if it is still to be drawn, and before it those whose turn is before.</summary>
    public async Task RunAsync(Guid id)
    {
        while (!drawings.IsStopping && await rows.FirstUpToAsync(id) is { } first) await DrawAsync(first);
    }

    private async Task DrawAsync(Guid id)
    {
        if (await rows.StartAsync(id) is not { } request) return;
        using var scope = log.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal) { ["RequestId"] = request.Id, ["Code"] = request.Code });
        using var running = drawings.Begin(request.Id);
        var started = clock.GetTimestamp();
        JobLog.Started(log, request.Id, request.Attempts);
        Publish(request, RequestState.Drawing);
        using var done = new CancellationTokenSource();
        var watching = WatchAsync(request, running, done.Token);
        var making = MakeAsync(request, running.Token);
        await ((Task)making).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Until its end is recorded the row stays ours: that may take a while on a busy database.
        var ending = EndAsync(request, running, making, clock.GetElapsedTime(started));
        await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await done.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The row still says Drawing: once its lease is over, it goes back into the queue.
        if (ending.Exception is { } failed) JobLog.EndNotRecorded(log, request.Id, failed.InnerException!);
    }

    private async Task<MadePictures> MakeAsync(StoredRequest request, CancellationToken cancel)
    {
        var order = JsonSerializer.Deserialize<DrawingOrder>(request.Order) ?? throw new JsonException($"Request {request.Id} has no order.");
        var progress = new ProgressReporter(request, feed, rates, clock);
        return await Task.Run(() => maker.MakeAsync(request, order, progress, cancel), CancellationToken.None);
    }

    private async Task EndAsync(StoredRequest request, RunningDrawings.Running running, Task<MadePictures> making, TimeSpan took)
    {
        if (making.IsCompletedSuccessfully)
        {
            var made = await making;
            if (await rows.CompleteAsync(request, made.Pictures, made.Notes))
            {
                JobLog.Done(log, request.Id, made.Pictures.Count, took);
                meter.Drawn(made.Pictures.Count, took);
                outbox.Set();
                Publish(request, RequestState.Done);
                return;
            }
            await EndStoppedAsync(request, await rows.HoldAsync(request, renew: false));
        }
        else if (running.Reason == StopReason.HostStops)
        {
            await rows.ReturnAsync(request);
            JobLog.Returned(log, request.Id);
            Publish(request, RequestState.Queued);
        }
        else if (running.Reason != StopReason.None)
        {
            await EndStoppedAsync(request, await rows.HoldAsync(request, renew: false));
        }
        else
        {
            await EndFailedAsync(request, making.Exception?.InnerException ?? new OperationCanceledException("The engine gave up by itself."));
        }
    }

    /// <summary>Called off, forgotten, or drawn by somebody else by now.</summary>
    private async Task EndStoppedAsync(StoredRequest request, Hold hold)
    {
        if (hold == Hold.Theirs) return;   // and so are the files
        await maker.RemoveAsync(request);
        if (hold == Hold.Ours || hold == Hold.CancelRequested)
        {
            await rows.EndCancelledAsync(request);
            meter.Cancelled();
        }
        JobLog.Stopped(log, request.Id, hold);
        Publish(request, RequestState.Cancelled);
    }

    private async Task EndFailedAsync(StoredRequest request, Exception error)
    {
        var (tries, final) = (request.Failures + 1, FailureTexts.Final(error));
        if (final is null && tries < options.Value.MaxAttempts)
        {
            var pause = TimeSpan.FromSeconds(options.Value.RetrySeconds * (1 << Math.Min(tries - 1, 10)));
            JobLog.Retrying(log, request.Id, tries, pause, error);
            await rows.RetryAsync(request, pause);
            Publish(request, RequestState.Queued);
            queue.Set();
            return;
        }
        JobLog.Failed(log, request.Id, tries, error);
        await maker.RemoveAsync(request);
        if (!await rows.FailAsync(request, final ?? FailureTexts.GivenUp(error, tries))) return;
        meter.Failed();
        outbox.Set();
        Publish(request, RequestState.Failed);
    }

    /// <summary>Looks about once a second whether the request is still wanted and still ours: it may be called off, or forgotten, by another host.</summary>
    private async Task WatchAsync(StoredRequest request, RunningDrawings.Running running, CancellationToken cancel)
    {
        var renewed = clock.GetTimestamp();
        using var timer = new PeriodicTimer(look, clock);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            var renew = clock.GetElapsedTime(renewed) >= rows.Lease / 3;
            try
            {
                var hold = await rows.HoldAsync(request, renew);
                if (renew) renewed = clock.GetTimestamp();
                if (hold != Hold.Ours) running.Stop(hold == Hold.CancelRequested ? StopReason.Cancelled : StopReason.RowLost);
            }
            catch (Exception e) when (e is DbException or TimeoutException or InvalidOperationException)
            {
                // The database is away: drawing goes on, and the next look may find it again.
                JobLog.LookFailed(log, request.Id, e);
            }
        }
    }

    private void Publish(StoredRequest request, RequestState state) => feed.Publish(new RequestProgress(request.Id, request.UserId, state, 0, 0, null) { Request = request });
}
