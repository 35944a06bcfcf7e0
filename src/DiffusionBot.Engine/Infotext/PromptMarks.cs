namespace DiffusionBot.Engine.Infotext;

/// <summary>A place in a text of several lines.</summary>
internal readonly record struct TextPlace(int Line, int Column);

/// <summary>Where the negative prompt is announced, and where it begins.</summary>
internal readonly record struct NegativeMark(TextPlace Start, TextPlace TextStart);

/// <summary>The words that announce a prompt or a negative prompt, in two languages, with or without a colon.</summary>
internal static class PromptMarks
{
    private static readonly string[] negatives =
        ["negative prompt", "反向提示词", "负面提示词", "负向提示词", "反向关键词", "负面关键词", "反向提示", "负面提示", "反向词", "负面词", "反向咒语", "负面咒语"];

    private static readonly string[] headings = ["正向提示词", "正面提示词", "正向关键词", "关键词", "提示词", "正向词", "positive prompt", "prompt"];

    /// <summary>
    /// The first line that begins with a mark of the negative prompt; else a mark in the middle of a line, which needs a colon or a
    /// bracket behind it; else a second heading of a prompt, as articles print it.
    /// </summary>
    public static NegativeMark? FindNegative(IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (AfterNegative(lines[i]) is var text and > 0) return new NegativeMark(new TextPlace(i, 0), new TextPlace(i, text));
        }
        for (var i = 0; i < lines.Count; i++)
        {
            for (var at = 1; at < lines[i].Length; at++)
            {
                if (!char.IsWhiteSpace(lines[i][at - 1]) && !ParameterLabels.Separators.Contains(lines[i][at - 1], StringComparison.Ordinal)) continue;
                var end = NameEnd(lines[i], at, negatives);
                if (end < 0 || IsOfSecondPass(lines[i], at)) continue;
                var text = AfterColon(lines[i], end);
                if (text > end || StartsWithBracket(lines[i], ref text)) return new NegativeMark(new TextPlace(i, at), new TextPlace(i, text));
            }
        }
        if (AfterHeading(lines[0]) == 0) return null;
        for (var i = 1; i < lines.Count; i++)
        {
            if (AfterHeading(lines[i]) is var text and > 0) return new NegativeMark(new TextPlace(i, 0), new TextPlace(i, text));
        }
        return null;
    }

    /// <summary>Where a line goes on behind a mark of the negative prompt at its beginning; 0 where there is none.</summary>
    public static int AfterNegative(string line)
    {
        var end = NameEnd(line, 0, negatives);
        if (end < 0) return 0;
        var text = AfterColon(line, end);
        return text > end || StartsWithBracket(line, ref text) || end == line.Length || char.IsWhiteSpace(line[end]) ? text : 0;
    }

    /// <summary>Where a line goes on behind the heading of a prompt; 0 where it has none.</summary>
    public static int AfterHeading(string line)
    {
        var end = NameEnd(line, 0, headings);
        if (end < 0) return 0;
        var text = AfterColon(line, end);
        // "prompt" is an English word too, so there a space alone is not enough.
        return text > end || end == line.Length || (char.IsWhiteSpace(line[end]) && !char.IsAscii(line[0])) ? text : 0;
    }

    /// <summary>Whether the mark is the end of the label "Hires negative prompt".</summary>
    private static bool IsOfSecondPass(string line, int at) => line.AsSpan(0, at).TrimEnd().EndsWith("Hires", StringComparison.OrdinalIgnoreCase);

    private static int AfterColon(string line, int at)
    {
        var colon = at;
        while (colon < line.Length && char.IsWhiteSpace(line[colon])) colon++;
        return colon < line.Length && line[colon] is ':' or '：' ? colon + 1 : at;
    }

    private static bool StartsWithBracket(string line, ref int at)
    {
        var bracket = at;
        while (bracket < line.Length && char.IsWhiteSpace(line[bracket])) bracket++;
        if (bracket == line.Length || line[bracket] is not ('(' or '（')) return false;
        at = bracket;
        return true;
    }

    /// <summary>Where one of these names ends that begins at this place, or -1. A space in a name may be several, or none.</summary>
    private static int NameEnd(string line, int at, string[] names)
    {
        foreach (var name in names)
        {
            var end = ParameterLabels.NameEnd(line, at, name);
            if (end >= 0) return end;
        }
        return -1;
    }
}
