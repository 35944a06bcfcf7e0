using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiffusionBot.Web.Chat;

/// <summary>A line of the conversation as the transcript keeps it.</summary>
public sealed record ChatLine
{
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        // Chinese as it is: a third of the size. What is shown is encoded for HTML where it is shown.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>Of this form. Readers skip what they do not know.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Whether the visitor said it; else the bot.</summary>
    public bool FromVisitor { get; init; }

    public string Text { get; init; } = "";

    /// <summary>A parameter text, to be folded and copied; null: none.</summary>
    public string? Infotext { get; init; }

    public IReadOnlyList<LinePicture> Pictures { get; init; } = [];

    public IReadOnlyList<LineChoice> Choices { get; init; } = [];

    /// <summary>What the line is about, for the router; null: nothing.</summary>
    public string? Reference { get; init; }

    /// <summary>The beginning of the line that it answers; null: none.</summary>
    public string? Quote { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, json);

    /// <summary>Null where it is of no form that we know.</summary>
    public static ChatLine? FromJson(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<ChatLine>(body, json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A picture of a line.</summary>
/// <param name="Page">The path of its page; null: it has none.</param>
/// <param name="Inline">A small copy as a data URI, where there is no page to take it from.</param>
/// <param name="Description">In words.</param>
/// <param name="Width">Pixels, 0 where not known.</param>
/// <param name="Height">Pixels, 0 where not known.</param>
public sealed record LinePicture(string? Page, string? Inline, string Description, int Width, int Height);

/// <summary>A button of a line.</summary>
public sealed record LineChoice(string Label, string Words);

/// <summary>A line with its place in the conversation.</summary>
public sealed record ShownLine(long Id, DateTime At, ChatLine Line);
