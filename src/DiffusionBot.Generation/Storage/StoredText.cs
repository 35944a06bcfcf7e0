using System.Text;

namespace DiffusionBot.Generation.Storage;

/// <summary>Texts as both databases can keep them, and as searches see them.</summary>
internal static class StoredText
{
    /// <summary>Without NUL, which Postgres refuses, and halves of surrogate pairs, which are no text.</summary>
    public static string Clean(string text)
    {
        if (!text.Contains('\0', StringComparison.Ordinal) && IsWellFormed(text)) return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value != 0) clean.Append(rune.ToString());
        }
        return clean.ToString();
    }

    /// <summary>Case does not count in searches, in any script and on either database.</summary>
    public static string Folded(string text) => text.ToLowerInvariant();

    /// <summary>A LIKE pattern for what contains <paramref name="word"/>; the escape is a backslash.</summary>
    public static string Containing(string word) => $"%{Folded(Clean(word)).Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%";

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }
        return true;
    }
}
