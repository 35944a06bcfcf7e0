using System.Text.Json;
using System.Text.Json.Nodes;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>How a connection ended.</summary>
/// <param name="Why">For the log.</param>
/// <param name="Code">What the other side closed with; null: we end it.</param>
/// <param name="LosesSession">Whether another session must be begun.</param>
/// <param name="Pauses">Whether Discord wants one to five seconds before the next try (op 9).</param>
/// <param name="DoubtsSession">Whether what came makes no sense: if it comes again and again, the session is of no use.</param>
internal sealed record ConnectionEnd(string Why, int? Code = null, bool LosesSession = false, bool Pauses = false, bool DoubtsSession = false);

/// <summary>One connection of a shard, from hello to its end: says who we are, keeps beating, hands events on.</summary>
/// <param name="socket">Open; disposed at the end.</param>
/// <param name="shard">Whose.</param>
/// <param name="permit">To begin a session; null: the shard's session is resumed.</param>
internal sealed class GatewayConnection(IGatewaySocket socket, GatewayShard shard, IdentifyGate.Permit? permit) : IAsyncDisposable
{
    private static readonly TimeSpan helloPatience = TimeSpan.FromSeconds(20), readyPatience = TimeSpan.FromSeconds(60), goodbyePatience = TimeSpan.FromSeconds(2);

    private readonly SendBudget budget = new(shard.Clock);
    private readonly SemaphoreSlim sending = new(1);
    private readonly TaskCompletionSource<TimeSpan> hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isAnswered = true, isFull;

    /// <summary>Whether the session began or went on.</summary>
    public bool IsReady => ready.Task.IsCompleted;

    /// <summary>Runs to its end.</summary>
    /// <param name="closeCode">What to close with when stopped.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<ConnectionEnd> RunAsync(Func<int> closeCode, CancellationToken stop)
    {
        using var over = new CancellationTokenSource();
        var reading = ReadAsync(over.Token);
        var stopped = new TaskCompletionSource<ConnectionEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopping = stop.Register(() => stopped.TrySetResult(new ConnectionEnd("stopped")));
        Task<ConnectionEnd>[] all = [reading, BeatAsync(over.Token), GuardAsync(over.Token), stopped.Task];
        var end = await await Task.WhenAny(all);
        await over.CancelAsync();
        if (end.Code is null)
        {
            await CloseAsync(stop.IsCancellationRequested ? closeCode() : GatewayClose.KeepSession);
            // The other side says goodbye too. Events before that are left, and come again.
            await Task.WhenAny(reading, Task.Delay(goodbyePatience, shard.Clock, CancellationToken.None));
        }
        await socket.DisposeAsync();
        foreach (var task in all[..3]) await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return end;
    }

    /// <summary>Sends something of our own, when there is room for it.</summary>
    /// <returns>False: the connection is not ready yet, or gone.</returns>
    /// <exception cref="ArgumentException">It has more than 4096 bytes.</exception>
    public async Task<bool> TrySendAsync(int op, JsonNode? data, CancellationToken cancel)
    {
        var payload = GatewayJson.Payload(op, data);
        if (!IsReady) return false;
        await budget.TakeAsync(cancel);
        return await SendAsync(payload);
    }

    // The semaphore is left to whoever still waits for it.
    public ValueTask DisposeAsync() => socket.DisposeAsync();

    private async Task<ConnectionEnd> ReadAsync(CancellationToken over)
    {
        while (true)
        {
            var frame = await socket.ReceiveAsync(CancellationToken.None);
            if (frame.CloseCode is { } code) return new ConnectionEnd($"{code} {frame.Reason}".TrimEnd(), code, GatewayClose.LosesSession(code));
            if (frame.TooLong > 0)
            {
                GatewayLog.Dropped(shard.Log, shard.Number, frame.TooLong, "it is too long");
                continue;
            }
            GatewayPayload? payload;
            string problem;
            try
            {
                payload = GatewayPayload.Read(frame.Text, out problem);
            }
            catch (JsonException e)
            {
                return new ConnectionEnd($"{frame.Text.Length} bytes are no JSON: {e.Message}", DoubtsSession: true);
            }
            if (payload is null) GatewayLog.Dropped(shard.Log, shard.Number, frame.Text.Length, problem);
            else if (await TakeAsync(payload, over) is { } end) return end;
        }
    }

