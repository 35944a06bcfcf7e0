using System.Globalization;
using System.Text;

namespace DiffusionBot.Engine.Prompts;

/// <summary>
/// WebUI's emphasis: (a) is 1.1, [a] is 1/1.1, (a:1.3) is 1.3, nested they multiply; \( \) \[ \] \\ are the characters themselves.
/// Brackets that are never closed hold to the end. BREAK as a word of its own is a part of its own.
/// </summary>
internal static class PromptAttention
{
    private const double Round = 1.1;
    private const double Square = 1 / 1.1;

    /// <summary>The word that starts a new chunk, with its mark of a weight.</summary>
    public static (string Text, double Weight) Break { get; } = ("BREAK", -1);

    /// <summary>The parts of a prompt and their weights, in order; never empty. Neighbours of equal weight are one part.</summary>
    public static IReadOnlyList<(string Text, double Weight)> Parse(string prompt)
    {
        var parts = new List<(string Text, double Weight)>();
        var round = new Stack<int>();    // which part each open bracket stands before
        var square = new Stack<int>();
        for (var at = 0; at < prompt.Length;)
        {
            var rest = prompt.AsSpan(at);
            var length = 1;
            switch (rest[0])
            {
                case '\\':
                    length = rest.Length > 1 && rest[1] is '(' or ')' or '[' or ']' or '\\' ? 2 : 1;
                    parts.Add((rest[1..length].ToString(), 1));
                    break;
                case '(':
                    round.Push(parts.Count);
                    break;
                case '[':
                    square.Push(parts.Count);
                    break;
                case ')' when round.Count > 0:
                    Multiply(parts, round.Pop(), Round);
                    break;
                case ']' when square.Count > 0:
                    Multiply(parts, square.Pop(), Square);
                    break;
                case ':' when WeightLength(rest, out var weight) is var found and > 0:
                    length = found;
                    if (round.Count > 0) Multiply(parts, round.Pop(), weight);
                    else AddText(parts, rest[..length]);
                    break;
                case ')' or ']' or ':':
                    AddText(parts, rest[..1]);
                    break;
                default:
                    while (length < rest.Length && !IsSpecial(rest[length])) length++;
                    AddText(parts, rest[..length]);
                    break;
            }
            at += length;
        }
        foreach (var open in round) Multiply(parts, open, Round);
        foreach (var open in square) Multiply(parts, open, Square);
        return parts.Count == 0 ? [("", 1)] : Merge(parts);
    }

    // Not a SearchValues: building one costs a cold start more than all prompts of a day.
    private static bool IsSpecial(char c) => c is '\\' or '(' or ')' or '[' or ']' or ':';

    private static void Multiply(List<(string Text, double Weight)> parts, int from, double factor)
    {
        for (var i = from; i < parts.Count; i++) parts[i] = (parts[i].Text, parts[i].Weight * factor);
    }

    private static List<(string Text, double Weight)> Merge(List<(string Text, double Weight)> parts)
    {
        var merged = new List<(string Text, double Weight)>();
        var text = new StringBuilder();
        for (var i = 0; i < parts.Count; i++)
        {
            text.Append(parts[i].Text);
            if (i + 1 < parts.Count && parts[i + 1].Weight.Equals(parts[i].Weight)) continue;
            merged.Add((text.ToString(), parts[i].Weight));
            text.Clear();
        }
        return merged;
    }

    /// <summary>The length of ": 1.3 )" at the start of a text, or 0. 1.2.3 is no number, and so no weight.</summary>
    private static int WeightLength(ReadOnlySpan<char> text, out double weight)
    {
        weight = 1;
        var number = 1;
        while (number < text.Length && char.IsWhiteSpace(text[number])) number++;
        var end = number;
        if (end < text.Length && text[end] is '+' or '-') end++;
        var digits = end;
        while (end < text.Length && (text[end] == '.' || char.IsDigit(text[end]))) end++;
        if (end == digits) return 0;
        var close = end;
        while (close < text.Length && char.IsWhiteSpace(text[close])) close++;
        if (close >= text.Length || text[close] != ')') return 0;

        // Any script's digits count: Python's float reads them too.
        var ascii = new StringBuilder();
        foreach (var c in text[number..end]) ascii.Append(char.IsDigit(c) ? (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c)) : c);
        return double.TryParse(ascii.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out weight) && double.IsFinite(weight) ? close + 1 : 0;
    }

    private static void AddText(List<(string Text, double Weight)> parts, ReadOnlySpan<char> text)
    {
        var from = 0;
        for (var at = 0; (at = IndexOfBreak(text, at)) >= 0;)
        {
            parts.Add((text[from..at].TrimEnd().ToString(), 1));
            parts.Add(Break);
            from = at + Break.Text.Length;
            while (from < text.Length && char.IsWhiteSpace(text[from])) from++;
            at = from;
        }
        parts.Add((text[from..].ToString(), 1));
    }

    private static int IndexOfBreak(ReadOnlySpan<char> text, int from)
    {
        for (var at = from; at < text.Length; at++)
        {
            var next = text[at..].IndexOf(Break.Text, StringComparison.Ordinal);
            if (next < 0) return -1;
            at += next;
            var end = at + Break.Text.Length;
            if ((at == 0 || !IsWord(text[at - 1])) && (end == text.Length || !IsWord(text[end]))) return at;
        }
        return -1;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
