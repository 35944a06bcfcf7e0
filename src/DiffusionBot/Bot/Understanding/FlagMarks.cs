using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>A flag in a line.</summary>
/// <param name="Start">Where its dashes begin.</param>
/// <param name="NameStart">Where its name begins.</param>
/// <param name="NameEnd">Where its name ends.</param>
/// <param name="ValueStart">Where a value would begin.</param>
/// <param name="Flag">Which; null: it looks like a flag and is none.</param>
internal readonly record struct FlagMark(int Start, int NameStart, int NameEnd, int ValueStart, Flag? Flag);

/// <summary>
/// Finds flags: two dashes, or what phones and articles make of them, at the beginning of a word and directly before a name. Nothing in quotes
/// or between angle brackets is one, nor what stands behind a backslash.
/// </summary>
internal static class FlagMarks
{
    private const string UseThePicture = "用上图";

    private const int LongestBrackets = 200;   // <lora:name:1>

    /// <summary>What is looked at of a value to see whether it is one.</summary>
    private const int ValueAhead = 48;

    /// <summary>How long a Chinese word may be that is taken for a misspelt flag.</summary>
    private const int LongestChinese = 6;

    /// <summary>The flags of a line, in order.</summary>
    /// <param name="line">Without line breaks.</param>
    /// <param name="escapes">Gets the places of backslashes that only keep dashes from being a flag's.</param>
    public static List<FlagMark> Of(string line, List<int>? escapes = null)
    {
        var marks = new List<FlagMark>();
        var quotesClose = true;   // looked for once: a line may be nothing but quotes
        for (var at = 0; at < line.Length;)
        {
            if (line[at] == '\\' && IsBoundary(line, at) && Dashes(line, at + 1).Length > 0)
            {
                escapes?.Add(at);
                at += 1 + Dashes(line, at + 1).Length;
            }
            else if (line[at] == '<')
            {
                at += BracketsLength(line, at);
            }
            else if (FlagValues.QuoteThatCloses(line[at]) is { } closing && quotesClose && IsBoundary(line, at))
            {
                var end = line.IndexOf(closing, at + 1);
                quotesClose = end >= 0;
                at = end < 0 || (end + 1 < line.Length && char.IsLetterOrDigit(line[end + 1]) && char.IsAscii(line[end + 1])) ? at + 1 : end + 1;
            }
            else if (Spoken(line, at) is { } spoken)
            {
                marks.Add(spoken);
                at = spoken.NameEnd;
            }
            else if (At(line, at) is { } mark)
            {
                marks.Add(mark);
                at = Math.Max(mark.NameEnd, at + 1);
            }
            else
            {
                at++;
            }
        }
        return marks;
    }

    /// <summary>Words that say what a flag says, and stand alone at the end of a message or before a comma: 画一只猫 用上图.</summary>
    private static FlagMark? Spoken(string line, int at)
    {
        if (line[at] != UseThePicture[0] || !IsBoundary(line, at) || string.CompareOrdinal(line, at, UseThePicture, 0, UseThePicture.Length) != 0) return null;
        var end = at + UseThePicture.Length;
        return MayFollow(line, end, FlagKind.None) ? new FlagMark(at, at, end, end, Flags.Find(UseThePicture)) : null;
    }

    private static FlagMark? At(string line, int at)
    {
        var (length, isPlain) = Dashes(line, at);
        if (length == 0 || !IsBoundary(line, at)) return null;
        var name = at + length;
        if (name >= line.Length || !char.IsLetter(line[name])) return null;

        if (Named(line, at, name) is { } mark) return Believed(line, mark, isPlain);

        // Whatever else: dropped where it can only have been meant as a flag.
        if (!isPlain || !(at == 0 || char.IsWhiteSpace(line[at - 1]) || FlagValues.Separators.Contains(line[at - 1]))) return null;
        var end = AsciiEnd(line, name);
        if (end > name) return new FlagMark(at, name, end, ValueStart(line, end, null), null);
        while (end < line.Length && char.IsLetter(line[end]) && end - name <= LongestChinese) end++;
        return end - name <= LongestChinese && Flags.Nearest(line[name..end]) is not null ? new FlagMark(at, name, end, ValueStart(line, end, null), null) : null;
    }

