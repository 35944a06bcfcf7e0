using System.Data.Common;

namespace DiffusionBot.Web.Admin;

/// <summary>At the start: the admin's token is made and printed once. From then on: block lists that other hosts changed are taken over.</summary>
internal sealed class AdminService(AdminToken token, BlockedWords words, MeterGlance meters, TimeProvider clock, ILogger<AdminService> log) : BackgroundService
{
    private static readonly TimeSpan betweenLooks = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        meters.Start();
        // Standard output, not the log: logs are kept and passed around.
        if (await token.EnsureAsync(stoppingToken) is { } made)
            await Console.Out.WriteLineAsync($"Admin page: /admin, token {made} (shown this once; Web:AdminToken sets another)");
        using var timer = new PeriodicTimer(betweenLooks, clock);
        do
        {
            try
            {
                await words.LoadAsync(stoppingToken);
            }
            catch (DbException e)
            {
                log.LogWarning(e, "The block list could not be read; it stays as it was");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
