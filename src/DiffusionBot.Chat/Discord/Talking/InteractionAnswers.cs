using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.Chat.Discord.Showing;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Talking;

/// <summary>How an interaction was first answered.</summary>
internal enum FirstAnswer
{
    /// <summary>In time.</summary>
    Given,

    /// <summary>Before, by a process that heard of it too: it may not have come further.</summary>
    GivenBefore,

    /// <summary>Too late, or Discord did not hear it: its user was told that nobody answered.</summary>
    Missed,
}

/// <summary>Answers interactions: at once that something is done, then with what is said.</summary>
internal sealed class InteractionAnswers(DiscordRest rest, DiscordMessages messages, DiscordReplies replies, LiveMessages live, DiscordSelf self, ILogger<InteractionAnswers> log)
{
    private const int Shows = 4, Defers = 5, Chooses = 8, Asks = 9;

    /// <summary>Within three seconds, whatever else there is to do.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2.5);

    /// <summary>"… is thinking", for all to see or only for the one who asked.</summary>
    public Task<FirstAnswer> DeferAsync(Interaction interaction, bool isEphemeral, CancellationToken cancel) =>
        AnswerAsync(interaction, Defers, isEphemeral ? new JsonObject { ["flags"] = DiscordPart.Ephemeral } : null, cancel);

    /// <summary>A text that only the one who asked sees.</summary>
    public Task<FirstAnswer> SayAsync(Interaction interaction, string text, CancellationToken cancel) => AnswerAsync(interaction, Shows, Ephemeral(new DiscordPart(text)), cancel);

    /// <summary>Choices while somebody types.</summary>
    public Task<FirstAnswer> ChooseAsync(Interaction interaction, JsonArray choices, CancellationToken cancel) => AnswerAsync(interaction, Chooses, new JsonObject { ["choices"] = choices }, cancel);

    /// <summary>A form to fill in.</summary>
    public Task<FirstAnswer> AskAsync(Interaction interaction, JsonObject modal, CancellationToken cancel) => AnswerAsync(interaction, Asks, modal, cancel);

    /// <summary>Shows what the bot says in the place of "… is thinking".</summary>
    /// <param name="interaction">What is answered.</param>
    /// <param name="said">What the bot says; nothing is said by nothing.</param>
    /// <param name="first">How it was answered before.</param>
    /// <param name="isPublic">Whether all see that it thinks.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task ShowAsync(Interaction interaction, IReadOnlyList<ChatReply> said, FirstAnswer first, bool isPublic, CancellationToken cancel)
    {
        if (first == FirstAnswer.Missed) return;
        try
        {
            var application = (await self.GetAsync(cancel)).Application;
            if (said.FirstOrDefault(reply => reply is { IsPromise: true, Reference: not null }) is { } promise)
            {
                await live.ChangeAsync(promise.Reference!, entry => PromiseAsync(application, interaction, promise, entry, cancel));
                return;
            }
            // Another process may have said it, or the result may be there already.
            if (first == FirstAnswer.GivenBefore) return;
            var parts = said.SelectMany(reply => replies.PartsOf(reply, interaction.From.Server, interaction.MostBytes)).ToList();
            // What only concerns who asked is not said to all.
            if (isPublic) await rest.SendAsync(DiscordRoute.DeleteOriginal(application, interaction.Token), cancel);
            for (var i = 0; i < parts.Count; i++)
            {
                if (i == 0 && !isPublic) await messages.EditOriginalAsync(application, interaction.Token, parts[0], cancel);
                else await messages.FollowUpAsync(application, interaction.Token, parts[i], isEphemeral: true, cancel);
            }
        }
        catch (DiscordException e)
        {
            DiscordLog.NotShown(log, e.Message);
        }
    }

    private async Task PromiseAsync(ulong application, Interaction interaction, ChatReply promise, LiveMessages.Live entry, CancellationToken cancel)
    {
        entry.Notes = NotesOf(promise);
        var place = await messages.EditOriginalAsync(application, interaction.Token, replies.PartsOf(promise, interaction.From.Server, interaction.MostBytes)[0], cancel);
        entry.Message = place.Message;
    }

    /// <summary>What stays of a promise while its first line goes on.</summary>
    public static string NotesOf(ChatReply promise) => promise.Text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? promise.Text[(end + 1)..].Trim() : "";

    private static JsonObject Ephemeral(DiscordPart part)
    {
        var data = part.ToBody();
        data["flags"] = DiscordPart.Ephemeral;
        return data;
    }

    private async Task<FirstAnswer> AnswerAsync(Interaction interaction, int type, JsonObject? data, CancellationToken cancel)
    {
        var body = new JsonObject { ["type"] = type };
        if (data is not null) body["data"] = data;
        try
        {
            await rest.SendAsync(new DiscordCall(DiscordRoute.Answer(interaction.Id, interaction.Token)) { Body = body, Patience = patience, LongestWait = patience }, cancel);
            return FirstAnswer.Given;
        }
        catch (DiscordException e) when (e.Code == DiscordCode.AlreadyAnswered)
        {
            return FirstAnswer.GivenBefore;
        }
        catch (DiscordException e)
        {
            DiscordLog.TooLate(log, interaction.Id, e.Message);
            return FirstAnswer.Missed;
        }
    }
}
