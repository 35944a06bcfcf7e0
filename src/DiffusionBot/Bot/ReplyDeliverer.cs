using DiffusionBot.Chat;
using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot;

/// <summary>Hands what the outbox owes to the adapter of its place.</summary>
internal sealed class ReplyDeliverer(IEnumerable<IChatAdapter> adapters, ResultReplies results, OutboxDoor outbox) : IDeliverer
{
    private readonly Dictionary<string, IChatAdapter> byPlace = adapters.ToDictionary(adapter => adapter.Place, StringComparer.Ordinal);

    public async Task<DeliveryVerdict> DeliverAsync(OutboxEntry entry, StoredRequest request, bool isRetry, CancellationToken cancel)
    {
        if (!byPlace.TryGetValue(request.Place, out var adapter))
            return new DeliveryVerdict.TryAgain($"Nothing here speaks to '{request.Place}'; there are {string.Join(", ", byPlace.Keys)}.");
        var address = new ChatAddress(entry.Address);
        var abilities = adapter.AbilitiesAt(address);
        // It would be made for nothing.
        if (!abilities.CanPush) return new DeliveryVerdict.WaitsForUser();
        var reply = await results.ForAsync(entry, request, withFiles: true, cancel);
        if (abilities.ReplacesPromises) reply = ResultReplies.WithNotes(reply, request);
        var delivery = new Delivery(entry.Id.ToString(), address, reply, isRetry)
        {
            IsAnswer = entry.Address == request.Address,
            PartsShown = entry.PartsShown,
            PartsShownAsync = parts => outbox.PartsShownAsync(entry, parts),
        };
        try
        {
            var outcome = await adapter.DeliverAsync(delivery, cancel);
            return outcome == DeliveryOutcome.Delivered ? new DeliveryVerdict.Delivered() : new DeliveryVerdict.WaitsForUser();
        }
        catch (DeliveryException e)
        {
            return e.IsFinal ? new DeliveryVerdict.GiveUp(e.Message) : new DeliveryVerdict.TryAgain(e.Message, e.RetryAfter);
        }
    }
}
