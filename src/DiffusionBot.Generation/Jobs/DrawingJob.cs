using System.Globalization;
using Quartz;
using Quartz.Extensibility;

namespace DiffusionBot.Generation.Jobs;

/// <summary>
/// A request as the scheduler sees it: only glue. All that counts stands in the request's row, and one that fires twice finds there that it has nothing to do.
/// </summary>
internal sealed class DrawingJob(DrawingRun run) : IJob
{
    private const string Group = "requests";

    /// <summary>All of them.</summary>
    public static GroupMatcher<JobKey> All { get; } = GroupMatcher<JobKey>.GroupEquals(Group);

    public static JobKey KeyOf(Guid request) => new(request.ToString("N"), Group);

    /// <summary>Null where it is no job of ours.</summary>
    public static Guid? RequestOf(JobKey key) => key.Group == Group && Guid.TryParseExact(key.Name, "N", out var id) ? id : null;

    /// <summary>A request's job, and its trigger in the place of its turn.</summary>
    /// <param name="request">Which.</param>
    /// <param name="virtualTime">Its turn.</param>
    /// <param name="attempt">A job that is just ending takes its own trigger along, and not that of the next attempt.</param>
    public static (IJobDetail Job, ITrigger Trigger) Of(Guid request, long virtualTime, int attempt)
    {
        var key = KeyOf(request);
        var job = JobBuilder.Create<DrawingJob>().WithIdentity(key).RequestRecovery(true).Build();
        var trigger = TriggerBuilder.Create().WithIdentity($"{key.Name}-{attempt.ToString(CultureInfo.InvariantCulture)}", Group).ForJob(key)
            .StartAt(VirtualTime.StartOf(virtualTime)).WithSimpleSchedule(s => s.WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires)).Build();
        return (job, trigger);
    }

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (RequestOf(context.JobDetail.Key) is { } request) await run.RunAsync(request);
    }

    /// <summary>Makes jobs from what the host has.</summary>
    internal sealed class Factory(DrawingRun run) : IJobFactory
    {
        public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken = default) => new(new JobScope(new DrawingJob(run), null));

        public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken = default) => default;
    }
}
