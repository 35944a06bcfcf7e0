using DiffusionBot.Chat.Discord.Rest;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Showing;

/// <summary>
/// Discord as one place among others. A result takes the place of its promise: of the deferred answer as long as the interaction's token is good, of our answer to a mention; else it
/// is a message of its own that calls who asked. What waited until somebody spoke again, anywhere, is shown to them alone.
/// </summary>
internal sealed class DiscordAdapter(
    DiscordReplies replies, DiscordMessages messages, LiveMessages live, ShownPlaces places, OpenInteractions interactions, DiscordSelf self, TimeProvider clock, ILogger<DiscordAdapter> log) : IChatAdapter
{
    public string Place => DiscordAddress.Place;

    public PlaceAbilities AbilitiesAt(ChatAddress address) =>
        new(CanPush: true, CanEdit: true, HasButtons: true, PicturesPerMessage: 9, TextLimit: DiscordText.Most) { ReplacesPromises = true };

    public async Task<DeliveryOutcome> DeliverAsync(Delivery delivery, CancellationToken cancel)
    {
        if (!DiscordAddress.TryParse(delivery.Address, out var address))
            throw new DeliveryException("This is no address of a place on Discord; expected discord:SERVER/CHANNEL/USER/SOURCE/BYTES.", isFinal: true);
        try
        {
            var outcome = DeliveryOutcome.Delivered;
            // Where it is an answer, nobody else may write there any more.
            if (delivery is not { IsAnswer: true, Reply.Reference: { } reference }) return await ShowAsync(delivery, address, cancel);
            await live.FinishAsync(reference, async promise =>
            {
                outcome = await ShowAsync(delivery, address, cancel);
                // What stands elsewhere now leaves no promise behind.
                if (promise.Message is { } left && promise.Result is { } result && left != result) await messages.DeleteAsync(new ShownPlace(address.Channel, left), cancel);
            });
            return outcome;
        }
        catch (DiscordException e)
        {
            throw new DeliveryException(e.Message, isFinal: false, e.RetryAfter, e);
        }
    }

    private async Task<DeliveryOutcome> ShowAsync(Delivery delivery, DiscordAddress address, CancellationToken cancel)
    {
        try
        {
            return await ShowAsync(delivery, address, replies.PartsOf(delivery.Reply, address.Server, address.MostBytes), cancel);
        }
        catch (DiscordException e) when (e.Code is DiscordCode.TooLarge or DiscordCode.FileTooLarge || e.Status == 413)
        {
            DiscordLog.TooLarge(log, delivery.Key, address.MostBytes);
            return await ShowAsync(delivery, address, replies.PartsOf(delivery.Reply, address.Server, Math.Min(address.MostBytes, DiscordAddress.UsualBytes) / 4), cancel);
        }
    }

    private async Task<DeliveryOutcome> ShowAsync(Delivery delivery, DiscordAddress address, IReadOnlyList<DiscordPart> parts, CancellationToken cancel)
    {
        for (var shown = delivery.PartsShown; shown < parts.Count; shown++)
        {
            var part = parts[shown];
            var place = shown == 0 && delivery.IsAnswer ? await AnswerAsync(delivery, address, part, cancel) : null;
            if (place is null && shown == 0) part = CallingOf(delivery, address, part);
            place ??= delivery.IsAnswer || address.Server == 0 ? await SayAsync(delivery, address, part, shown, cancel) : await WhisperAsync(delivery, address, part, shown, cancel);
            if (place is not { } known) return DeliveryOutcome.WaitsForUser;
            // Before it counts as shown: what is deleted later is looked for here.
            if (shown == 0 && delivery.Reply.Reference is { } reference)
            {
                if (delivery.Reply.Pictures.Count > 0) await places.SetAsync(address.User, reference, known, cancel);
                if (delivery.IsAnswer) live.Of(reference).Result = known.Message;
            }
            await delivery.PartsShownAsync(shown + 1);
        }
        return DeliveryOutcome.Delivered;
    }

    /// <summary>In place of the promise; null: there is no such place any more.</summary>
    private async Task<ShownPlace?> AnswerAsync(Delivery delivery, DiscordAddress address, DiscordPart part, CancellationToken cancel)
    {
        try
        {
            if (address.TokenAt(clock.GetUtcNow()) is { } token) return await messages.EditOriginalAsync((await self.GetAsync(cancel)).Application, token, part, cancel);
            if (address.Token is not null || delivery.Reply.Reference is not { } reference) return null;
            return await places.FindAsync(address.User, reference, cancel) is { } promise ? await messages.EditAsync(promise, part, cancel) : null;
        }
        catch (DiscordException e) when (IsGone(e))
        {
            DiscordLog.PromiseGone(log, delivery.Key, e.Message);
            return null;
        }
    }

    /// <summary>In the channel; where the bot may not write, by the interaction's token, and else to the user alone. Null: nowhere now.</summary>
    private async Task<ShownPlace?> SayAsync(Delivery delivery, DiscordAddress address, DiscordPart part, int number, CancellationToken cancel)
    {
        try
        {
            // An interaction's id is no message's.
            return await messages.SayAsync(address.Channel, part, KeyOf(delivery, number), address.Token is null ? address.Source : null, cancel);
        }
        catch (DiscordException e) when (IsShutOut(e))
        {
            DiscordLog.ShutOut(log, delivery.Key, e.Message);
            return await WhisperAsync(delivery, address, part, number, cancel, isForAll: true);
        }
    }

    /// <summary>By the interaction's token, while that is good, and else to the user alone. Null: nowhere now.</summary>
    private async Task<ShownPlace?> WhisperAsync(Delivery delivery, DiscordAddress address, DiscordPart part, int number, CancellationToken cancel, bool isForAll = false)
    {
        try
        {
            if (address.TokenAt(clock.GetUtcNow()) is not { } token) return await messages.SayAsync(await messages.DirectAsync(address.User, cancel), part, KeyOf(delivery, number), answers: null, cancel);
            await interactions.UntilAnsweredAsync(address.Source, cancel);
            return await messages.FollowUpAsync((await self.GetAsync(cancel)).Application, token, part, isEphemeral: !isForAll, cancel);
        }
        catch (DiscordException e) when (IsGone(e))
        {
            DiscordLog.ShutOut(log, delivery.Key, e.Message);
            return null;
        }
    }

    private static string KeyOf(Delivery delivery, int number) => $"{delivery.Key}/{number}";

    private static DiscordPart CallingOf(Delivery delivery, DiscordAddress address, DiscordPart part)
    {
        var texts = new DiscordTexts(delivery.Reply.Language);
        var user = $"<@{address.User}>";
        return part.Calling(address.User, delivery.Reply.Pictures.Count > 0 ? texts.Finished(user) : texts.Answered(user));
    }

    /// <summary>The token is over, or what it answered with was removed, or the bot may not write there.</summary>
    private static bool IsGone(DiscordException e) =>
        e.Code is DiscordCode.InvalidWebhookToken or DiscordCode.UnknownWebhook or DiscordCode.UnknownMessage or DiscordCode.UnknownInteraction or DiscordCode.NotByAnother || e.Status == 404 || IsShutOut(e);

    private static bool IsShutOut(DiscordException e) =>
        e.Code is DiscordCode.UnknownChannel or DiscordCode.UnknownGuild or DiscordCode.UnknownUser or DiscordCode.MissingAccess or DiscordCode.MissingPermissions or DiscordCode.CannotMessageUser or DiscordCode.NotInDirectMessages;
}
