using System.Globalization;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Rest;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>
/// Discord's gateway: what happens there comes out as events. Of several hosts one is connected; where it dies, or stops while another waits, that one resumes its sessions. An
/// event comes at least once: again, on another host, where the first one died before it had recorded that it was dealt with.
/// </summary>
/// <param name="options">The token.</param>
/// <param name="rest">Says where the gateway is.</param>
/// <param name="transport">The network.</param>
/// <param name="notes">For all hosts.</param>
/// <param name="clock">What time it is.</param>
/// <param name="random">0 to 1; called by several at once.</param>
/// <param name="log">For operators.</param>
/// <param name="holder">This host's name; no other has it, nor had it before. Null: one is made up.</param>
internal sealed class DiscordGateway(
    IOptions<DiscordOptions> options, DiscordRest rest, IGatewayTransport transport, ISharedNotes notes, TimeProvider clock, Func<double> random, ILogger<DiscordGateway> log, string? holder = null)
{
    private static readonly TimeSpan drainPatience = TimeSpan.FromSeconds(5), callOffPatience = TimeSpan.FromSeconds(2);

    private readonly string holder = holder ?? $"{Environment.MachineName}/{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}/{Guid.NewGuid():N}";
    private volatile GatewayShard[] shards = [];
    private volatile int closeCode = GatewayClose.KeepSession;

    /// <summary>How many connections there are on this host; 0: another holds the gateway.</summary>
    public int ShardCount => shards.Length;

    /// <summary>Hands events on until stopped: they begin in order within a shard.</summary>
    /// <param name="intents">What to hear of (gateway intents).</param>
    /// <param name="handler">Deals with an event. Until its first wait no other begins. What it throws is logged, and the event is over. It is called off where it has not ended five seconds after the stop.</param>
    /// <param name="stop">Ends it, in about as long as an event takes: sessions end too, unless another host waits for them.</param>
    /// <exception cref="GatewayException">Connecting again is useless; the text says what an operator must do.</exception>
    /// <exception cref="DiscordException">Discord refuses to say where the gateway is, for good; the text says why.</exception>
    public async Task RunAsync(int intents, Func<GatewayEvent, CancellationToken, Task> handler, CancellationToken stop)
    {
        var lease = new GatewayLease(notes, holder, TimeSpan.FromSeconds(options.Value.LeaseSeconds), clock, log);
        try
        {
            while (true) await HoldAsync(lease, await lease.AcquireAsync(stop), intents, handler, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    /// <summary>Sends something of our own (presence: op 3), within the gateway's limits. False: that shard is not connected here.</summary>
    /// <exception cref="ArgumentException">It has more than 4096 bytes.</exception>
    public Task<bool> TrySendAsync(int shard, int op, JsonNode? data, CancellationToken cancel) =>
        shards is var all && shard >= 0 && shard < all.Length ? all[shard].TrySendAsync(op, data, cancel) : Task.FromResult(false);

    private async Task HoldAsync(GatewayLease lease, IReadOnlyList<StoredSession?> stored, int intents, Func<GatewayEvent, CancellationToken, Task> handler, CancellationToken stop)
    {
        closeCode = GatewayClose.KeepSession;
        using var end = new CancellationTokenSource();
        using var drop = new CancellationTokenSource();
        var keeping = lease.KeepAsync(() => shards.Length > 0 ? Sessions() : stored, end.Token);
        var running = ConnectAsync(stored, intents, handler, lease.Changed, end.Token, drop.Token, stop);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopping = stop.Register(() => stopped.TrySetResult());
        await Task.WhenAny(keeping, running, stopped.Task);

        var isLost = keeping.IsCompletedSuccessfully;
        var keeps = !running.IsCompleted && (isLost || await lease.IsAwaitedAsync());
        closeCode = keeps ? GatewayClose.KeepSession : GatewayClose.Normal;
        // Where another resumes, it hears of everything that was not begun here.
        if (keeps) await drop.CancelAsync();
        await end.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ((Task)keeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (isLost) GatewayLog.Lost(log, holder, keeping.Result);
        else await lease.ReleaseAsync(!keeps ? null : shards.Length > 0 ? Sessions() : stored);
        shards = [];
        if (running.IsFaulted) await running;
        stop.ThrowIfCancellationRequested();
    }

    private async Task ConnectAsync(IReadOnlyList<StoredSession?> stored, int intents, Func<GatewayEvent, CancellationToken, Task> handler, Action began, CancellationToken end, CancellationToken drop, CancellationToken stop)
    {
        using var identifies = new IdentifyGate(rest, options.Value, clock, random, log);
        // A session belongs to a number of shards: where Discord wants more now, all begin anew.
        var wanted = (await identifies.AskAsync(end)).Shards;
        var count = Math.Max(wanted, stored.Count);
        var setting = new GatewaySetting(options.Value.Token, intents, count, transport, identifies, clock, random, log, () => closeCode, began);
        var queues = Enumerable.Range(0, count).Select(_ => new EventQueue(handler, log)).ToArray();
        var all = shards = [.. queues.Select((queue, number) => new GatewayShard(number, setting, count == stored.Count ? SessionOf(stored[number]) : null, queue))];
        using var callOff = new CancellationTokenSource();
        var handling = Task.WhenAll(queues.Select(queue => queue.RunAsync(drop, callOff.Token)));
        using var one = CancellationTokenSource.CreateLinkedTokenSource(end);
        var connections = all.Select(shard => shard.RunAsync(one.Token)).ToArray();
        // One that cannot go on ends all.
        await Task.WhenAny(connections);
        await one.CancelAsync();
        foreach (var connection in connections) await connection.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var queue in queues) queue.Complete();
        await handling.WaitAsync(drainPatience, clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stop.IsCancellationRequested)
        {
            // The host ends, and with it what they need.
            await callOff.CancelAsync();
            await handling.WaitAsync(callOffPatience, clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        foreach (var connection in connections.Where(c => c.IsFaulted)) await connection;
    }

    private IReadOnlyList<StoredSession?> Sessions() => [.. shards.Select(shard => shard.Session is { } s ? new StoredSession(s.Id, s.Url.AbsoluteUri, s.Handled) : null)];

    private static GatewaySession? SessionOf(StoredSession? stored) =>
        stored is { Id: { Length: > 0 and <= 200 } id, Sequence: >= 0 } && GatewayInfo.UrlOf(stored.Url) is { } url ? new GatewaySession(id, url, stored.Sequence) : null;
}
