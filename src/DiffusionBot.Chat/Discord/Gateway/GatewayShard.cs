using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>What all shards of a bot have in common.</summary>
internal sealed record GatewaySetting(
    string Token, int Intents, int Count, IGatewayTransport Transport, IdentifyGate Identifies, TimeProvider Clock, Func<double> Random, ILogger Log, Func<int> CloseCode, Action Began);

/// <summary>One of the bot's connections, connected again and again until it is stopped.</summary>
internal sealed class GatewayShard(int number, GatewaySetting setting, GatewaySession? session, EventQueue events)
{
    /// <summary>A session that makes no sense so often, without going on meanwhile, is given up. Connections that break are no reason.</summary>
    private const int MostDoubts = 5;

    /// <summary>Where to resume is only asked so often; then where sessions begin.</summary>
    private const int MostAtResumeUrl = 3;

    /// <summary>Of <see cref="Backoff"/>: at most four seconds.</summary>
    private const int SlowestResume = 3;

    private static readonly TimeSpan connectPatience = TimeSpan.FromSeconds(15), healthy = TimeSpan.FromSeconds(10);

    private volatile GatewaySession? session = session;
    private volatile Func<int, JsonNode?, CancellationToken, Task<bool>>? send;
    private Uri? lastUrl;

    public int Number => number;

    public int Count => setting.Count;

    public string Token => setting.Token;

    public int Intents => setting.Intents;

    public TimeProvider Clock => setting.Clock;

    public Func<double> Random => setting.Random;

    public ILogger Log => setting.Log;

    public EventQueue Events => events;

    /// <summary>Null: there is none to resume.</summary>
    public GatewaySession? Session => session;

    /// <summary>Connects until stopped.</summary>
    /// <exception cref="GatewayException">Connecting again is useless.</exception>
    /// <exception cref="Rest.DiscordException">Discord refuses to say where to connect, for good.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        var (failures, unreached, doubts) = (0, 0, 0);
        while (!stop.IsCancellationRequested)
        {
            using var permit = session is null ? await setting.Identifies.EnterAsync(number, stop) : null;
            var isResume = permit is null;
            var since = Clock.GetUtcNow();
            var (end, wasOpen, wasReady) = await ConnectAsync(permit, isResume ? await UrlAsync(unreached, stop) : permit!.Url, stop);
            permit?.Dispose();
            if (stop.IsCancellationRequested) return;
            if (end.Code is { } code && GatewayClose.Remedy(code) is { } remedy) throw new GatewayException(code, $"Discord closed the gateway with {end.Why}: {remedy}.");
            unreached = wasOpen ? 0 : unreached + 1;
            doubts = wasReady ? 0 : end.DoubtsSession ? doubts + 1 : doubts;
            failures = wasReady && Clock.GetUtcNow() - since >= healthy ? 0 : failures + 1;
            if (end.LosesSession || isResume && doubts >= MostDoubts) (session, doubts, unreached) = (null, 0, 0);
            // What is going on is going on without us: a session that went on is resumed at once the first time, and soon after that.
            var wait = end.Pauses ? TimeSpan.FromSeconds(1 + 4 * Random()) : Backoff.Of(wasReady ? Math.Min(failures - 1, SlowestResume) : failures, Random);
            GatewayLog.Ended(Log, number, end.Why, session is null ? "a new session begins" : "the session is resumed", wait);
            await Task.Delay(wait, Clock, stop);
        }
    }

    /// <summary>Sends something of our own. False: it is not connected.</summary>
    public Task<bool> TrySendAsync(int op, JsonNode? data, CancellationToken cancel) => send?.Invoke(op, data, cancel) ?? Task.FromResult(false);

    /// <summary>A session began.</summary>
    internal void Begin(JsonElement ready)
    {
        session = ready.TextOf("session_id") is { Length: > 0 and <= 200 } id && (GatewayInfo.UrlOf(ready.TextOf("resume_gateway_url")) ?? lastUrl) is { } url ? new GatewaySession(id, url, 0) : null;
        setting.Began();
    }

    private async Task<Uri> UrlAsync(int unreached, CancellationToken stop) =>
        session is { } known && unreached % (2 * MostAtResumeUrl) < MostAtResumeUrl ? known.Url : (await setting.Identifies.AskAsync(stop)).Url;

    private async Task<(ConnectionEnd End, bool WasOpen, bool WasReady)> ConnectAsync(IdentifyGate.Permit? permit, Uri url, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(connectPatience, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        IGatewaySocket socket;
        try
        {
            lastUrl = url;
            socket = await setting.Transport.ConnectAsync(GatewayInfo.ToConnect(url), either.Token);
        }
        catch (IOException e)
        {
            return (new ConnectionEnd(e.Message), false, false);
        }
        catch (OperationCanceledException)
        {
            return (new ConnectionEnd($"no connection within {connectPatience.TotalSeconds} s"), false, false);
        }
        await using var connection = new GatewayConnection(socket, this, permit);
        send = connection.TrySendAsync;
        var end = await connection.RunAsync(setting.CloseCode, stop);
        send = null;
        return (end, true, connection.IsReady);
    }
}
