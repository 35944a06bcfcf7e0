using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>
/// Hands a shard's events on, while the connection goes its way: they begin one after another, and end when they will, so that who is answered slowly holds up nobody. When ten
/// thousand wait, the connection is read no further.
/// </summary>
/// <param name="handler">Deals with one, until it is called off.</param>
/// <param name="log">For operators.</param>
internal sealed class EventQueue(Func<GatewayEvent, CancellationToken, Task> handler, ILogger log)
{
    private const int Most = 10_000, MostAtOnce = 200;

    private readonly Channel<(GatewayEvent Event, GatewaySession? Session)> events = Channel.CreateBounded<(GatewayEvent, GatewaySession?)>(new BoundedChannelOptions(Most) { SingleReader = true });
    private readonly Queue<Begun> begun = new();
    private int running;
    private TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Puts one at the end.</summary>
    /// <param name="event">What happened.</param>
    /// <param name="session">Where it counts as dealt with then.</param>
    /// <param name="cancel">Gives up.</param>
    public ValueTask AddAsync(GatewayEvent @event, GatewaySession? session, CancellationToken cancel) => events.Writer.WriteAsync((@event, session), cancel);

    /// <summary>Nothing comes any more: <see cref="RunAsync"/> ends when all is dealt with.</summary>
    public void Complete() => events.Writer.TryComplete();

    /// <summary>Deals with events until there are no more, and all that were begun have ended.</summary>
    /// <param name="drop">What is not begun then is left.</param>
    /// <param name="callOff">What has not ended then is called off; it counts as not dealt with.</param>
    public async Task RunAsync(CancellationToken drop, CancellationToken callOff)
    {
        while (await NextAsync(drop) is var (@event, session))
        {
            var next = new Begun(@event, session);
            lock (begun)
            {
                running++;
                begun.Enqueue(next);
            }
            _ = HandleAsync(next, callOff);
            await UntilAsync(MostAtOnce - 1, drop);
        }
        await UntilAsync(0, CancellationToken.None);
    }

    private async Task HandleAsync(Begun next, CancellationToken callOff)
    {
        // Whatever it throws: the same event again would throw it again.
        var handling = Handle();
        await handling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var isCalledOff = handling.IsCanceled && callOff.IsCancellationRequested;
        if (isCalledOff) GatewayLog.CalledOff(log, next.Event.Type, next.Event.Sequence, next.Event.Shard);
        else if (!handling.IsCompletedSuccessfully) GatewayLog.Failed(log, handling.Exception?.InnerException, next.Event.Type, next.Event.Sequence, next.Event.Shard);
        lock (begun)
        {
            next.HasEnded = !isCalledOff;
            // Dealt with is what no event before it still waits for.
            while (begun.TryPeek(out var first) && first.HasEnded)
            {
                begun.Dequeue();
                if (first.Session is not null) first.Session.Handled = first.Event.Sequence;
            }
            running--;
            ended.TrySetResult();
        }

        async Task Handle() => await handler(next.Event, callOff);
    }

    private async Task<(GatewayEvent Event, GatewaySession? Session)?> NextAsync(CancellationToken drop)
    {
        try
        {
            return await events.Reader.ReadAsync(drop);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            return null;
        }
    }

    /// <summary>Ends when no more than so many are being dealt with, or dropped.</summary>
    private async Task UntilAsync(int most, CancellationToken drop)
    {
        while (!drop.IsCancellationRequested)
        {
            Task next;
            lock (begun)
            {
                if (running <= most) return;
                if (ended.Task.IsCompleted) ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                next = ended.Task;
            }
            await next.WaitAsync(drop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed class Begun(GatewayEvent @event, GatewaySession? session)
    {
        public GatewayEvent Event => @event;

        public GatewaySession? Session => session;

        public bool HasEnded { get; set; }
    }
}
