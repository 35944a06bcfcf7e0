using System.Text;

namespace DiffusionBot.Engine.Infotext;

/// <summary>The parameters at the end of a text that people pasted together: where they begin, and what they say.</summary>
internal static class ParameterBlock
{
    /// <summary>A wrapped block is longer than this only on purpose.</summary>
    private const int MostLines = 12;

    /// <summary>Unquoted JSON is looked through this far, so that brackets which never close cost little.</summary>
    private const int LongestBrackets = 4096;

    private static readonly string[] headings = ["生成参数", "参数设置", "设置", "参数", "parameters", "settings"];

    /// <summary>Where the parameters begin; null where there are none.</summary>
    /// <param name="lines">The text's lines, trimmed.</param>
    /// <param name="first">Before this place there are none.</param>
    /// <param name="hasNegative">Whether a negative prompt stands before: then one label is enough.</param>
    public static TextPlace? Find(IReadOnlyList<string> lines, TextPlace first, bool hasNegative)
    {
        // Upwards, as long as every line has a label. The block begins at the topmost line that begins with one...
        TextPlace? start = null;
        var (labels, labelsFromStart, counted) = (0, 0, 0);
        for (var i = lines.Count - 1; i >= first.Line && counted < MostLines; i--)
        {
            if (lines[i].Length == 0) continue;
            counted++;
            var from = i == first.Line && first.Column > 0 ? SkipSpaces(lines[i], first.Column) : AfterHeading(lines[i]);
            var found = Labels(lines[i], from);
            if (found.Count == 0 && from < lines[i].Length) break;
            labels += found.Count;
            if (from == lines[i].Length || found[0].Start == from)
            {
                (start, labelsFromStart) = (new TextPlace(i, i == first.Line && first.Column > 0 ? from : 0), labels);
            }
            else if (found.Count(l => l.Value != LabelValue.Text) >= 2)
            {
                // ... or in the middle of a line that goes on from the prompt, if it holds what a prompt does not.
                (start, labelsFromStart) = (new TextPlace(i, found.First(l => l.Value != LabelValue.Text).Start), labels);
            }
        }
        return labelsFromStart >= 2 || (labelsFromStart == 1 && hasNegative) ? start : null;
    }

    /// <summary>The pairs of a block, in order. What belongs to no label is left over; labels are <paramref name="taken"/> as they stand there, with their values.</summary>
    public static OrderedDictionary<string, string> Parse(string block, List<string> leftOver, ICollection<string> taken)
    {
        var parameters = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        var from = AfterHeading(block);
        taken.Add(block[..from]);
        for (var at = from; at < block.Length;)
        {
            if (char.IsWhiteSpace(block[at]) || ParameterLabels.Separators.Contains(block[at], StringComparison.Ordinal))
            {
                at++;
                continue;
            }
            var found = ParameterLabels.At(block, at, from) ?? UnknownLabel(block, at);
            var valueStart = found?.ValueStart ?? at;
            var valueEnd = ValueEnd(block, valueStart);
            var value = block[valueStart..valueEnd].Trim();
            if (found is null) leftOver.Add(value);
            else taken.Add(block[at..valueEnd]);
            if (found is not null && Cleaned(value, found.Value.Value) is { Length: > 0 } clean) parameters[found.Value.Label] = clean;
            at = Math.Max(valueEnd, at + 1);
        }
        if (parameters.TryGetValue("Size-1", out var width) && parameters.TryGetValue("Size-2", out var height)
            && ImageSize.TryParse($"{width}x{height}", out var size))
        {
            parameters["Size"] = size.ToString();
            parameters.Remove("Size-1");
            parameters.Remove("Size-2");
        }
        return parameters;
    }

