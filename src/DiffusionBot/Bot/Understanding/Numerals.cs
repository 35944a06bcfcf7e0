using System.Globalization;
using System.Text;

namespace DiffusionBot.Bot.Understanding;

/// <summary>Numbers as people type them: 30, ３０, 7.5, 三十, 一百二十, 七点五.</summary>
internal static class Numerals
{
    private const string Digits = "零一二三四五六七八九";

    /// <summary>A longer number fits nowhere.</summary>
    private const int Longest = 40;

    /// <summary>The text with full-width letters, digits and signs as ASCII ones, character by character.</summary>
    public static string Narrow(string text) => text.AsSpan().IndexOfAnyInRange('\uff01', '\uff5e') < 0 && !text.Contains('\u3000', StringComparison.Ordinal)
        ? text
        : string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = from[i] is >= '\uff01' and <= '\uff5e' ? (char)(from[i] - 0xfee0) : from[i] == '\u3000' ? ' ' : from[i];
        });

    /// <summary>The number that a narrow text begins with, in ASCII digits, and its length there; (null, 0) where there is none.</summary>
    public static (string? Number, int Length) AtStart(ReadOnlySpan<char> text)
    {
        var at = text.Length > 0 && text[0] is '+' or '-' or '−' ? 1 : 0;
        var sign = at == 1 && text[0] != '+' ? "-" : "";
        var end = at + DigitsLength(text[at..]);
        if (end == at && !(at < text.Length && text[at] == '.'))
        {
            var (chinese, length) = Chinese(text[at..]);
            return length == 0 ? (null, 0) : (sign + chinese, at + length);
        }
        if (end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1])) end += 1 + DigitsLength(text[(end + 1)..]);
        return end == at || end > Longest ? (null, 0) : ($"{sign}{(text[at] == '.' ? "0" : "")}{text[at..end]}", end);
    }

    private static int DigitsLength(ReadOnlySpan<char> text)
    {
        var other = text.IndexOfAnyExceptInRange('0', '9');
        return other < 0 ? text.Length : other;
    }

    /// <summary>Up to 9999, with or without what stands behind 点.</summary>
    private static (string Number, int Length) Chinese(ReadOnlySpan<char> text)
    {
        var (sum, digit, at, plain) = (0, -1, 0, new StringBuilder());
        for (; at < text.Length && at < Longest; at++)
        {
            if (DigitOf(text[at]) is var d and >= 0)
            {
                digit = d;
                plain.Append(d);
                continue;
            }
            var unit = text[at] switch { '十' => 10, '百' => 100, '千' => 1000, _ => 0 };
            if (unit == 0) break;
            sum += (digit < 0 ? 1 : digit) * unit;
            (digit, plain) = (-1, new StringBuilder());
        }
        if (at == 0) return ("", 0);
        // 二五 is 25, as people say years and seeds; behind a unit one digit counts ones.
        var whole = sum == 0 ? plain.ToString() : (sum + Math.Max(digit, 0)).ToString(CultureInfo.InvariantCulture);
        if (at + 1 >= text.Length || text[at] != '点' || DigitOf(text[at + 1]) < 0) return (whole, at);
        var fraction = new StringBuilder();
        for (at++; at < text.Length && at < Longest && DigitOf(text[at]) is var d and >= 0; at++) fraction.Append(d);
        return ($"{whole}.{fraction}", at);
    }

    private static int DigitOf(char c) => c switch { '〇' => 0, '两' => 2, _ => Digits.IndexOf(c, StringComparison.Ordinal) };
}
