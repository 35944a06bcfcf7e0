using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Gateway;
using DiffusionBot.Chat.Discord.Rest;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Discord.Showing;

/// <summary>
/// Writes into promises how far they are: of what is drawn in this process its steps and a preview, and on the host that holds the gateway who waits. Each message every few
/// seconds at most, those far from their turn less often, and none where Discord's limits leave no room.
/// </summary>
internal sealed class ProgressEdits(
    IDrawingNews news, LiveMessages live, ShownPlaces places, DiscordRest rest, DiscordSelf self, DiscordGateway gateway, IPictureConverter converter,
    IOptions<DiscordOptions> options, TimeProvider clock, ILogger<ProgressEdits> log)
{
    private const int MostAtOnce = 8, MostWaiting = 500, PreviewEdge = 256, TicksBetweenLooks = 5;

    private static readonly TimeSpan tick = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, DrawingSign> signs = new(StringComparer.Ordinal);
    private int writing;

    /// <summary>Follows until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var watching = news.Watch(DiscordAddress.Place, Note);
        using var timer = new PeriodicTimer(tick, clock);
        try
        {
            for (var ticks = 0; await timer.WaitForNextTickAsync(stop); ticks++)
            {
                if (ticks % TicksBetweenLooks == 0 && gateway.ShardCount > 0)
                {
                    var looking = LookAsync(stop);
                    await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    if (looking.Exception?.InnerException is { } failed) DiscordLog.NoLook(log, failed);
                }
                var now = clock.GetUtcNow();
                foreach (var sign in signs.Values.OrderBy(sign => sign.Stage == RequestStage.Waiting).ThenBy(sign => sign.Ahead))
                {
                    if (Volatile.Read(ref writing) >= MostAtOnce) break;
                    if (IsDue(sign, now)) _ = WriteAsync(sign, stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    private void Note(DrawingSign sign)
    {
        if (sign.Stage == RequestStage.Ended) signs.TryRemove(sign.Reference, out _);
        else signs[sign.Reference] = sign;
    }

    private async Task LookAsync(CancellationToken stop)
    {
        var waiting = await news.WaitingAsync(DiscordAddress.Place, MostWaiting, stop);
        var codes = waiting.Select(sign => sign.Reference).ToHashSet(StringComparer.Ordinal);
        foreach (var (code, sign) in signs)
        {
            // Drawn elsewhere by now, or ended.
            if (sign.Stage == RequestStage.Waiting && !codes.Contains(code)) signs.TryRemove(KeyValuePair.Create(code, sign));
        }
        foreach (var sign in waiting)
        {
            // What is drawn here says so itself, and later.
            signs.AddOrUpdate(sign.Reference, sign, (_, known) => known.Stage == RequestStage.Waiting ? sign : known);
        }
    }

    private bool IsDue(DrawingSign sign, DateTimeOffset now)
    {
        var entry = live.Of(sign.Reference);
        if (entry.IsOver)
        {
            signs.TryRemove(KeyValuePair.Create(sign.Reference, sign));
            return false;
        }
        if (entry.IsChanging || ReferenceEquals(entry.Told, sign) || (sign.Stage == RequestStage.Waiting && entry.Told?.Text == sign.Text)) return false;
        return entry.WrittenAt is not { } last || now - last >= PaceOf(sign);
    }

    /// <summary>Who is far from their turn need not be told each time that one before them is done.</summary>
    private TimeSpan PaceOf(DrawingSign sign) => TimeSpan.FromSeconds(sign.Stage != RequestStage.Waiting || sign.Ahead <= 3 ? options.Value.ProgressSeconds : sign.Ahead <= 20 ? 15 : 60);

    private async Task WriteAsync(DrawingSign sign, CancellationToken stop)
    {
        Interlocked.Increment(ref writing);
        var write = sign.Stage == RequestStage.Cancelled
            ? live.FinishAsync(sign.Reference, entry => WriteAsync(sign, entry, new DiscordPart(DiscordText.Plain($"{sign.Reference} · {sign.Text}")).ToBody(), stop))
            : live.ChangeAsync(sign.Reference, entry =>
            {
                var body = DiscordReplies.ProgressOf(sign, entry.Notes).ToBody();
                // Its button stays.
                body.Remove("components");
                return WriteAsync(sign, entry, body, stop);
            });
        await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref writing);
        // Nobody misses one sign of many.
        if (write.Exception?.InnerException is not { } failed) return;
        DiscordLog.NoProgress(log, sign.Reference, failed.Message);
        if (failed is DiscordException { MayPass: false }) signs.TryRemove(KeyValuePair.Create(sign.Reference, sign));
    }

    private async Task WriteAsync(DrawingSign sign, LiveMessages.Live entry, JsonObject body, CancellationToken stop)
    {
        if (sign.Stage == RequestStage.Cancelled) signs.TryRemove(KeyValuePair.Create(sign.Reference, sign));
        // Where it is told nowhere, it is not looked for again until there is more to tell.
        entry.Told = sign;
        if (!DiscordAddress.TryParse(sign.Address, out var address) || await RouteAsync(address, sign, entry, stop) is not { } route) return;
        var isCovered = sign.IsSpoiler || (options.Value.RulesOf(address.Server)?.Spoilers ?? false);
        IReadOnlyList<DiscordFile> files = sign is { Stage: RequestStage.Drawing, Preview: { } preview } ? [new DiscordFile($"{(isCovered ? "SPOILER_" : "")}preview.png", converter.AtLeast(preview, PreviewEdge), "image/png")] : [];
        await rest.SendAsync(new DiscordCall(route) { Body = body, Files = files, LongestWait = TimeSpan.Zero, Patience = TimeSpan.FromSeconds(5), IsRepeatable = false }, stop);
    }

    /// <summary>Where the promise stands; null: nowhere that is known.</summary>
    private async Task<DiscordRoute?> RouteAsync(DiscordAddress address, DrawingSign sign, LiveMessages.Live entry, CancellationToken stop)
    {
        if (address.Token is not null) return address.TokenAt(clock.GetUtcNow()) is { } token ? DiscordRoute.EditOriginal((await self.GetAsync(stop)).Application, token) : null;
        // Not sent yet, or sent before this process began.
        if (entry.Message is null && await places.FindAsync(address.User, sign.Reference, stop) is { } place) entry.Message = place.Message;
        return entry.Message is { } message ? DiscordRoute.EditMessage(address.Channel, message) : null;
    }
}
