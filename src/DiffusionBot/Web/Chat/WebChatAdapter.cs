using DiffusionBot.Chat;

namespace DiffusionBot.Web.Chat;

/// <summary>The web chat as one place among others: what is delivered there is a line in the transcript, which pages show as soon as they look.</summary>
internal sealed class WebChatAdapter(Conversation conversation) : IChatAdapter
{
    public const string PlaceName = "web";

    public string Place => PlaceName;

    public PlaceAbilities AbilitiesAt(ChatAddress address) => new(CanPush: true, CanEdit: true, HasButtons: true, PicturesPerMessage: 100, TextLimit: 100_000);

    /// <summary>Exactly once: the key is unique in a conversation.</summary>
    public async Task<DeliveryOutcome> DeliverAsync(Delivery delivery, CancellationToken cancel)
    {
        await conversation.AnswerAsync(delivery.Address.Value, delivery.Key, delivery.Reply, cancel);
        return DeliveryOutcome.Delivered;
    }
}
