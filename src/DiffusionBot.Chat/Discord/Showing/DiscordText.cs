using System.Text;

namespace DiffusionBot.Chat.Discord.Showing;

/// <summary>Text as Discord shows it, which reads Markdown.</summary>
internal static class DiscordText
{
    /// <summary>Characters of a message.</summary>
    public const int Most = 2000;

    /// <summary>What a prompt may do to the text around it.</summary>
    private const string Marks = "\\*_~`|<[";

    /// <summary>Shows the text as it is: no emphasis, headings, quotes, links, or names of people and channels.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length + 16);
        var isLineStart = true;
        foreach (var c in text)
        {
            if (Marks.Contains(c, StringComparison.Ordinal) || (isLineStart && c is '>' or '#' or '-')) plain.Append('\\');
            plain.Append(c == '\r' ? ' ' : c);
            isLineStart = c == '\n' || (isLineStart && c == ' ');
        }
        return plain.ToString();
    }

    /// <summary>A block to copy from. Three backticks in it get a gap.</summary>
    public static string Code(string text) => $"```\n{text.Replace("```", "` ` `", StringComparison.Ordinal)}\n```";

    /// <summary>Cut at so many characters, with dots where it was longer.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most) return text;
        var end = most - 1;
        while (end > 0 && (char.IsHighSurrogate(text[end - 1]) || text[end - 1] == '\\')) end--;
        return $"{text[..end]}…";
    }

    /// <summary>In pieces that a message can take each, parted at a line's end where there is one, else at a space, else anywhere.</summary>
    public static IReadOnlyList<string> Pieces(string text)
    {
        var pieces = new List<string>();
        var rest = text.Trim();
        while (rest.Length > Most)
        {
            var head = rest[..Most];
            var end = head.LastIndexOf('\n');
            if (end < Most / 2) end = head.LastIndexOf(' ');
            if (end < Most / 2)
            {
                end = Most;
                while (char.IsHighSurrogate(rest[end - 1]) || rest[end - 1] == '\\') end--;
            }
            pieces.Add(rest[..end].TrimEnd());
            rest = rest[end..].TrimStart();
        }
        if (rest.Length > 0) pieces.Add(rest);
        return pieces;
    }
}
