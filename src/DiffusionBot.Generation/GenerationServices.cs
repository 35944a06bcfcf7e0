using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Storage.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation;

/// <summary>Registers storage, jobs and the outbox.</summary>
public static class GenerationServices
{
    /// <summary>
    /// Everything from an accepted request to its delivery, with the sections Data, Limits, Jobs and Outbox of the settings. The host adds what draws (<see cref="IDrawingEngine"/>)
    /// and what delivers (<see cref="IDeliverer"/>), and makes <see cref="DataOptions.Folder"/> absolute.
    /// </summary>
    public static IServiceCollection AddGeneration(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        Bind<DataOptions>(services, "Data");
        Bind<LimitOptions>(services, "Limits");
        Bind<JobOptions>(services, "Jobs");
        Bind<OutboxOptions>(services, "Outbox");
        // A host that is told to stop waits for the picture at hand, and for the outbox after it.
        services.AddOptions<HostOptions>().PostConfigure<IOptions<JobOptions>>((host, jobs) =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(Math.Max(host.ShutdownTimeout.TotalSeconds, jobs.Value.StopSeconds + 20)));

        services.AddSingleton<BotDatabase>();
        services.AddSingleton<IFileStore>(p => p.GetRequiredService<IOptions<DataOptions>>().Value.Files == FilePlace.Database
            ? ActivatorUtilities.CreateInstance<DatabaseFileStore>(p)
            : ActivatorUtilities.CreateInstance<FolderFileStore>(p));
        services.AddSingleton<HashIndex>().AddSingleton<SourceFiles>().AddSingleton<RequestRemoval>();
        services.AddSingleton(p => new SettingStore(Get<BotDatabase>(p)));
        services.AddSingleton(p => new RecentPictures(Get<IFileStore>(p), Get<NoteStore>(p), Get<TimeProvider>(p)));
        services.AddSingleton(p => new NoteStore(Get<BotDatabase>(p), Get<TimeProvider>(p)));
        services.AddSingleton(p => new Transcript(Get<BotDatabase>(p), Get<TimeProvider>(p)));
        services.AddSingleton(p => new UserDirectory(Get<BotDatabase>(p), Get<RequestRemoval>(p), Get<RecentPictures>(p), Get<RunningDrawings>(p), Get<TimeProvider>(p)));
        services.AddSingleton(p => new PictureArchive(Get<BotDatabase>(p), Get<IFileStore>(p), Get<SourceFiles>(p), Get<HashIndex>(p), Get<RequestRemoval>(p)));

        services.AddSingleton<GenerationMeter>().AddSingleton<WorkRates>().AddSingleton<ProgressFeed>().AddSingleton<QueueSignal>().AddSingleton<OutboxSignal>();
        services.AddSingleton<RunningDrawings>().AddSingleton<RequestRows>().AddSingleton<AcceptanceWriter>();
        services.AddSingleton<PictureMaker>().AddSingleton<DrawingRun>().AddSingleton<Scheduler>();
        services.AddSingleton(p => new RequestQueue(
            Get<BotDatabase>(p), Get<AcceptanceWriter>(p), Get<SourceFiles>(p), Get<SettingStore>(p), Get<RunningDrawings>(p), Get<WorkRates>(p), Get<ProgressFeed>(p), Get<QueueSignal>(p),
            Get<GenerationMeter>(p), Get<IOptions<JobOptions>>(p), Get<TimeProvider>(p)));

        services.AddSingleton<OutboxRows>().AddSingleton<WaitingReplySignal>();
        services.AddSingleton(p => new OutboxDoor(Get<BotDatabase>(p), Get<OutboxRows>(p), Get<OutboxSignal>(p), Get<WaitingReplySignal>(p), Get<TimeProvider>(p)));

        // Stopped in the opposite order: what is drawn last is still delivered.
        services.AddHostedService<OutboxDispatcher>().AddHostedService<JobsHost>().AddHostedService<Housekeeping>();
        return services;
    }

    private static T Get<T>(IServiceProvider provider) where T : notnull => provider.GetRequiredService<T>();

    private static void Bind<T>(IServiceCollection services, string section) where T : class =>
        services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
}
