using System.Threading.Channels;
using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Generation.Tests.Support;

internal sealed record Shown(OutboxEntry Entry, StoredRequest Request, bool IsRetry);

/// <summary>Notes what it is given, and says what the test wants.</summary>
internal sealed class FakeDeliverer : IDeliverer
{
    private readonly Channel<Shown> shown = Channel.CreateUnbounded<Shown>();

    public Func<Shown, CancellationToken, Task<DeliveryVerdict>> Verdict { get; set; } = (_, _) => Task.FromResult<DeliveryVerdict>(new DeliveryVerdict.Delivered());

    /// <summary>The next call.</summary>
    public async Task<Shown> NextAsync() => await shown.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public bool HasMore => shown.Reader.TryPeek(out _);

    public async Task<DeliveryVerdict> DeliverAsync(OutboxEntry entry, StoredRequest request, bool isRetry, CancellationToken cancel)
    {
        var call = new Shown(entry, request, isRetry);
        var verdict = Verdict(call, cancel);
        await shown.Writer.WriteAsync(call, cancel);
        return await verdict;
    }
}
