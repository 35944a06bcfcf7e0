using System.Text;

namespace DiffusionBot.Engine.Prompts;

/// <summary>Comments in prompts, as WebUI has them: # and what follows, to the end of the line.</summary>
public static class PromptComments
{
    /// <summary>The prompt without comments. A line that is nothing but one is gone; of another a line break is left.</summary>
    public static string Strip(string prompt) =>
        prompt.Contains('#', StringComparison.Ordinal) ? Without(Without(prompt, wholeLines: true), wholeLines: false) : prompt;

    /// <summary>Without those that begin a line, which take the break before them along; or without any.</summary>
    private static string Without(string text, bool wholeLines)
    {
        var kept = new StringBuilder(text.Length);
        var from = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '#') continue;
            // The break that ended another comment is gone with it.
            var beginsLine = at == 0 || (at > from && text[at - 1] == '\n');
            if (wholeLines && !beginsLine) continue;
            kept.Append(text.AsSpan(from, at - from - (wholeLines && at > 0 ? 1 : 0))).Append('\n');
            var end = text.IndexOf('\n', at);
            from = end < 0 ? text.Length : end + 1;
            at = from - 1;
        }
        return kept.Append(text.AsSpan(from)).ToString();
    }
}
