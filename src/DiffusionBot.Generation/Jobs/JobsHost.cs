using System.Data.Common;
using DiffusionBot.Generation.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;

namespace DiffusionBot.Generation.Jobs;

/// <summary>
/// Looks after the queue: hands waiting rows to the scheduler, brings back what a dead process left behind, heeds the pause. The rows are the truth: what the scheduler
/// does not know is told again, what it knows too much of comes to nothing.
/// </summary>
internal sealed class JobsHost(
    BotDatabase database, Scheduler schedulers, RequestRows rows, RequestQueue queue, RunningDrawings drawings, WorkRates rates, QueueSignal signal, Outbox.OutboxSignal outbox,
    GenerationMeter meter, IOptions<JobOptions> options, TimeProvider clock, ILogger<JobsHost> log) : IHostedService, IDisposable
{
    private const int MostAtOnce = 50;   // the scheduler's tables are locked for so many at a time
    private static readonly TimeSpan poll = TimeSpan.FromSeconds(1), betweenChecks = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource stopping = new();
    private Task tending = Task.CompletedTask;
    private IScheduler? scheduler;
    private long? reconciled;
    private long ratesRead;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await database.PrepareAsync();
        await rates.LoadAsync();
        ratesRead = clock.GetTimestamp();
        await RecoverAsync(all: database.IsSqlite);
        scheduler = await schedulers.BuildAsync();
        tending = Task.Run(TendAsync, CancellationToken.None);
    }

    /// <summary>Lets the picture at hand end, if that does not take too long; else it goes back into the queue.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        drawings.IsStopping = true;
        await stopping.CancelAsync();
        await tending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (scheduler is null || scheduler.Status == SchedulerStatus.Shutdown) return;
        await scheduler.Standby(CancellationToken.None);
        await drawings.EndAsync(TimeSpan.FromSeconds(options.Value.StopSeconds), clock, cancellationToken);
        drawings.StopAll(StopReason.HostStops);
        await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        await schedulers.DisposeAsync();
    }

    public void Dispose() => stopping.Dispose();

    private async Task TendAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await TendOnceAsync(scheduler!);
            }
            catch (Exception e) when (e is DbException or DbUpdateException or SchedulerException or IOException or TimeoutException or InvalidOperationException)
            {
                JobLog.PumpFailed(log, e);
            }
            await signal.WaitAsync(poll, clock, stopping.Token);
        }
    }

    private async Task TendOnceAsync(IScheduler quartz)
    {
        var paused = await queue.IsPausedAsync();
        if (paused != (quartz.Status != SchedulerStatus.Running))
        {
            if (paused) await quartz.Standby(CancellationToken.None);
            else await quartz.Start(CancellationToken.None);
            reconciled = null;   // what fired into the pause came to nothing
            JobLog.Paused(log, paused ? "paused" : "going on");
        }
        meter.QueueLength = await database.ReadAsync(db => db.Requests.CountAsync(r => r.State == RequestState.Queued));
        if (quartz.Status == SchedulerStatus.Created) return;   // paused since before the start: its tables may not be there yet
        if (clock.GetElapsedTime(ratesRead) > TimeSpan.FromMinutes(1))
        {
            await rates.LoadAsync();
            ratesRead = clock.GetTimestamp();
        }
        if (reconciled is null || clock.GetElapsedTime(reconciled.Value) > betweenChecks)
        {
            await RecoverAsync(all: false);
            await ReconcileAsync(quartz);
            reconciled = clock.GetTimestamp();
        }
        while (await ScheduleAsync(quartz) == MostAtOnce && !stopping.IsCancellationRequested)
        {
        }
    }

    /// <summary>Hands rows that wait to the scheduler, in the order of their turns.</summary>
    private async Task<int> ScheduleAsync(IScheduler quartz)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var waiting = await database.ReadAsync(db => db.Requests
            .Where(r => r.State == RequestState.Queued && r.ScheduledAt == null && (r.NotBefore == null || r.NotBefore <= now))
            .OrderBy(r => r.VirtualTime).Take(MostAtOnce).Select(r => new { r.Id, r.VirtualTime, r.Attempts }).ToListAsync());
        if (waiting.Count == 0) return 0;
        var jobs = waiting.Select(w => DrawingJob.Of(w.Id, w.VirtualTime, w.Attempts)).ToDictionary(j => j.Job, j => (IReadOnlyCollection<ITrigger>)[j.Trigger]);
        await quartz.ScheduleJobs(jobs, ScheduleJobOptions.Replacing, CancellationToken.None);
        var ids = waiting.Select(w => w.Id).ToArray();
        await database.WriteAsync(db => db.Requests.Where(r => ids.Contains(r.Id) && r.State == RequestState.Queued && r.ScheduledAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.ScheduledAt, now)));
        return waiting.Count;
    }

    /// <summary>Rows that say Drawing while nobody draws them.</summary>
    private async Task RecoverAsync(bool all)
    {
        foreach (var request in await rows.RecoverAsync(all))
        {
            JobLog.Recovered(log, request.Id, request.Crashes + 1);
            outbox.Set();
        }
    }

    /// <summary>Rows that say they were handed to the scheduler while it knows nothing of them: its file was removed, or an attempt to begin them failed.</summary>
    private async Task ReconcileAsync(IScheduler quartz)
    {
        var scheduled = await database.ReadAsync(db => db.Requests.Where(r => r.State == RequestState.Queued && r.ScheduledAt != null).Select(r => r.Id).ToListAsync());
        if (scheduled.Count == 0) return;
        await quartz.ResetTriggersFromErrorState(GroupMatcher<TriggerKey>.AnyGroup(), CancellationToken.None);
        var known = await quartz.QueryJobs(new JobQuery { Group = DrawingJob.All, Take = PagedQuery.All }, CancellationToken.None);
        var missing = scheduled.Except(known.Items.Select(j => DrawingJob.RequestOf(j.Key)).OfType<Guid>()).ToArray();
        foreach (var some in missing.Chunk(MostAtOnce))
            await database.WriteAsync(db => db.Requests.Where(r => some.Contains(r.Id) && r.State == RequestState.Queued).ExecuteUpdateAsync(set => set.SetProperty(r => r.ScheduledAt, (DateTime?)null)));
        if (missing.Length > 0) JobLog.Rescheduled(log, missing.Length);
    }
}
