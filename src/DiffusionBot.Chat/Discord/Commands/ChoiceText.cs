namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>Texts of choices, which Discord takes with 1 to 100 characters.</summary>
internal static class ChoiceText
{
    private const int Longest = 100;

    /// <summary>Whether it can be a value as it is: cut, it would be another one.</summary>
    public static bool IsValue(string text) => text.Length <= Longest && text.Trim().Length > 0 && IsWhole(text);

    /// <summary>As it is shown: what is too long ends in an ellipsis; null where nothing is left.</summary>
    public static string? Label(string text)
    {
        var whole = (IsWhole(text) ? text : string.Concat(text.EnumerateRunes())).Trim();
        return whole.Length == 0 ? null : whole.Length <= Longest ? whole : $"{Cut(whole, Longest - 1)}…";
    }

    /// <summary>So much of it, and no half of a surrogate pair.</summary>
    public static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    private static bool IsWhole(string text)
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
