using System.Threading.Channels;

namespace DiffusionBot.Generation.Jobs;

/// <summary>Wakes who waits for something to do. Several calls before it looks wake it once.</summary>
internal abstract class Signal
{
    private readonly Channel<bool> channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task<bool>? reading;

    public void Set() => channel.Writer.TryWrite(true);

    /// <summary>Returns when it is set, or after a while all the same. For one waiter.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancel)
    {
        reading ??= channel.Reader.ReadAsync(CancellationToken.None).AsTask();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var first = await Task.WhenAny(reading, Task.Delay(atMost, clock, both.Token));
        await both.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        if (first == reading) reading = null;
    }
}

/// <summary>There is something to schedule.</summary>
internal sealed class QueueSignal : Signal;
