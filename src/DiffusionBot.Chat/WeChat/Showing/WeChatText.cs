using System.Globalization;
using System.Text;

namespace DiffusionBot.Chat.WeChat.Showing;

/// <summary>Texts as WeChat shows them: at most 2048 bytes, with links, and no way for a user's words to become one.</summary>
internal static class WeChatText
{
    /// <summary>Bytes of UTF-8. WeChat's documentation does not say; other programs found it.</summary>
    public const int MostBytes = 2048;

    /// <summary>What a piece leaves free for lines that say how to go on.</summary>
    public const int RoomForHint = 150;

    private const string LinkBegin = "<a href=\"", LinkEnd = "</a>";

    /// <summary>Words of users, models and files: nothing in them is a link.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++) plain.Append(IsTag(text.AsSpan(i)) ? '＜' : text[i]);
        return plain.ToString();
    }

    /// <summary>A link to a page.</summary>
    public static string Link(Uri address, string label) => $"<a href=\"{address.AbsoluteUri}\">{Label(label)}</a>";

    /// <summary>A link that says something for the reader when it is tapped.</summary>
    public static string TapLink(string words, string label) => $"<a href=\"weixin://bizmsgmenu?msgmenucontent={Uri.EscapeDataString(words)}&msgmenuid=1\">{Label(label)}</a>";

    /// <summary>Length in bytes.</summary>
    public static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    /// <summary>
    /// The text in pieces of at most so many bytes: cut between paragraphs where there is one in the second half of a piece, else between lines, sentences, words, letters; never
    /// within a link.
    /// </summary>
    /// <param name="text">Any.</param>
    /// <param name="most">Bytes of a piece, 100 or more.</param>
    public static IReadOnlyList<string> Split(string text, int most = MostBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 100);
        var pieces = new List<string>();
        var rest = text.Trim();
        while (Bytes(rest) > most)
        {
            var cut = CutOf(rest, most);
            var piece = rest[..cut].TrimEnd();
            if (piece.Length > 0) pieces.Add(piece);
            rest = rest[cut..].TrimStart();
        }
        if (rest.Length > 0) pieces.Add(rest);
        return pieces;
    }

    /// <summary>One piece where it fits, else pieces with room for lines at the end of each.</summary>
    public static IReadOnlyList<string> Pieces(string text) => Bytes(text) <= MostBytes ? text.Length == 0 ? [] : [text] : Split(text, MostBytes - RoomForHint);

    private static int CutOf(string text, int most)
    {
        var longest = LongestWithin(text, most);
        // One that is longer than a piece is none of ours, and may break.
        if (LinkAround(text, longest) is > 0 and var begin) longest = begin;
        foreach (var ends in new[] { "\n\n", "\n", "。！？!?；;", "，,、 \u3000" })
        {
            var at = ends == "\n\n" ? text.LastIndexOf(ends, longest - 1, StringComparison.Ordinal) : text.AsSpan(0, longest).LastIndexOfAny(ends);
            if (at >= longest / 2 && LinkAround(text, at + 1) < 0) return at + 1;
        }
        return longest;
    }

    /// <summary>Where the link begins that a place in the text is in the middle of; -1: none.</summary>
    private static int LinkAround(string text, int at)
    {
        var begin = text.LastIndexOf(LinkBegin, Math.Min(text.Length - 1, at + LinkBegin.Length - 2), StringComparison.Ordinal);
        if (begin < 0) return -1;
        var end = text.IndexOf(LinkEnd, begin, StringComparison.Ordinal);
        return end >= 0 && end + LinkEnd.Length > at ? begin : -1;
    }

    private static bool IsTag(ReadOnlySpan<char> text)
    {
        if (text is not ['<', .. var rest]) return false;
        if (rest is ['/', .. var closing]) rest = closing;
        return rest is ['a' or 'A', var next, ..] && (next == '>' || char.IsWhiteSpace(next));
    }

    /// <summary>How many characters fit, whole letters only: no accent and no half of a pair is torn off.</summary>
    private static int LongestWithin(string text, int most)
    {
        var (length, bytes) = (0, 0);
        while (length < text.Length)
        {
            var letter = StringInfo.GetNextTextElementLength(text.AsSpan(length));
            bytes += Encoding.UTF8.GetByteCount(text.AsSpan(length, letter));
            if (bytes > most) break;
            length += letter;
        }
        // A "letter" of a thousand accents breaks somewhere.
        return length > 0 ? length : LargestPrefix(text, most);
    }

    private static int LargestPrefix(string text, int most)
    {
        var length = Math.Min(text.Length, most / 4);
        return char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
    }

    private static string Label(string text) => text.Replace('<', '＜').Replace('>', '＞');
}
