namespace DiffusionBot.Generation.Presets;

/// <summary>Names as people type them: case, spaces, dashes and other punctuation do not count, full-width letters are the usual ones.</summary>
internal static class PresetName
{
    /// <summary>A name with all that does not count left out. May be empty.</summary>
    public static string Fold(string name) => string.Concat(name.Where(c => !IsSpace(c)).Select(Letter));

    /// <summary>
    /// Where the name ends in a text that begins with it; 0 where it does not. The name is a word: Latin letters and digits must not go on behind it,
    /// nor Chinese behind Chinese. Between the scripts no space is needed.
    /// </summary>
    /// <param name="text">Begins at its first letter.</param>
    /// <param name="folded">As <see cref="Fold"/> gives it.</param>
    public static int EndIn(string text, string folded)
    {
        if (folded.Length == 0) return 0;
        var at = 0;
        foreach (var letter in folded)
        {
            while (at > 0 && at < text.Length && IsSpace(text[at])) at++;
            if (at == text.Length || Letter(text[at]) != letter) return 0;
            at++;
        }
        return EndsAt(text, at) ? at : 0;
    }

    private static bool EndsAt(string text, int at)
    {
        if (at == text.Length) return true;
        var (last, next) = (text[at - 1], text[at]);
        // hello-apple-pie is another name than hello-apple.
        if (next is '-' or '_') return at + 1 == text.Length || text[at + 1] == next || !char.IsLetterOrDigit(text[at + 1]);
        if (!char.IsLetterOrDigit(next)) return true;
        return !char.IsDigit(next) && char.IsAscii(last) != char.IsAscii(next);
    }

    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || char.IsPunctuation(c);

    private static char Letter(char c) => char.ToLowerInvariant(c is >= '！' and <= '～' ? (char)(c - '！' + '!') : c);
}
