namespace DiffusionBot.Web.Chat;

/// <summary>A piece of a line's text.</summary>
/// <param name="Text">Never empty.</param>
/// <param name="IsInfotext">Whether it is a parameter text, to be folded and copied.</param>
public readonly record struct TextPart(string Text, bool IsInfotext);

/// <summary>Tells talk from parameter text in what the bot says.</summary>
public static class LineText
{
    /// <summary>The text's paragraphs; those that are a parameter text stand alone.</summary>
    /// <param name="text">Paragraphs are set apart by an empty line.</param>
    /// <param name="folds">Whether to look for parameter text at all.</param>
    public static IReadOnlyList<TextPart> Split(string text, bool folds)
    {
        if (!folds) return [new TextPart(text, false)];
        var parts = new List<TextPart>();
        foreach (var paragraph in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var isInfotext = IsInfotext(paragraph);
            // Prose goes on as it was; only what is folded is set apart.
            if (!isInfotext && parts.Count > 0 && !parts[^1].IsInfotext) parts[^1] = new TextPart($"{parts[^1].Text}\n\n{paragraph}", false);
            else parts.Add(new TextPart(paragraph, isInfotext));
        }
        return parts;
    }

    private static bool IsInfotext(string paragraph)
    {
        var last = paragraph.AsSpan(paragraph.LastIndexOf('\n') + 1);
        return last.StartsWith("Steps: ", StringComparison.Ordinal) && last.Contains("Seed: ", StringComparison.Ordinal);
    }
}
