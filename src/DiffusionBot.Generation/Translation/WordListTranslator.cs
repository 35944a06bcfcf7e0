using System.Text;

namespace DiffusionBot.Generation.Translation;

/// <summary>Translates by the word list alone.</summary>
internal static class WordListTranslator
{
    /// <summary>The text with its Chinese in English, word by word; what is no language stays as it is.</summary>
    /// <param name="text">In English punctuation: <see cref="Markup.ToEnglishPunctuation"/>.</param>
    /// <param name="words">What is known.</param>
    /// <param name="unknown">Gets what is not.</param>
    public static string Translate(string text, WordList words, ICollection<string> unknown)
    {
        var result = new StringBuilder(text.Length * 3);
        var isAfterWord = false;
        for (var i = 0; i < text.Length;)
        {
            if (Han.Is(text[i]))
            {
                var end = i;
                while (end < text.Length && Han.Is(text[end])) end++;
                isAfterWord = Append(result, text, i, end, words, unknown);
                i = end;
                continue;
            }
            var length = Math.Max(1, Markup.UntouchedAt(text, i));
            if (isAfterWord && NeedsSpace(text, i)) result.Append(' ');
            isAfterWord = false;
            result.Append(text, i, length);
            i += length;
        }
        return result.ToString();
    }

    private static bool NeedsSpace(string text, int at) => char.IsLetterOrDigit(text[at]) || text[at] is '(' or '[' or '{' or '<' or '"'
        || (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '(' or '[');

    private static bool Append(StringBuilder result, string text, int from, int to, WordList words, ICollection<string> unknown)
    {
        var pieces = words.Cut(TraditionalChinese.Simplify(text[from..to]));
        var at = from;
        var written = new List<(string Chinese, Word? Word)>(pieces.Count);
        foreach (var (chinese, word) in pieces)
        {
            // What stays, stays as it was written.
            var original = text.Substring(at, chinese.Length);
            written.Add((original, word));
            at += chinese.Length;
        }
        MergeUnknown(written);
        foreach (var (chinese, word) in written)
        {
            if (word is null) unknown.Add(chinese);
        }
        var english = EnglishPhrase.Of(written, NumberBefore(text, from));
        if (english.Length == 0) return false;
        if (result.Length > 0 && (char.IsLetterOrDigit(result[^1]) || result[^1] is ')' or ']' or '}' or '>')) result.Append(' ');
        result.Append(english);
        return true;
    }

    /// <summary>A measure word without a number beside something unknown is a part of that: nothing may get lost.</summary>
    private static void MergeUnknown(List<(string Chinese, Word? Word)> pieces)
    {
        for (var i = pieces.Count - 1; i >= 0; i--)
        {
            var isStray = pieces[i].Word is { Role: WordRole.Measure, English: "" } && (i == 0 || pieces[i - 1].Word is null)
                && ((i > 0 && pieces[i - 1].Word is null) || (i + 1 < pieces.Count && pieces[i + 1].Word is null));
            if (isStray) pieces[i] = (pieces[i].Chinese, null);
            if (i + 1 >= pieces.Count || pieces[i].Word is not null || pieces[i + 1].Word is not null) continue;
            pieces[i] = (pieces[i].Chinese + pieces[i + 1].Chinese, null);
            pieces.RemoveAt(i + 1);
        }
    }

    private static string? NumberBefore(string text, int at)
    {
        var start = at;
        while (start > 0 && char.IsAsciiDigit(text[start - 1]) && at - start < 9) start--;
        return start == at || (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '.')) ? null : text[start..at];
    }
}
