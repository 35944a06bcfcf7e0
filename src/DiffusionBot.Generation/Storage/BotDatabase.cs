using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Storage;

/// <summary>
/// Our tables, read and written. On SQLite, which has one writer at a time, writes that wait for each other share a transaction: a thousand that come at once cost a
/// few commits. Each still stands or falls by itself.
/// </summary>
internal sealed class BotDatabase : IAsyncDisposable, IDisposable
{
    private const int MostTogether = 256, MostTries = 5;
    private const long PrepareLock = 0x4469_6666_426F_7430;   // of Postgres' advisory locks: "DiffBot0"

    private readonly ConcurrentQueue<IWrite> waiting = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly Func<BotContext> create;
    private readonly Lazy<Task> prepared;
    private FolderLock? folderLock;

    public BotDatabase(IOptions<DataOptions> options, ILoggerFactory logs)
    {
        var data = options.Value;
        Folder = Path.GetFullPath(data.Folder);
        IsSqlite = string.IsNullOrWhiteSpace(data.Database);
        create = IsSqlite ? Sqlite(Path.Combine(Folder, "bot.db"), logs) : Postgres(data.Database!, logs);
        prepared = new Lazy<Task>(() => Task.Run(PrepareOnceAsync));
    }

    /// <summary>Where files lie, absolute.</summary>
    public string Folder { get; }

    /// <summary>Whether this process has the database to itself.</summary>
    public bool IsSqlite { get; }

    /// <summary>Makes folder and tables, once; every read and write waits for it.</summary>
    /// <exception cref="IOException">Another process has the folder.</exception>
    public Task PrepareAsync() => prepared.Value;

    /// <summary>Looks something up. What comes back is detached: changes to it go nowhere.</summary>
    public async Task<T> ReadAsync<T>(Func<BotContext, Task<T>> read)
    {
        await PrepareAsync();
        await using var db = create();
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTrackingWithIdentityResolution;
        return await read(db);
    }