    private async Task<ConnectionEnd?> TakeAsync(GatewayPayload payload, CancellationToken over)
    {
        switch (payload.Op)
        {
            case GatewayOp.Dispatch:
                return await HandOnAsync(payload, over);
            case GatewayOp.Heartbeat:
                return await BeatAsync() ? null : Gone;
            case GatewayOp.HeartbeatAck:
                isAnswered = true;
                return null;
            case GatewayOp.Reconnect:
                return new ConnectionEnd("Discord asks for another one (op 7)");
            case GatewayOp.InvalidSession:
                var mayResume = payload.Data.ValueKind == JsonValueKind.True && shard.Session is not null;
                return new ConnectionEnd($"the session is invalid (op 9, {(mayResume ? "may be resumed" : "is over")})", LosesSession: !mayResume, Pauses: true);
            case GatewayOp.Hello when !hello.Task.IsCompleted:
                if (payload.Data.NumberOf("heartbeat_interval") is not (>= 100 and <= 3_600_000 and var interval))
                    return new ConnectionEnd("hello has no heartbeat_interval of 100 to 3,600,000 ms");
                hello.TrySetResult(TimeSpan.FromMilliseconds(interval));
                return await IntroduceAsync() ? null : Gone;
            default:
                return null;
        }
    }

    private static ConnectionEnd Gone => new("it broke while sending", 1006);

    private Task<bool> IntroduceAsync()
    {
        budget.TryTake(isHeartbeat: true);
        if (shard.Session is { } session && permit is null) return SendAsync(GatewayJson.Resume(shard.Token, session));
        permit?.Use();
        return SendAsync(GatewayJson.Identify(shard.Token, shard.Intents, shard.Number, shard.Count));
    }

    private async Task<ConnectionEnd?> HandOnAsync(GatewayPayload payload, CancellationToken over)
    {
        var (type, sequence) = (payload.Type!, payload.Sequence!.Value);
        if (type == "READY") shard.Begin(payload.Data);
        var session = shard.Session;
        // Replayed though it came before.
        if (session is not null && sequence <= session.Received) return null;
        try
        {
            isFull = true;
            await shard.Events.AddAsync(new GatewayEvent(type, payload.Data, sequence, shard.Number), session, over);
            isFull = false;
        }
        catch (OperationCanceledException)
        {
            return new ConnectionEnd("stopped");
        }
        if (session is not null) session.Received = sequence;
        if (type is "READY" or "RESUMED" && ready.TrySetResult()) GatewayLog.Connected(shard.Log, shard.Number, shard.Count, type == "READY" ? "new session" : "resumed");
        return null;
    }

    // The first beat comes at any time within the interval, so that not all bots beat at once after an outage.
    private async Task<ConnectionEnd> BeatAsync(CancellationToken over)
    {
        var interval = await hello.Task.WaitAsync(over);
        await Task.Delay(interval * shard.Random(), shard.Clock, over);
        while (true)
        {
            // While events wait to be taken, answers are not read.
            if (!isAnswered && !isFull) return new ConnectionEnd("a heartbeat was not answered");
            isAnswered = false;
            if (!await BeatAsync()) return Gone;
            await Task.Delay(interval, shard.Clock, over);
        }
    }

    private async Task<bool> BeatAsync() => !budget.TryTake(isHeartbeat: true) || await SendAsync(GatewayJson.Heartbeat(shard.Session?.Received is > 0 and var sequence ? sequence : null));

    private async Task<ConnectionEnd> GuardAsync(CancellationToken over)
    {
        await Task.Delay(helloPatience, shard.Clock, over);
        if (!hello.Task.IsCompleted) return new ConnectionEnd($"no hello within {helloPatience.TotalSeconds} s");
        await Task.Delay(readyPatience, shard.Clock, over);
        if (!IsReady) return new ConnectionEnd($"neither READY nor RESUMED within {readyPatience.TotalSeconds} s", DoubtsSession: true);
        await Task.Delay(Timeout.InfiniteTimeSpan, shard.Clock, over);
        throw new OperationCanceledException(over);
    }

    private async Task<bool> SendAsync(byte[] payload)
    {
        await sending.WaitAsync(CancellationToken.None);
        try
        {
            await socket.SendAsync(payload, CancellationToken.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task CloseAsync(int code)
    {
        using var late = new CancellationTokenSource(goodbyePatience, shard.Clock);
        try
        {
            await socket.CloseAsync(code, late.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It is gone already.
        }
    }
}
