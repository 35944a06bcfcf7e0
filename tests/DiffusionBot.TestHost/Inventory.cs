using DiffusionBot.Generation.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.TestHost;

/// <summary>What is there: requests and how they stand, and whether files and rows agree.</summary>
/// <param name="States">Codes of all requests, with their state; a failed one with its reason.</param>
/// <param name="Undelivered">How many replies are still owed.</param>
/// <param name="FilesWithoutRow">Names of picture files that no row has.</param>
/// <param name="RowsWithoutFile">Names of files that rows have and that are not there.</param>
internal sealed record Inventory(Dictionary<string, string> States, int Undelivered, string[] FilesWithoutRow, string[] RowsWithoutFile)
{
    public static Task<Inventory> TakeAsync(IServiceProvider services) => services.GetRequiredService<BotDatabase>().ReadAsync(async db =>
    {
        var requests = await db.Requests.Select(r => new { r.Code, r.State, r.ReasonEnglish }).ToListAsync();
        var rows = await db.Pictures.Select(p => p.FileName).ToListAsync();
        var files = new List<string>();
        await foreach (var (name, _, _) in services.GetRequiredService<IFileStore>().ListAsync("pictures")) files.Add(name);
        return new Inventory(
            requests.ToDictionary(r => r.Code, r => r.State == RequestState.Failed ? $"Failed: {r.ReasonEnglish}" : r.State.ToString(), StringComparer.Ordinal),
            await db.Outbox.CountAsync(e => e.State != OutboxState.Delivered),
            [.. files.Except(rows, StringComparer.Ordinal)],
            [.. rows.Except(files, StringComparer.Ordinal)]);
    });
}
