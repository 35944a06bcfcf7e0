using System.Text;

namespace DiffusionBot.Engine.Infotext;

/// <summary>
/// Reads a parameter text exactly as WebUI 1.10 does: for text stored in pictures. The last line holds the parameters if at
/// least three pairs are found in it; a line that starts with "Negative prompt:" ends the prompt. Any text is accepted.
/// </summary>
public static class StrictInfotextReader
{
    internal const string NegativeMark = "Negative prompt:";
    private const int FewestPairs = 3;

    /// <summary>What the text says. Pairs with an empty value are dropped; of a label that comes twice the last value counts.</summary>
    public static InfotextValues Read(string text)
    {
        var lines = text.Trim().Split('\n');
        var pairs = Pairs(lines[^1]);
        var hasParameters = pairs.Count >= FewestPairs;

        var (prompt, negative) = (new StringBuilder(), new StringBuilder());
        var current = prompt;
        foreach (var raw in hasParameters ? lines.AsSpan(..^1) : lines)
        {
            var line = raw.Trim();
            if (line.StartsWith(NegativeMark, StringComparison.Ordinal))
            {
                current = negative;
                line = line[NegativeMark.Length..].Trim();
            }
            if (current.Length > 0) current.Append('\n');
            current.Append(line);
        }

        var parameters = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        if (hasParameters)
        {
            foreach (var (key, value) in pairs)
            {
                // WebUI keeps the two prompts among the parameters, where they replace pairs of that name.
                if (value.Length > 0 && key is not ("Prompt" or "Negative prompt")) parameters[key] = InfotextQuoting.Unquote(value);
            }
        }
        return OldForms.Convert(new InfotextValues(prompt.ToString(), negative.ToString(), parameters));
    }

    /// <summary>
    /// The pairs of a line, values as they stand there. Finds what WebUI's pattern finds,
    /// <c>\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)</c>, but in one pass: on a long line without colons the pattern takes
    /// time by the square of its length.
    /// </summary>
    internal static List<(string Key, string Value)> Pairs(string line)
    {
        var pairs = new List<(string Key, string Value)>();
        var from = 0;
        for (int colon; (colon = line.IndexOf(':', from)) >= 0;)
        {
            var key = KeyStart(line, from, colon);
            if (key < 0)
            {
                from = colon + 1;
                continue;
            }
            var value = colon + 1;
            while (value < line.Length && char.IsWhiteSpace(line[value])) value++;
            var end = value + InfotextQuoting.QuotedLength(line.AsSpan(value));
            if (end <= value + 2 || (end < line.Length && line[end] != ','))
            {
                end = line.IndexOf(',', value);
                if (end < 0) end = line.Length;
            }
            pairs.Add((line[key..colon], line[value..end]));
            from = Math.Min(end + 1, line.Length);
        }
        return pairs;
    }

    /// <summary>Where the label before a colon begins: a word character, then at least one of word, space, hyphen, slash. -1: no label.</summary>
    private static int KeyStart(string line, int from, int colon)
    {
        var start = colon;
        while (start > from && (IsWord(line[start - 1]) || line[start - 1] is ' ' or '-' or '/')) start--;
        while (start < colon && !IsWord(line[start])) start++;
        return start + 1 < colon ? start : -1;
    }

    internal static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
