using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>Hands a shard's events on, one after another, while the connection goes its way. When ten thousand wait, the connection is read no further.</summary>
internal sealed class EventQueue(Func<GatewayEvent, Task> handler, ILogger log)
{
    private const int Most = 10_000;

    private readonly Channel<(GatewayEvent Event, GatewaySession? Session)> events = Channel.CreateBounded<(GatewayEvent, GatewaySession?)>(new BoundedChannelOptions(Most) { SingleReader = true });

    /// <summary>Puts one at the end.</summary>
    /// <param name="event">What happened.</param>
    /// <param name="session">Where it counts as dealt with then.</param>
    /// <param name="cancel">Gives up.</param>
    public ValueTask AddAsync(GatewayEvent @event, GatewaySession? session, CancellationToken cancel) => events.Writer.WriteAsync((@event, session), cancel);

    /// <summary>Nothing comes any more: <see cref="RunAsync"/> ends when all is dealt with.</summary>
    public void Complete() => events.Writer.TryComplete();

    /// <summary>Deals with events until there are no more.</summary>
    /// <param name="drop">What is not begun then is left.</param>
    public async Task RunAsync(CancellationToken drop)
    {
        while (!drop.IsCancellationRequested && await NextAsync(drop) is { } next)
        {
            // Whatever it threw: the same event again would throw it again.
            var handling = Task.Run(() => handler(next.Event), CancellationToken.None);
            await handling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!handling.IsCompletedSuccessfully) GatewayLog.Failed(log, handling.Exception?.InnerException, next.Event.Type, next.Event.Sequence, next.Event.Shard);
            if (next.Session is not null) next.Session.Handled = next.Event.Sequence;
        }
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
}