    /// <summary>The flag whose name is at a place, and ends there; null: there is none.</summary>
    public static FlagMark? Named(string line, int start, int name)
    {
        if (Flags.FindChinese(line.AsSpan(name)) is var (chinese, chineseLength) && MayFollow(line, name + chineseLength, chinese.Kind))
            return new FlagMark(start, name, name + chineseLength, ValueStart(line, name + chineseLength, chinese), chinese);
        var end = AsciiEnd(line, name);
        if (Flags.Find(line[name..end]) is { } flag) return new FlagMark(start, name, end, ValueStart(line, end, flag), flag);
        // Only a number can stand directly behind a name: --steps30.
        var letters = name;
        while (letters < end && !char.IsAsciiDigit(line[letters])) letters++;
        return letters < end && Flags.Find(line[name..letters]) is { Kind.IsNumeric: true } direct ? new FlagMark(start, name, letters, letters, direct) : null;
    }

    private static int AsciiEnd(string line, int at)
    {
        while (at < line.Length && (char.IsAsciiLetterOrDigit(line[at]) || line[at] is '-' or '_')) at++;
        return at;
    }

    /// <summary>A long dash is punctuation too: before a flag that takes a number it counts only where there is one.</summary>
    private static FlagMark? Believed(string line, FlagMark mark, bool isPlain)
    {
        if (isPlain || mark.Flag is not { Kind.IsNumeric: true } flag) return mark;
        var value = line[mark.ValueStart..Math.Min(line.Length, mark.ValueStart + ValueAhead)];
        return flag.Kind.Read(value).Value is null ? null : mark;
    }

    /// <summary>Two hyphens, narrow or wide; or one or two of the long dashes.</summary>
    private static (int Length, bool IsPlain) Dashes(string line, int at)
    {
        if (at >= line.Length) return default;
        var run = 1;
        while (run < 3 && at + run < line.Length && line[at + run] == line[at]) run++;
        return line[at] switch
        {
            '-' or '－' => run == 2 ? (2, true) : default,
            '—' or '–' or '―' => run < 3 ? (run, false) : default,
            _ => default,
        };
    }

    /// <summary>Whether a word can begin here. Chinese has no spaces, so behind it one can; behind a Latin letter or digit none does.</summary>
    private static bool IsBoundary(string line, int at) =>
        at == 0 || char.IsWhiteSpace(line[at - 1]) || line[at - 1] is ',' or ';' or '|' or ')' or ']' or '}' or '>' or '"' || (line[at - 1] > '\u2e7f' && line[at - 1] != '－');

    private static bool MayFollow(string line, int at, FlagKind kind)
    {
        if (at >= line.Length || char.IsWhiteSpace(line[at]) || FlagValues.Separators.Contains(line[at])) return true;
        if (kind == FlagKind.None) return false;
        if (IsColon(line[at]) || FlagValues.QuoteThatCloses(line[at]) is not null) return true;
        return kind.IsNumeric && Numerals.AtStart(Numerals.Narrow(line[at..Math.Min(line.Length, at + 2)])).Number is not null;
    }

    private static int ValueStart(string line, int at, Flag? flag)
    {
        if (flag?.Kind == FlagKind.None) return at;
        var start = SkipSpaces(line, at);
        return start < line.Length && IsColon(line[start]) ? SkipSpaces(line, start + 1) : start;
    }

    private static int SkipSpaces(string line, int at)
    {
        while (at < line.Length && char.IsWhiteSpace(line[at])) at++;
        return at;
    }

    internal static bool IsColon(char c) => c is ':' or '：' or '=' or '＝';

    /// <summary>How much to pass over at an angle bracket: `&lt;lora:…&gt;`, or the bracket alone.</summary>
    private static int BracketsLength(string line, int at)
    {
        var end = line.AsSpan(at, Math.Min(line.Length - at, LongestBrackets)).IndexOf('>');
        return end < 0 || at + 1 >= line.Length || !char.IsLetter(line[at + 1]) ? 1 : end + 1;
    }
}
