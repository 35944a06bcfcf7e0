using DiffusionBot.Chat;
using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot;

/// <summary>Hands what the outbox owes to the adapter of its place.</summary>
internal sealed class ReplyDeliverer(IEnumerable<IChatAdapter> adapters, ResultReplies results) : IDeliverer
{
    private readonly Dictionary<string, IChatAdapter> byPlace = adapters.ToDictionary(adapter => adapter.Place, StringComparer.Ordinal);

    public async Task<DeliveryVerdict> DeliverAsync(OutboxEntry entry, StoredRequest request, bool isRetry, CancellationToken cancel)
    {
        if (!byPlace.TryGetValue(request.Place, out var adapter))
            return new DeliveryVerdict.TryAgain($"Nothing here speaks to '{request.Place}'; there are {string.Join(", ", byPlace.Keys)}.");
        var (texts, address) = (new BotTexts(request.Language), new ChatAddress(entry.Address));
        var reply = entry.Kind == OutboxKind.Notice ? new ChatReply { Text = entry.Text ?? "", Reference = request.Code } : await results.ForAsync(request, texts, cancel);
        // Who could not be told at once is told now.
        if (!adapter.AbilitiesAt(address).CanPush && request.Notes.Length > 0) reply = reply with { Text = $"{reply.Text}\n{request.Notes}" };
        try
        {
            var outcome = await adapter.DeliverAsync(new Delivery(entry.Id.ToString(), address, reply, isRetry), cancel);
            return outcome == DeliveryOutcome.Delivered ? new DeliveryVerdict.Delivered() : new DeliveryVerdict.WaitsForUser();
        }
        catch (DeliveryException e)
        {
            return e.IsFinal ? new DeliveryVerdict.GiveUp(e.Message) : new DeliveryVerdict.TryAgain(e.Message, e.RetryAfter);
        }
    }
}
