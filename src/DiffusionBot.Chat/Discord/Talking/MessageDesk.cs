using System.Globalization;
using System.Text.Json;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.Chat.Discord.Showing;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Talking;

/// <summary>What somebody writes to the bot: in direct messages, with a mention of it, or as an answer to it (MESSAGE_CREATE).</summary>
internal sealed class MessageDesk(
    ServerRules rules, Threads threads, Attachments attachments, DiscordReplies replies, DiscordMessages messages, LiveMessages live, ShownPlaces places, Removal removal, DiscordSelf self, IMessageHandler handler, ILogger<MessageDesk> log)
{
    private const int Usual = 0, Reply = 19, MostParts = 5;

    /// <summary>Answers, where it is for the bot.</summary>
    public async Task HandleAsync(JsonElement data, CancellationToken cancel)
    {
        if (data.Of("author") is not { } author || author.FlagOf("bot") == true || data.NumberOf("type") is not (Usual or Reply) || data.IdOf("id") is not { } id) return;
        if (DiscordAuthor.Read(data, author) is not { } who) return;
        var me = (await self.GetAsync(cancel)).User;
        var text = data.TextOf("content") ?? "";
        var answered = data.Of("referenced_message") is { ValueKind: JsonValueKind.Object } referenced ? referenced : (JsonElement?)null;
        // Without a mention nothing is told of a server's messages but that they are there.
        if (who.Server != 0 && !data.ManyOf("mentions").Any(user => user.IdOf("id") == me)) return;
        var words = WithoutMention(text, me);
        if (words.Length == 0 && !Attachments.HasPictures(data) && who.Server != 0 && answered is null) words = "/help";
        var address = new DiscordAddress(who.Server, who.Channel, who.User, id, DiscordAddress.UsualBytes, null);
        if (who.Server != 0 && who.Parent is null && rules.RefusalFor(who) is not null) who = who with { Parent = await threads.ParentOfAsync(who.Channel, cancel) };
        if (rules.RefusalFor(who) is { } refusal)
        {
            await SayAsync(address, [new DiscordPart(refusal)], cancel);
            return;
        }
        var asking = AskAsync();
        await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        IReadOnlyList<ChatReply> said = asking.IsCompletedSuccessfully ? await asking : [new ChatReply { Text = DiscordTexts.Of(text.Any(c => c is >= '\u4e00' and <= '\u9fff') ? "zh" : "en").WentWrong }];
        await ShowAsync(address, said, cancel);
        var on = answered?.Of("author")?.IdOf("id") == me && answered?.IdOf("id") is { } ours ? new ShownPlace(who.Channel, ours) : (ShownPlace?)null;
        await removal.RemoveAsync(said, who.User, on, cancel);
        await asking;

        async Task<IReadOnlyList<ChatReply>> AskAsync() => await handler.HandleAsync(await ReadAsync(data, address, who, words, answered, me, cancel), cancel);
    }

    private async Task<ChatMessage> ReadAsync(JsonElement data, DiscordAddress address, DiscordAuthor who, string words, JsonElement? answered, ulong me, CancellationToken cancel)
    {
        var message = rules.MessageOf(address.Source.ToString(CultureInfo.InvariantCulture), address, who) with { Text = words };
        var (pictures, isOneLost) = await attachments.GetAsync(data, cancel);
        if (words.Length == 0 && pictures.Count == 0 && isOneLost) return message with { Occasion = ChatOccasion.PictureLost };
        if (words.Length == 0 && pictures.Count == 0 && answered is null) return message with { Occasion = ChatOccasion.Unreadable };
        if (answered is not { } other) return message with { Pictures = pictures };
        var reference = other.Of("author")?.IdOf("id") == me ? DiscordButtons.ReferenceIn(other) : null;
        var (shown, _) = reference is null ? await attachments.GetAsync(other, cancel) : ([], false);
        return message with { Pictures = pictures, RepliedTo = new RepliedMessage(other.TextOf("content") ?? "", shown, reference) { IsOpen = true } };
    }

    private async Task ShowAsync(DiscordAddress address, IReadOnlyList<ChatReply> said, CancellationToken cancel)
    {
        try
        {
            foreach (var (reply, number) in said.Select((reply, number) => (reply, number)))
            {
                var parts = replies.PartsOf(reply, address.Server, address.MostBytes);
                if (reply is { IsPromise: true, Reference: { } reference }) await live.ChangeAsync(reference, entry => PromiseAsync(address, reply, parts[0], entry, cancel));
                else await SayAsync(address, parts, cancel, number);
            }
        }
        catch (DiscordException e)
        {
            DiscordLog.NotShown(log, e.Message);
        }
    }

    private async Task PromiseAsync(DiscordAddress address, ChatReply promise, DiscordPart part, LiveMessages.Live entry, CancellationToken cancel)
    {
        entry.Notes = InteractionAnswers.NotesOf(promise);
        var place = await messages.SayAsync(address.Channel, part, $"{address.Source}/promise", address.Source, cancel);
        entry.Message = place.Message;
        await places.SetAsync(address.User, promise.Reference!, place, cancel);
    }

    private async Task SayAsync(DiscordAddress address, IReadOnlyList<DiscordPart> parts, CancellationToken cancel, int number = 0)
    {
        for (var i = 0; i < Math.Min(parts.Count, MostParts); i++) await messages.SayAsync(address.Channel, parts[i], $"{address.Source}/{number}/{i}", address.Source, cancel);
    }

    private static string WithoutMention(string text, ulong me)
    {
        foreach (var mention in new[] { $"<@{me}>", $"<@!{me}>" }) text = text.Replace(mention, " ", StringComparison.Ordinal);
        return text.Trim();
    }
}
