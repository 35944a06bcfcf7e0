using DiffusionBot.Bot.Rooms;
using DiffusionBot.Bot.Understanding;
using DiffusionBot.Chat;
using DiffusionBot.Engine;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot;

/// <summary>A message with all that answering it needs to know.</summary>
/// <param name="Message">What was said.</param>
/// <param name="User">By whom.</param>
/// <param name="Language">What to speak.</param>
/// <param name="Room">What was chosen for the room that it was said in.</param>
internal sealed record Talk(ChatMessage Message, StoredUser User, Language Language, RoomSettings Room)
{
    /// <summary>What to say, in that language.</summary>
    public BotTexts Texts { get; } = new(Language);

    /// <summary>What was chosen besides the words.</summary>
    public ChosenFlags Chosen { get; } = ChosenFlags.Of(Message.Parameters);

    /// <summary>Words that are drawn, with what was chosen besides.</summary>
    public DrawingWords WordsOf(string text) => Chosen.Before(CommandParser.ParseDrawing(text));

    /// <summary>What is said to who asked alone, where the place can do that: a refusal is nobody else's business.</summary>
    public static ChatReply Aside(string text) => new() { Text = text, IsEphemeral = true };

    /// <summary>Whether who asks keeps order where a request was made: in their room, or where there are none in the place.</summary>
    public bool Moderates(StoredRequest request) => Message.Author.IsModerator && request.Place == Message.Address.Place
        && (Message.Room is null || request.Address.StartsWith($"{Message.Room}/", StringComparison.Ordinal));

    /// <summary>The user's own choice, else the room's, else what the platform says, else the place's, else that of the words.</summary>
    public static Language LanguageOf(ChatMessage message, StoredUser user, string? roomLanguage, string? placeLanguage)
    {
        if (user.Language is { } chosen) return chosen;
        var told = roomLanguage ?? message.Locale ?? placeLanguage;
        if (told is not null) return told.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Language.Chinese : Language.English;
        return message.Text.Any(c => c is >= '\u4e00' and <= '\u9fff') ? Language.Chinese : Language.English;
    }
}
