using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace DiffusionBot.Generation.Translation;

/// <summary>A prompt to be sent away: what is not language stays here, and marks (⟦1⟧, ⟦2⟧) go in its place.</summary>
internal sealed partial class MaskedPrompt
{
    private static readonly SearchValues<char> markup = SearchValues.Create("()[]{}<>|\\:⟦⟧");

    private readonly string original;
    private readonly List<string> kept = [];

    private MaskedPrompt(string text)
    {
        original = text;
        Text = Kept().Replace(text, m =>
        {
            kept.Add(m.Value);
            return $" ⟦{kept.Count}⟧ ";
        });
    }

    /// <summary>What is sent.</summary>
    public string Text { get; }

    /// <summary>Null for a prompt that has such marks itself.</summary>
    public static MaskedPrompt? Of(string text) => text.AsSpan().IndexOfAny('⟦', '⟧') < 0 ? new(text) : null;

    /// <summary>The answer with what was kept in its place; null where a mark is missing, double or moved, or where the answer is no translation.</summary>
    public string? Unmask(string answer)
    {
        // Models that think aloud do so before they answer.
        var thought = answer.LastIndexOf("</think>", StringComparison.Ordinal);
        if (thought >= 0) answer = answer[(thought + "</think>".Length)..];
        answer = answer.Trim().Trim('"');
        if (answer.Length == 0 || answer.Length > 200 + (original.Length * 8) || Han.IsIn(answer) || (answer.Contains('\n', StringComparison.Ordinal) && !original.Contains('\n', StringComparison.Ordinal)))
            return null;
        var result = new StringBuilder(answer.Length + 100);
        var (next, at) = (0, 0);
        foreach (var mark in Mark().EnumerateMatches(answer))
        {
            var part = Between(answer, at, mark.Index);
            if (next == kept.Count || answer.Substring(mark.Index, mark.Length) != $"⟦{next + 1}⟧" || !IsLanguage(part)) return null;
            Append(result, part);
            Append(result, kept[next++]);
            at = mark.Index + mark.Length;
        }
        var last = Between(answer, at, answer.Length);
        if (next != kept.Count || !IsLanguage(last)) return null;
        Append(result, last);
        return result.ToString();
    }

    /// <summary>Marks were sent with spaces around them; what stood there is kept with them.</summary>
    private static string Between(string answer, int from, int to)
    {
        var part = answer.AsSpan(from, to - from);
        if (from > 0) part = part.TrimStart(' ');
        return (to < answer.Length ? part.TrimEnd(' ') : part).ToString();
    }

    /// <summary>Nothing of the markup that has to come from the prompt itself.</summary>
    private static bool IsLanguage(string part) => part.AsSpan().IndexOfAny(markup) < 0 && !Word().IsMatch(part);

    /// <summary>Between Chinese and a bracket there was no need for a space.</summary>
    private static void Append(StringBuilder result, string part)
    {
        if (part.Length == 0) return;
        if (result.Length > 0 && ((char.IsLetterOrDigit(result[^1]) && (char.IsLetterOrDigit(part[0]) || part[0] is '(' or '[' or '{' or '<' or '\\'))
            || (result[^1] is ')' or ']' or '}' or '>' && char.IsLetterOrDigit(part[0])))) result.Append(' ');
        result.Append(part);
    }

    /// <summary>What is not language: networks, escapes, weights with their bracket, brackets, BREAK and AND; neighbours are one.</summary>
    [GeneratedRegex(@"\s*(?:<\w+:[^>]*>|\\[()\[\]{}\\]|:\s*[-+]?[0-9.]*\s*[)\]]|[()\[\]{}|:<>\\]|\bBREAK\b|\bAND\b)(?:\s*(?:<\w+:[^>]*>|\\[()\[\]{}\\]|:\s*[-+]?[0-9.]*\s*[)\]]|[()\[\]{}|:<>\\]|\bBREAK\b|\bAND\b))*\s*", RegexOptions.NonBacktracking)]
    private static partial Regex Kept();

    [GeneratedRegex("⟦[0-9]{1,4}⟧", RegexOptions.NonBacktracking)]
    private static partial Regex Mark();

    [GeneratedRegex(@"\b(?:BREAK|AND)\b", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
