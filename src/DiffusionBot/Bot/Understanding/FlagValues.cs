using System.Buffers;
using System.Globalization;
using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>Reads the values of flags: each function takes as much of a text's beginning as is a value of its kind.</summary>
internal static class FlagValues
{
    /// <summary>What may follow a number without being part of it.</summary>
    private static readonly string[] units = ["pixels", "px", "steps", "像素", "步", "张", "倍", "个", "幅", "层", "次"];

    private static readonly SearchValues<char> endsOfNames = SearchValues.Create(",，;；。、");

    private const string ClosingBrackets = ")]}>）】》」』”\"'";

    /// <summary>A number of which a condition holds.</summary>
    public static ReadValue Number(string text, Func<string, bool> fits)
    {
        var narrow = Numerals.Narrow(text);
        var (number, length) = Numerals.AtStart(narrow);
        if (number is null || !fits(number)) return default;
        length = AfterUnit(narrow, length);
        return EndsAt(narrow, length) ? new ReadValue(number, length) : default;
    }

    /// <summary>Two whole numbers; one alone is both.</summary>
    public static ReadValue Pair(string text, string between, char canonical)
    {
        var narrow = Numerals.Narrow(text);
        var (first, length) = Edge(narrow, 0);
        if (first is null) return default;
        var at = SkipSpaces(narrow, length);
        if (at < narrow.Length && between.Contains(narrow[at], StringComparison.Ordinal)
            && Edge(narrow, SkipSpaces(narrow, at + 1)) is (int second, var end) && EndsAt(narrow, end)) return new ReadValue($"{first}{canonical}{second}", end);
        return EndsAt(narrow, length) ? new ReadValue($"{first}{canonical}{first}", length) : default;
    }

    /// <summary>16:9, 16：9, 16/9, 16x9, 1.5:1; 1:8 to 8:1.</summary>
    public static ReadValue Ratio(string text)
    {
        const int Most = 8;
        var narrow = Numerals.Narrow(text);
        var (wide, length) = Numerals.AtStart(narrow);
        var at = SkipSpaces(narrow, length);
        if (wide is null || at >= narrow.Length || !":/xX×*比".Contains(narrow[at], StringComparison.Ordinal)) return default;
        at = SkipSpaces(narrow, at + 1);
        var (high, more) = Numerals.AtStart(narrow.AsSpan(at));
        if (high is null || !EndsAt(narrow, at + more) || !TryParse(wide, out var w) || !TryParse(high, out var h) || w / h > Most || h / w > Most) return default;
        // 1.5:1 is 150:100.
        var scale = w == Math.Floor(w) && h == Math.Floor(h) ? 1 : 100;
        var ratio = new AspectRatio((int)Math.Round(w * scale), (int)Math.Round(h * scale));
        return ratio is { Width: > 0, Height: > 0 } ? new ReadValue(ratio.ToString(), at + more) : default;

        static bool TryParse(string number, out double value) =>
            double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && value is > 0 and < 100_000;
    }

    /// <summary>Up to a comma or the end.</summary>
    public static ReadValue Name(string text)
    {
        if (Quoted(text) is { Value: not null } quoted) return quoted.Value.Length > 0 ? quoted : default;
        var end = text.AsSpan().IndexOfAny(endsOfNames);
        var value = (end < 0 ? text : text[..end]).Trim();
        return new ReadValue(value.Length == 0 ? null : value, end < 0 ? text.Length : end);
    }

    /// <summary>The longest beginning of the text that a condition knows as a name, up to five words; where it knows none, what <see cref="Name"/> takes.</summary>
    public static ReadValue KnownName(string text, Func<string, bool> isKnown)
    {
        const int MostWords = 5;
        var all = Name(text);
        if (all.Value is not { } name || isKnown(name)) return all;
        var ends = new List<int>();
        for (var at = 0; at < name.Length && ends.Count < MostWords; at++)
        {
            if (char.IsWhiteSpace(name[at]) || (at > 0 && char.IsAscii(name[at - 1]) && !char.IsAscii(name[at]))) ends.Add(at);
        }
        var start = text.IndexOf(name, StringComparison.Ordinal);
        for (var i = ends.Count - 1; i >= 0; i--)
        {
            if (isKnown(name[..ends[i]])) return new ReadValue(name[..ends[i]].Trim(), start + ends[i]);
        }
        return all;
    }

    /// <summary>All there is; in quotes it may be nothing.</summary>
    public static ReadValue Words(string text)
    {
        if (Quoted(text) is { Value: not null } quoted) return quoted;
        var value = text.Trim().TrimEnd([' ', '\t', .. Separators]);
        return new ReadValue(value.Length == 0 ? null : value, text.Length);
    }

    /// <summary>gpu, nv or cpu.</summary>
    public static ReadValue Rng(string text)
    {
        foreach (var (name, value) in new[] { ("gpu", "gpu"), ("cuda", "gpu"), ("nv", "gpu"), ("cpu", "cpu") })
        {
            if (IsWord(text, name)) return new ReadValue(value, name.Length);
        }
        return default;
    }

    /// <summary>What stands before the first white space.</summary>
    public static ReadValue Word(string text)
    {
        if (Quoted(text) is { Value: not null } quoted) return quoted;
        var end = WordLength(text);
        return end == 0 ? default : new ReadValue(text[..end], end);
    }

    /// <summary>Whether a text begins with a word that ends there.</summary>
    public static bool IsWord(string text, string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase) && EndsAt(text, word.Length);

    /// <summary>How long the first word is; commas and the like are not part of it.</summary>
    public static int WordLength(string text)
    {
        var end = 0;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && !Separators.Contains(text[end])) end++;
        return end;
    }

    /// <summary>The characters between a list's items.</summary>
    public static ReadOnlySpan<char> Separators => ",，;；、|。";

    /// <summary>Whether a value may end here: at white space, a comma, a bracket that closes, or before another script.</summary>
    private static bool EndsAt(string text, int at)
    {
        if (at >= text.Length) return true;
        var c = text[at];
        if (c == '.') return at + 1 >= text.Length || char.IsWhiteSpace(text[at + 1]);
        return char.IsWhiteSpace(c) || Separators.Contains(c) || ClosingBrackets.Contains(c, StringComparison.Ordinal) || !char.IsAscii(c);
    }

    private static ReadValue Quoted(string text)
    {
        if (text.Length < 2 || QuoteThatCloses(text[0]) is not { } closing) return default;
        var end = text.IndexOf(closing, 1);
        return end < 0 ? default : new ReadValue(text[1..end].Trim(), end + 1);
    }

    /// <summary>The quote that ends what this one begins; null for what is no quote.</summary>
    public static char? QuoteThatCloses(char c) => c switch { '"' => '"', '“' => '”', '「' => '」', '”' => '”', _ => null };

    private static (int? Edge, int End) Edge(string text, int at)
    {
        var (number, length) = Numerals.AtStart(text.AsSpan(at));
        return number is not null && int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var edge) ? (edge, AfterUnit(text, at + length)) : (null, at);
    }

    private static int AfterUnit(string text, int at) =>
        at + (Array.Find(units, unit => text.AsSpan(at).StartsWith(unit, StringComparison.OrdinalIgnoreCase)) ?? "").Length;

    private static int SkipSpaces(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t') at++;
        return at;
    }
}
