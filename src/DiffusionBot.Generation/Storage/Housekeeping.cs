using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Generation.Storage;

/// <summary>Keeps within days and megabytes, oldest first: at the start and every hour. At the start files without a row go, too.</summary>
internal sealed partial class Housekeeping(BotDatabase database, RequestRemoval removal, RecentPictures recent, IFileStore files, IOptions<DataOptions> options, TimeProvider clock, ILogger<Housekeeping> log) : BackgroundService
{
    private const int MostAtOnce = 200;
    private static readonly TimeSpan interval = TimeSpan.FromHours(1);
    private readonly DateTime started = clock.GetUtcNow().UtcDateTime;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await TidyAsync(withOrphans: true);
        using var timer = new PeriodicTimer(interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await TidyAsync(withOrphans: false);
    }

    internal async Task TidyAsync(bool withOrphans)
    {
        try
        {
            await removal.SweepAsync();
            await recent.TidyAsync();
            // On SQLite nobody else writes, so that what lies there half written was left by a process that is gone.
            if (withOrphans) files.RemoveLeftovers(database.IsSqlite ? started : started - interval);
            if (withOrphans && await removal.RemoveOrphansAsync(clock.GetUtcNow().UtcDateTime - interval) is > 0 and var orphans) OrphansRemoved(log, orphans);
            var now = clock.GetUtcNow().UtcDateTime;
            await database.WriteAsync(db => db.Notes.Where(n => n.ExpiresAt <= now).ExecuteDeleteAsync());
            var pictures = await RemoveOldAsync() + await RemoveTooMuchAsync();
            if (pictures > 0) PicturesRemoved(log, pictures);
        }
        catch (Exception e) when (e is DbException or DbUpdateException or IOException or TimeoutException or InvalidOperationException)
        {
            Failed(log, e);
        }
    }

    private async Task<int> RemoveOldAsync()
    {
        if (options.Value.RetentionDays == 0) return 0;
        var before = clock.GetUtcNow().UtcDateTime.AddDays(-options.Value.RetentionDays);
        var removed = 0;
        while (await RemoveSomeAsync(r => r.Where(r => r.CreatedAt < before)) is { } pictures) removed += pictures;
        await database.WriteAsync(db => db.Transcript.Where(t => t.CreatedAt < before).ExecuteDeleteAsync());
        return removed;
    }

    private async Task<int> RemoveTooMuchAsync()
    {
        if (options.Value.MaxDiskMb == 0) return 0;
        var removed = 0;
        while (await database.ReadAsync(db => db.Pictures.SumAsync(p => p.Bytes)) > options.Value.MaxDiskMb << 20)
        {
            // One by one: the last megabyte too much is not to cost two hundred pictures.
            if (await RemoveSomeAsync(r => r.Where(r => r.Pictures.Count > 0), 1) is not { } pictures) break;
            removed += pictures;
        }
        return removed;
    }

    /// <returns>How many pictures went; null where there was no such request.</returns>
    private async Task<int?> RemoveSomeAsync(Func<IQueryable<StoredRequest>, IQueryable<StoredRequest>> which, int most = MostAtOnce)
    {
        var removed = await database.WriteAsync(async db =>
        {
            var ids = await which(db.Requests.Where(r => r.State >= RequestState.Done)).OrderBy(r => r.CreatedAt).ThenBy(r => r.Id).Take(most).Select(r => r.Id).ToListAsync();
            return ids.Count == 0 ? (int?)null : await RequestRemoval.RemoveAsync(db, ids);
        });
        if (removed > 0) await removal.SweepAsync();
        return removed;
    }

    [LoggerMessage(300, LogLevel.Information, "{Count} picture(s) were removed: too old, or too much")]
    private static partial void PicturesRemoved(ILogger log, int count);

    [LoggerMessage(301, LogLevel.Warning, "{Count} picture file(s) without a row were removed")]
    private static partial void OrphansRemoved(ILogger log, int count);

    [LoggerMessage(302, LogLevel.Error, "What is kept could not be tidied; tried again in an hour")]
    private static partial void Failed(ILogger log, Exception error);
}
