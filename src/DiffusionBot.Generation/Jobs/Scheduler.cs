using DiffusionBot.Generation.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Quartz;

namespace DiffusionBot.Generation.Jobs;

/// <summary>
/// Quartz, on its own file beside ours (SQLite has one writer at a time, and ours shall not wait for it), or on the same Postgres, clustered. It makes its tables by itself.
/// </summary>
internal sealed class Scheduler(BotDatabase database, IOptions<DataOptions> data, IOptions<JobOptions> options, DrawingRun run, ILoggerFactory logs) : IAsyncDisposable
{
    private const string Name = "DiffusionBot", TablePrefix = "qrtz_";

    private StandaloneSchedulerFactory? factory;

    /// <summary>Built, not started: its tables come to be when it is.</summary>
    public async Task<IScheduler> BuildAsync()
    {
        if (database.IsSqlite) await UseWriteAheadLogAsync();
        factory = QuartzSchedulerBuilder.Create(Configure).Build();
        return await factory.GetScheduler();
    }

    public async ValueTask DisposeAsync()
    {
        if (factory is not null) await factory.DisposeAsync();
    }

    private string QuartzFile => new SqliteConnectionStringBuilder { DataSource = Path.Combine(database.Folder, "quartz.db"), DefaultTimeout = 30 }.ToString();

    private void Configure(IQuartzBuilder quartz)
    {
        var job = options.Value;
        quartz.Services.AddLogging(l => l.SetMinimumLevel(LogLevel.Trace).AddProvider(new HostLog(logs)));
        quartz.ConfigureScheduler(s =>
        {
            s.InstanceName = Name;
            s.IdleWaitTime = TimeSpan.FromSeconds(2);   // other hosts' new jobs are seen only by looking
            s.MaxBatchSize = 1;   // whoever comes while one is drawn may have an earlier turn than the one after it
        });
        quartz.UseDefaultThreadPool(job.Parallel);
        quartz.UseJobFactory(new DrawingJob.Factory(run));
        quartz.UsePersistentStore(store =>
        {
            store.ConfigureStore(s => s.TablePrefix = TablePrefix);
            store.ProvisionSchema();
            if (database.IsSqlite)
            {
                store.UseSqlite(SqliteFactory.Instance, QuartzFile);
                return;
            }
            store.UsePostgres(NpgsqlFactory.Instance, data.Value.Database!);
            store.UseClustering(c => (c.CheckinInterval, c.CheckinMisfireThreshold) = (TimeSpan.FromSeconds(job.CheckInSeconds), TimeSpan.FromSeconds(job.CheckInSeconds)));
        });
    }

    private async Task UseWriteAheadLogAsync()
    {
        await using var connection = new SqliteConnection(QuartzFile);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Quartz has a container of its own; what it says goes into the host's log.</summary>
    private sealed class HostLog(ILoggerFactory logs) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logs.CreateLogger(categoryName);

        public void Dispose()
        {
            // The log is the host's.
        }
    }
}