    /// <summary>Does everything in <paramref name="write"/> or nothing of it. It may be run again where the database was in somebody else's way.</summary>
    /// <param name="write">May read, too. What it leaves in the change tracker is not saved by itself.</param>
    /// <param name="cancel">Before it begins.</param>
    public async Task<T> WriteAsync<T>(Func<BotContext, Task<T>> write, CancellationToken cancel = default)
    {
        await PrepareAsync();
        cancel.ThrowIfCancellationRequested();
        if (!IsSqlite) return await WriteAloneAsync(write);
        var mine = new Write<T>(write);
        waiting.Enqueue(mine);
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            if (!mine.Result.IsCompleted) await WriteTogetherAsync();
        }
        finally
        {
            turn.Release();
        }
        return await mine.Result;
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<BotContext, Task> write, CancellationToken cancel = default) => WriteAsync(async db =>
    {
        await write(db);
        return true;
    }, cancel);

    public void Dispose()
    {
        folderLock?.Dispose();
        turn.Dispose();
        // Connections that are kept open for the next one would keep the file open, too.
        if (IsSqlite) SqliteConnection.ClearAllPools();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task WriteTogetherAsync()
    {
        var group = new List<IWrite>();
        while (group.Count < MostTogether && waiting.TryDequeue(out var write)) group.Add(write);
        var commit = CommitAsync(group);
        await commit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var write in group) write.End(commit.Exception?.InnerException);
    }

    private async Task CommitAsync(List<IWrite> group)
    {
        // Hardly ever does one fail: only then is it worth a savepoint each, which would be two thirds of all there is to do.
        if (!await CommitAsync(group, withSavepoints: false)) await CommitAsync(group, withSavepoints: true);
    }

    private async Task<bool> CommitAsync(List<IWrite> group, bool withSavepoints)
    {
        await using var db = create();
        db.Database.AutoSavepointsEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync();
        foreach (var write in group)
        {
            if (withSavepoints) await transaction.CreateSavepointAsync("one");
            var isDone = await write.RunAsync(db);
            if (withSavepoints && isDone) await transaction.ReleaseSavepointAsync("one");
            else if (withSavepoints) await transaction.RollbackToSavepointAsync("one");
            else if (!isDone) return false;
            db.ChangeTracker.Clear();
        }
        await transaction.CommitAsync();
        return true;
    }

    private async Task<T> WriteAloneAsync<T>(Func<BotContext, Task<T>> write)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var db = create();
                await using var transaction = await db.Database.BeginTransactionAsync();
                var result = await write(db);
                await transaction.CommitAsync();
                return result;
            }
            catch (Exception e) when (attempt < MostTries && IsCollision(e))
            {
                // Two hosts wanted the same rows (a deadlock, the same new key): the loser looks again at what is there now.
            }
        }
    }

    private static bool IsCollision(Exception e) =>
        (e as DbException ?? e.InnerException as DbException)?.SqlState is "40001" or "40P01" or "23505";

    private async Task PrepareOnceAsync()
    {
        Directory.CreateDirectory(Folder);
        if (IsSqlite) folderLock = FolderLock.Take(Folder);
        await using var db = create();
        await db.Database.OpenConnectionAsync();
        if (IsSqlite)
        {
            // A kill in the middle of a migration leaves EF's lock behind, on which the next start would wait for ever. The folder is ours alone.
            await db.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock" """);
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL");
        }
        else
        {
            // Of hosts that start together one makes the tables. The history's comes first: else EF looks for it by failing, and logs that as an error.
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({PrepareLock})");
            await db.GetService<IHistoryRepository>().CreateIfNotExistsAsync();
        }
        await db.Database.MigrateAsync();
        if (!IsSqlite) await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({PrepareLock})");
    }

    private static Func<BotContext> Sqlite(string path, ILoggerFactory logs)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString();
        var options = Common(new DbContextOptionsBuilder<SqliteBotContext>(), logs).UseSqlite(connection).AddInterceptors(new SqliteSettings()).Options;
        return () => new SqliteBotContext((DbContextOptions<SqliteBotContext>)options);
    }

    private static Func<BotContext> Postgres(string connection, ILoggerFactory logs)
    {
        var options = Common(new DbContextOptionsBuilder<PostgresBotContext>(), logs).UseNpgsql(connection).Options;
        return () => new PostgresBotContext((DbContextOptions<PostgresBotContext>)options);
    }

    private static DbContextOptionsBuilder Common(DbContextOptionsBuilder options, ILoggerFactory logs) => options
        .UseLoggerFactory(logs)
        .ConfigureWarnings(w => w.Log((RelationalEventId.CommandExecuted, LogLevel.Debug)));

    /// <summary>A promise outlives a power failure, too: every commit is on the disk before it is answered.</summary>
    private sealed class SqliteSettings : DbConnectionInterceptor
    {
        private const string Pragmas = "PRAGMA busy_timeout=10000; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private interface IWrite
    {
        /// <summary>False where it failed; its own caller learns why at <see cref="End"/>.</summary>
        Task<bool> RunAsync(BotContext db);

        void End(Exception? commit);
    }

    private sealed class Write<T>(Func<BotContext, Task<T>> write) : IWrite
    {
        private readonly TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Task<T>? run;

        public Task<T> Result => result.Task;

        public async Task<bool> RunAsync(BotContext db)
        {
            run = Begin(db);
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return run.IsCompletedSuccessfully;
        }

        [SuppressMessage("Usage", "VSTHRD103", Justification = "The task has completed.")]
        public void End(Exception? commit)
        {
            if (run is { IsFaulted: true }) result.SetException(run.Exception.InnerExceptions);
            else if (run is { IsCanceled: true }) result.SetCanceled();
            else if (commit is not null) result.SetException(commit);
            else result.SetResult(run!.GetAwaiter().GetResult());
        }

        private async Task<T> Begin(BotContext db) => await write(db);
    }
}
