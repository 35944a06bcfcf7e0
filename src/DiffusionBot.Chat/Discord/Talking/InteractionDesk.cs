using System.Globalization;
using System.Text.Json;
using DiffusionBot.Chat.Discord.Commands;
using DiffusionBot.Chat.Discord.Showing;

namespace DiffusionBot.Chat.Discord.Talking;

/// <summary>What somebody does with the bot, turned into what they say: commands, buttons, forms.</summary>
internal sealed class InteractionDesk(
    ServerRules rules, InteractionAnswers answers, Autocomplete autocomplete, Attachments attachments, Removal removal, OpenInteractions open, DiscordSelf self, IMessageHandler handler)
{
    private const int OnMessage = 3;

    /// <summary>Answers one.</summary>
    public Task HandleAsync(Interaction interaction, CancellationToken cancel)
    {
        var texts = DiscordTexts.Of(interaction.From.Locale);
        if (interaction.Kind == Interaction.Autocomplete) return ChooseAsync(interaction, cancel);
        if (rules.RefusalFor(interaction.From) is { } refusal) return answers.SayAsync(interaction, refusal, cancel);
        switch (interaction.Kind)
        {
            case Interaction.Command when CommandWords.Of(interaction.Data) is { } said:
                return TalkAsync(interaction, said.Draws, cancel => SaidAsync(interaction, said, cancel), cancel);
            case Interaction.Command when interaction.Data.NumberOf("type") == OnMessage && TargetOf(interaction.Data) is var target && interaction.Data.TextOf("name") is CommandNames.Parameters or CommandNames.DrawAgain:
                var draws = interaction.Data.TextOf("name") == CommandNames.DrawAgain;
                return TalkAsync(interaction, draws, cancel => AboutAsync(interaction, target, draws, cancel), cancel);
            case Interaction.Component when DiscordButtons.Read(interaction.Data.TextOf("custom_id")) is { } pressed:
                return pressed.Verb == DiscordButtons.Edit ? EditAsync(interaction, pressed, cancel) : PressAsync(interaction, pressed, cancel);
            case Interaction.Modal when DiscordButtons.Read(interaction.Data.TextOf("custom_id")) is { Verb: DiscordButtons.Edit } form && EditForm.WordsIn(interaction.Data) is { } words:
                return TalkAsync(interaction, draws: true, _ => Task.FromResult(MessageOf(interaction) with { Text = $"/draw {words}", RepliedTo = On(interaction, form) }), cancel);
            case Interaction.Command:
                return answers.SayAsync(interaction, texts.UnknownCommand, cancel);
            default:
                return answers.SayAsync(interaction, texts.UnknownButton, cancel);
        }
    }

    private async Task ChooseAsync(Interaction interaction, CancellationToken cancel)
    {
        var choices = rules.RefusalFor(interaction.From) is null ? await autocomplete.ChoicesAsync(interaction.Data, interaction.From.UserId, interaction.From.Locale ?? "en", cancel) : [];
        await answers.ChooseAsync(interaction, choices, cancel);
    }

    /// <summary>Says at once that it is heard, and then what the bot says.</summary>
    private async Task TalkAsync(Interaction interaction, bool draws, Func<CancellationToken, Task<ChatMessage>> message, CancellationToken cancel, Func<IReadOnlyList<ChatReply>, Task>? after = null)
    {
        using var answering = open.Begin(interaction.Id);
        var first = await answers.DeferAsync(interaction, isEphemeral: !draws, cancel);
        // Whoever wanted to see something sees that nobody answered; a drawing is not lost, and comes into the channel.
        if (first == FirstAnswer.Missed && !draws) return;
        var saying = SayAsync();
        await ((Task)saying).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var said = saying.IsCompletedSuccessfully ? await saying : [new ChatReply { Text = DiscordTexts.Of(interaction.From.Locale).WentWrong }];
        await answers.ShowAsync(interaction, said, first, isPublic: draws, cancel);
        await saying;
        if (after is not null) await after(said);

        async Task<IReadOnlyList<ChatReply>> SayAsync() => await handler.HandleAsync(await message(cancel), cancel);
    }

    private Task PressAsync(Interaction interaction, Pressed pressed, CancellationToken cancel)
    {
        var on = interaction.Message?.IdOf("id") is { } message ? new ShownPlace(interaction.From.Channel, message) : (ShownPlace?)null;
        return TalkAsync(
            interaction, pressed.Draws, _ => Task.FromResult(MessageOf(interaction) with { Text = pressed.Words, RepliedTo = On(interaction, pressed) }), cancel,
            said => removal.RemoveAsync(said, interaction.From.User, on, cancel));
    }

    /// <summary>A form can only be the first answer: its parameters are looked up before.</summary>
    private async Task EditAsync(Interaction interaction, Pressed pressed, CancellationToken cancel)
    {
        var texts = DiscordTexts.Of(interaction.From.Locale);
        var asking = handler.HandleAsync(MessageOf(interaction) with { Text = $"/info {pressed.About}", RepliedTo = On(interaction, pressed) }, cancel);
        await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var said = asking.IsCompletedSuccessfully ? (await asking) is [var first, ..] ? first : null : null;
        if (said?.Infotext is not { } infotext) await answers.SayAsync(interaction, said is null ? texts.WentWrong : DiscordText.Cut(DiscordText.Plain(said.Text), DiscordText.Most), cancel);
        else if (EditForm.Of(pressed.About, infotext, texts) is { } form) await answers.AskAsync(interaction, form, cancel);
        else await answers.SayAsync(interaction, texts.TooLongToEdit, cancel);
        await asking;
    }

    /// <summary>What a command says, with the picture that was chosen for it.</summary>
    private async Task<ChatMessage> SaidAsync(Interaction interaction, CommandSaid said, CancellationToken cancel)
    {
        var (pictures, isOneLost) = await attachments.OfCommandAsync(interaction.Data, cancel);
        var message = MessageOf(interaction) with { Text = said.Text, Parameters = said.Parameters, Pictures = pictures };
        return isOneLost ? message with { Occasion = ChatOccasion.PictureLost } : message;
    }

    /// <summary>Parameters, or Draw again, of any message.</summary>
    private async Task<ChatMessage> AboutAsync(Interaction interaction, JsonElement target, bool draws, CancellationToken cancel)
    {
        var message = MessageOf(interaction);
        var isOurs = target.Of("author")?.IdOf("id") == (await self.GetAsync(cancel)).User;
        var reference = isOurs ? DiscordButtons.ReferenceIn(target) : null;
        var (pictures, isOneLost) = reference is null ? await attachments.GetAsync(target, cancel) : ([], false);
        if (pictures.Count == 0 && isOneLost) return message with { Occasion = ChatOccasion.PictureLost };
        var about = new RepliedMessage(target.TextOf("content") ?? "", pictures, reference) { IsOpen = true };
        return message with { Text = draws ? "/again" : "/info", RepliedTo = about };
    }

    /// <summary>The message that a button or a form is on: what stands there may be used by all who see it.</summary>
    private static RepliedMessage? On(Interaction interaction, Pressed pressed)
    {
        if (pressed.Reference is not { } reference || interaction.Message is not { } message) return null;
        return new RepliedMessage(message.TextOf("content") ?? "", [], reference) { IsOpen = DiscordButtons.ReferencesIn(message).Contains(reference, StringComparer.Ordinal) };
    }

    private ChatMessage MessageOf(Interaction interaction) => rules.MessageOf(interaction.Id.ToString(CultureInfo.InvariantCulture), interaction.Address, interaction.From);

    private static JsonElement TargetOf(JsonElement data) =>
        data.TextOf("target_id") is { } id ? data.Of("resolved")?.Of("messages")?.Of(id) ?? default : default;
}
