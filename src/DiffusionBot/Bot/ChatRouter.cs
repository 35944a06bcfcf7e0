using DiffusionBot.Bot.Commands;
using DiffusionBot.Bot.Rooms;
using DiffusionBot.Bot.Understanding;
using DiffusionBot.Chat;
using DiffusionBot.Engine;
using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot;

/// <summary>Where chat meets generation: a message in, what to say at once out. What takes longer is delivered through the outbox.</summary>
internal sealed partial class ChatRouter(
    UserDirectory users, OutboxDoor outbox, PlaceDefaults places, RoomDirectory rooms, DrawCommands drawing, PictureCommands pictures, QueueCommands queue, SettingsCommands settings,
    ListCommands lists, RoomCommands moderation, SourcePictures sources, ILogger<ChatRouter> log) : IMessageHandler
{
    /// <summary>Answers a message. The same message again (by its id) asks for nothing twice.</summary>
    public async Task<IReadOnlyList<ChatReply>> HandleAsync(ChatMessage message, CancellationToken cancel)
    {
        using var scope = log.BeginScope("{Place} {MessageId}", message.Address.Place, message.Id);
        if (message.Occasion == ChatOccasion.Left)
        {
            await queue.CancelAllAsync(message.Author.Id, cancel);
            return [];
        }
        var user = await users.GreetAsync(message.Author.Id, message.Author.Name, cancel);
        var room = await rooms.OfAsync(message.Room, cancel);
        var talk = new Talk(message, user, Talk.LanguageOf(message, user, room.Language, places.LanguageOf(message.Address.Place)), room);
        if (user.IsBlocked) return Spoken(talk, [Talk.Aside(talk.Texts.Blocked)]);
        var parsed = CommandParser.Parse(message.Text);
        // A moderator can undo what another did.
        if (room.Blocked.Contains(user.Id) && !(parsed.Verb == Verb.Moderate && message.Author.IsModerator)) return Spoken(talk, [Talk.Aside(talk.Texts.BlockedInRoom)]);
        // What could not be shown before goes out now that the user is there; collecting counts it.
        if (user.HasWaitingReplies && parsed.Verb != Verb.Collect && !message.CollectsReplies) await outbox.ReleaseAsync(user.Id, message.Address.Value, cancel);
        if (message.Occasion == ChatOccasion.Said) await sources.KeepAsync(talk, cancel);
        LogMessage(log, parsed.Verb, message.Text.Length, message.Pictures.Count);
        try
        {
            return Spoken(talk, message.Occasion == ChatOccasion.Said ? await AnswerAsync(talk, parsed, cancel) : [AnswerOccasion(talk)]);
        }
        catch (EngineException e)
        {
            return Spoken(talk, [Talk.Aside(talk.Texts.In(e.Text))]);
        }
    }

    private static IReadOnlyList<ChatReply> Spoken(Talk talk, IReadOnlyList<ChatReply> replies) => [.. replies.Select(reply => reply with { Language = talk.Texts.Code })];

    private ChatReply AnswerOccasion(Talk talk) => talk.Message.Occasion switch
    {
        ChatOccasion.Arrived => drawing.Welcome(talk),
        ChatOccasion.PictureLost => talk.Texts.PictureLost,
        _ => talk.Texts.Unreadable,
    };

    private async Task<IReadOnlyList<ChatReply>> AnswerAsync(Talk talk, ParsedMessage parsed, CancellationToken cancel)
    {
        var (message, rest, words) = (talk.Message, parsed.Rest, talk.Chosen.Before(parsed.Words));
        switch (parsed.Verb)
        {
            case Verb.Draw when message.RepliedTo is null: return [await drawing.DrawAsync(talk, words, cancel)];
            case Verb.Draw when words.IsEmpty: return [await drawing.AgainAsync(talk, rest, cancel)];
            case Verb.Draw: return [await drawing.EditAsync(talk, words, cancel)];
            case Verb.Preset: return [await drawing.PresetAsync(talk, rest, cancel)];
            case Verb.Info: return await pictures.InfoAsync(talk, rest, cancel);
            case Verb.Again: return [await drawing.AgainAsync(talk, rest, cancel)];
            case Verb.Vary: return [await drawing.VaryAsync(talk, rest, cancel)];
            case Verb.Upscale: return [await drawing.UpscaleAsync(talk, rest, cancel)];
            case Verb.Cancel: return [await queue.CancelAsync(talk, rest, cancel)];
            case Verb.Queue: return [await queue.QueueAsync(talk, cancel)];
            case Verb.History: return [await queue.HistoryAsync(talk, cancel)];
            case Verb.Collect: return [await queue.CollectAsync(talk, rest, cancel)];
            case Verb.Delete: return [await queue.DeleteAsync(talk, rest, cancel)];
            case Verb.Models: return [await lists.ModelsAsync(talk, cancel)];
            case Verb.Samplers: return [ListCommands.Samplers(talk)];
            case Verb.Settings: return [await settings.SettingsAsync(talk, parsed, cancel)];
            case Verb.ForgetMe: return [await settings.ForgetAsync(talk, rest, cancel)];
            case Verb.Moderate: return [await moderation.ModerateAsync(talk, rest, cancel)];
            case Verb.Help: return [Help(talk, rest)];
        }
        if (message.Pictures.Count > 0 && words.IsEmpty) return await pictures.InfoAsync(talk, rest, cancel);
        if (message.RepliedTo is not null && !words.IsEmpty) return [await drawing.EditAsync(talk, words, cancel)];
        return [await drawing.DrawAsync(talk, words, cancel)];
    }

    private static ChatReply Help(Talk talk, string rest) =>
        rest.Length == 0 ? talk.Texts.Help : $"{talk.Texts.Help}\n\n{talk.Texts.HelpFlags}\n{Flags.Describe(talk.Language)}";

    [LoggerMessage(Level = LogLevel.Information, Message = "Message: {Verb}, {Characters} characters, {Pictures} pictures")]
    private static partial void LogMessage(ILogger log, Verb? verb, int characters, int pictures);
}
