using System.Text;
using System.Text.RegularExpressions;

namespace DiffusionBot.Generation.Moderation;

/// <summary>
/// A prompt as a word list must see it, whatever stands between its letters. Latin words stand in lines of words with single spaces around each;
/// Chinese in a line with nothing between its characters but the marks that end a phrase.
/// </summary>
/// <param name="Words">Every way to read the Latin words: brackets as spaces, brackets as nothing, dots within words as nothing, digits apart.</param>
/// <param name="Spelled">Words that are spelled letter by letter (`a b c`), joined.</param>
/// <param name="Chinese">The text without spaces, brackets and marks.</param>
internal sealed partial record PromptViews(IReadOnlyList<string> Words, IReadOnlyList<string> Spelled, string Chinese)
{
    public static PromptViews Of(string prompt)
    {
        var folded = LetterFold.Fold(prompt);
        var open = Weight().Replace(folded, ")");
        // <lora:x:1> is taken out before the words are read, so that what stands around it meets.
        var joined = Brackets().Replace(Tags().Replace(open, ""), "");
        var words = ToWords(open);
        string[] views = [words, ToWords(joined), ToWords(Joints().Replace(joined, "")), DigitEdge().Replace(words, "${digit} ${letter}")];
        return new([.. views.Distinct(StringComparer.Ordinal)], [.. SpelledRuns(words), .. SpelledRuns(ToWords(joined))], $"{ToChinese(open)}\n{ToChinese(joined)}");
    }

    /// <summary>The prompt with digits and signs read as the letters that they look like.</summary>
    public static PromptViews OfLeet(string prompt, char one)
    {
        var text = new StringBuilder(LetterFold.Fold(prompt));
        text.Replace('0', 'o').Replace('1', one).Replace('3', 'e').Replace('4', 'a').Replace('5', 's').Replace('7', 't').Replace('@', 'a').Replace('$', 's').Replace('!', 'i');
        return Of(text.ToString());
    }

    /// <summary>Whether the words stand somewhere in this order, each whole; or, Chinese among them, as a part of the text.</summary>
    public bool Has(BlockedWord word) => word.IsChinese
        ? Chinese.Contains(word.Text, StringComparison.Ordinal)
        : Words.Any(line => line.Contains(word.Text, StringComparison.Ordinal))
            || (word.Joined.Length > 2 && Spelled.Any(run => run.Contains(word.Joined, StringComparison.Ordinal)));

    public static bool IsChinese(char c) => c is (>= '\u3400' and <= '\u9FFF') or (>= '\u3040' and <= '\u30FF') or '〇' or (>= '\uF900' and <= '\uFAFF') || char.IsSurrogate(c);

    /// <summary>` a line of words `: letters and digits, Chinese left out.</summary>
    public static string ToWords(string folded)
    {
        var line = new StringBuilder(folded.Length + 2).Append(' ');
        foreach (var c in folded)
        {
            // An apostrophe is within its word.
            if (c is '\'' or '’') continue;
            if (char.IsLetterOrDigit(c) && !IsChinese(c)) line.Append(c);
            else if (line[^1] != ' ') line.Append(' ');
        }
        if (line[^1] != ' ') line.Append(' ');
        return line.ToString();
    }

    /// <summary>Three letters or more that stand one by one.</summary>
    private static IEnumerable<string> SpelledRuns(string words)
    {
        var run = new StringBuilder();
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(""))
        {
            if (word.Length == 1)
            {
                run.Append(word);
                continue;
            }
            if (run.Length > 2) yield return run.ToString();
            run.Clear();
        }
    }

    /// <summary>Commas and stops end a phrase, but for single characters between them: those are one word, spelled.</summary>
    private static string ToChinese(string folded)
    {
        var line = new StringBuilder(folded.Length);
        var (length, isSingle) = (0, true);
        foreach (var phrase in folded.Split([',', '，', '。', '、', ';', '；', '\n', '!', '?', '.']))
        {
            var before = line.Length;
            foreach (var c in phrase)
            {
                if (char.IsLetterOrDigit(c) || char.IsSurrogate(c)) line.Append(c);
            }
            var added = line.Length - before;
            if (added == 0) continue;
            if (length > 0 && !(isSingle && added == 1)) line.Insert(before, '\n');
            (length, isSingle) = (length + added, added == 1);
        }
        return line.ToString();
    }

    [GeneratedRegex(@"\s*:\s*[+-]?[0-9.]+\s*\)", RegexOptions.NonBacktracking)]
    private static partial Regex Weight();

    [GeneratedRegex("<[^<>]*>", RegexOptions.NonBacktracking)]
    private static partial Regex Tags();

    [GeneratedRegex(@"[()\[\]{}\\]+", RegexOptions.NonBacktracking)]
    private static partial Regex Brackets();

    [GeneratedRegex(@"[-._*'’`~+|/·•]+", RegexOptions.NonBacktracking)]
    private static partial Regex Joints();

    [GeneratedRegex("(?<digit>[0-9])(?<letter>[a-z])", RegexOptions.NonBacktracking)]
    private static partial Regex DigitEdge();
}