    /// <summary>Where a line goes on behind a heading of the parameters; 0 where it has none.</summary>
    private static int AfterHeading(string line)
    {
        foreach (var heading in headings)
        {
            if (!line.StartsWith(heading, StringComparison.OrdinalIgnoreCase)) continue;
            var at = heading.Length;
            while (at < line.Length && (char.IsWhiteSpace(line[at]) || line[at] is ':' or '：')) at++;
            if (at > heading.Length || at == line.Length) return at;
        }
        return 0;
    }

    private static int SkipSpaces(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at;
    }

    private static List<FoundLabel> Labels(string line, int from)
    {
        var found = new List<FoundLabel>();
        var quotesClose = true;   // looked for once: a line may be nothing but quotes
        for (var at = from; at < line.Length;)
        {
            if (ParameterLabels.At(line, at, from) is { } label)
            {
                found.Add(label);
                at = ValueEnd(line, label.ValueStart);
                if (at <= label.Start) at = label.Start + 1;
            }
            else if (line[at] == '"' && quotesClose)
            {
                var quoted = InfotextQuoting.QuotedLength(line.AsSpan(at));
                quotesClose = quoted > 0;
                at += Math.Max(quoted, 1);
            }
            else
            {
                at++;
            }
        }
        return found;
    }

    /// <summary>A label that nobody knows, as WebUI's pattern has it: it is kept, with its value up to the comma.</summary>
    private static FoundLabel? UnknownLabel(string text, int at)
    {
        var end = at;
        while (end < text.Length && (StrictInfotextReader.IsWord(text[end]) || text[end] is ' ' or '-' or '/')) end++;
        if (end < at + 2 || end >= text.Length || text[end] is not (':' or '：') || !StrictInfotextReader.IsWord(text[at])) return null;
        return new FoundLabel(text[at..end].TrimEnd(), LabelValue.Text, at, SkipSpaces(text, end + 1));
    }

    /// <summary>A value ends at a comma, before a label that follows without one, or where its quotes or brackets close.</summary>
    private static int ValueEnd(string text, int at)
    {
        if (at >= text.Length) return text.Length;
        var closed = text[at] is '[' or '{' ? BracketsLength(text.AsSpan(at)) : InfotextQuoting.QuotedLength(text.AsSpan(at));
        for (at += closed; at < text.Length; at++)
        {
            if (text[at] == ',') break;
            var isSeparator = ParameterLabels.Separators.Contains(text[at], StringComparison.Ordinal);
            if (!isSeparator && !char.IsWhiteSpace(text[at])) continue;
            var next = at + 1;
            while (next < text.Length && (char.IsWhiteSpace(text[next]) || ParameterLabels.Separators.Contains(text[next], StringComparison.Ordinal))) next++;
            if (next == text.Length || ParameterLabels.At(text, next) is not null || (isSeparator && UnknownLabel(text, next) is not null)) break;
            if (!isSeparator) at = Math.Max(at, next - 2);   // one look a gap is enough
        }
        return at;
    }

    /// <summary>The length of unquoted JSON, as other programs write it, at the start of a text; 0 where it is not closed.</summary>
    private static int BracketsLength(ReadOnlySpan<char> text)
    {
        var depth = 0;
        text = text[..Math.Min(text.Length, LongestBrackets)];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') i += Math.Max(InfotextQuoting.QuotedLength(text[i..]) - 1, 0);
            else if (text[i] is '[' or '{') depth++;
            else if (text[i] is ']' or '}' && --depth == 0) return i + 1;
        }
        return 0;
    }

    private static string Cleaned(string value, LabelValue kind)
    {
        value = InfotextQuoting.Unquote(value).TrimEnd('。', '；', ';', '、', '，');
        if (kind is LabelValue.Text or LabelValue.Name) return value;
        var narrow = new StringBuilder(value.Length);
        foreach (var c in value) narrow.Append(c is > '\uff00' and < '\uff5f' ? (char)(c - 0xfee0) : c);
        return kind == LabelValue.Size && ImageSize.TryParse(narrow.ToString(), out var size) ? size.ToString() : narrow.ToString();
    }
}
