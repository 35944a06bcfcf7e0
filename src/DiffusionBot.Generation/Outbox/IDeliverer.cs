using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Generation.Outbox;

/// <summary>Puts an entry of the outbox into words and hands it to the platform: the host's part, since only it knows the platforms.</summary>
public interface IDeliverer
{
    /// <summary>Delivers once. Anything that it throws is an attempt that failed.</summary>
    /// <param name="entry">The entry; its id is the idempotency key.</param>
    /// <param name="request">What it is about, with its pictures.</param>
    /// <param name="isRetry">Whether an earlier attempt may have been shown.</param>
    /// <param name="cancel">The process ends.</param>
    Task<DeliveryVerdict> DeliverAsync(OutboxEntry entry, StoredRequest request, bool isRetry, CancellationToken cancel);
}

/// <summary>What became of an attempt.</summary>
public abstract record DeliveryVerdict
{
    /// <summary>It was shown.</summary>
    public sealed record Delivered : DeliveryVerdict;

    /// <summary>It goes out when the user says something.</summary>
    public sealed record WaitsForUser : DeliveryVerdict;

    /// <summary>It will be tried again.</summary>
    /// <param name="Error">Why.</param>
    /// <param name="After">How long to wait at least; null: as the outbox likes.</param>
    public sealed record TryAgain(string Error, TimeSpan? After = null) : DeliveryVerdict;

    /// <summary>It never will be shown.</summary>
    /// <param name="Error">Why.</param>
    public sealed record GiveUp(string Error) : DeliveryVerdict;
}
