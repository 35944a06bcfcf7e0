using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.WeChat.Talking;

/// <summary>What is known of a message that came, to all processes.</summary>
internal sealed record InboxEntry
{
    private static readonly JsonSerializerOptions json = new()
    {
        // As it is: a third of the bytes. It goes into no page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>When it came first.</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>How often it came.</summary>
    public int Tries { get; init; } = 1;

    /// <summary>The process that works on it.</summary>
    public required string Holder { get; init; }

    /// <summary>Until when that is believed to live, without another sign of life.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>What the bot said, without pictures' bytes; null: it has not yet.</summary>
    public IReadOnlyList<ChatReply>? Replies { get; init; }

    /// <summary>What WeChat is told, at every further try too; null: nothing yet.</summary>
    public InboxAnswer? Answer { get; init; }

    public string Write() => JsonSerializer.Serialize(this, json);

    public static InboxEntry Read(string text) => JsonSerializer.Deserialize<InboxEntry>(text, json) ?? throw new JsonException("A note of a message is empty.");
}

/// <summary>An answer as a note keeps it: a text, a card, or (with neither) `success`.</summary>
internal sealed record InboxAnswer(string? Text = null, NewsArticle? Card = null)
{
    [JsonIgnore]
    public PassiveReply? Reply => Text is not null ? new PassiveReply.Text(Text) : Card is not null ? new PassiveReply.News(Card) : null;
}
