using System.Globalization;
using System.Net;
using System.Text;

namespace DiffusionBot.Engine.Prompts;

/// <summary>
/// What the transformers tokenizer does to a text before it is split: ftfy's repairs that matter to typed text (HTML
/// entities, ligatures, full-width letters, curly quotes, control characters), white space to single spaces, lower case.
/// Text that was decoded with the wrong code page is left as it is: guessing at that is ftfy's own art.
/// </summary>
internal static class TextCleaner
{
    /// <summary>Entities within entities are unfolded this deep.</summary>
    private const int MaxUnescapes = 8;

    private const int LongestEntity = 24;

    // Windows-1252 at 0x80 to 0x9F; what it leaves undefined stays.
    private const string C1 = "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f"
        + "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

    // NFKC of U+FF5F to U+FFEF, the half-width and full-width forms that are no shifted ASCII.
    private const string HalfWidth = "\u2985\u2986。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309a"
        + "\u1160\u1100\u1101\u11aa\u1102\u11ac\u11ad\u1103\u1104\u1105\u11b0\u11b1\u11b2\u11b3\u11b4\u11b5\u111a\u1106\u1107\u1108\u1121"
        + "\u1109\u110a\u110b\u110c\u110d\u110e\u110f\u1110\u1111\u1112\uffbf\uffc0\uffc1\u1161\u1162\u1163\u1164\u1165\u1166\uffc8\uffc9"
        + "\u1167\u1168\u1169\u116a\u116b\u116c\uffd0\uffd1\u116d\u116e\u116f\u1170\u1171\u1172\uffd8\uffd9\u1173\u1174\u1175\uffdd\uffde\uffdf"
        + "\u00a2\u00a3\u00ac\uffe3\u00a6\u00a5\u20a9\uffe7\u2502\u2190\u2191\u2192\u2193\u25a0\u25cb\uffef";

    /// <summary>The text as CLIP's pattern sees it: lower case, single spaces, none at the ends.</summary>
    public static string Clean(string text)
    {
        if (IsClean(text)) return text;
        var repaired = new StringBuilder(text.Length);
        foreach (var c in Unescape(text)) Repair(c, repaired);
        return Lower(Composition.Compose(SingleSpaces(repaired)));
    }

    /// <summary>Most prompts are: then nothing is allocated.</summary>
    private static bool IsClean(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is < ' ' or > '~' or '&' or (>= 'A' and <= 'Z')) return false;
            if (c == ' ' && (i == 0 || i == text.Length - 1 || text[i - 1] == ' ')) return false;
        }
        return true;
    }

    /// <summary>Line by line; a literal "&lt;" says that this and what follows is no HTML.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('&', StringComparison.Ordinal)) return text;
        var markup = text.IndexOf('<', StringComparison.Ordinal);
        var end = markup < 0 ? text.Length : text.LastIndexOf('\n', markup) + 1;
        var head = text[..end];
        for (var i = 0; i < MaxUnescapes; i++)
        {
            var unescaped = UnescapeOnce(head);
            if (unescaped.Length == head.Length) break;
            head = unescaped;
        }
        return head + text[end..];
    }

    private static string UnescapeOnce(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var length = text[at] == '&' ? EntityLength(text.AsSpan(at)) : 0;
            if (length == 0)
            {
                result.Append(text[at++]);
                continue;
            }
            result.Append(Entity(text.Substring(at, length)));
            at += length;
        }
        return result.ToString();
    }

    private static int EntityLength(ReadOnlySpan<char> text)
    {
        var start = text.Length > 1 && text[1] == '#' ? 2 : 1;
        var end = start;
        while (end < text.Length && end - start < LongestEntity && char.IsAsciiLetterOrDigit(text[end])) end++;
        return end > start && end < text.Length && text[end] == ';' ? end + 1 : 0;
    }

    private static string Entity(string entity)
    {
        var plain = WebUtility.HtmlDecode(entity);
        if (plain != entity || entity.Any(char.IsAsciiLetterLower)) return plain;
        var lower = entity.ToLowerInvariant();   // ftfy also takes &EACUTE;
        var decoded = WebUtility.HtmlDecode(lower);
        return decoded == lower ? entity : decoded.ToUpperInvariant();
    }

    private static void Repair(char c, StringBuilder to)
    {
        if (c < '\u0080')
        {
            if (c is '\t' or '\n' or '\f' or '\r' or (>= ' ' and < '\u007f')) to.Append(c);
            return;   // the other control characters vanish
        }
        if (c < '\u00a0') c = C1[c - 0x80];
        else if (c is > '\uff00' and < '\uff5f') c = (char)(c - 0xfee0);
        else if (c is >= '\uff5f' and < '\ufff0') c = HalfWidth[c - 0xff5f];
        switch (c)
        {
            case '\u02bc' or (>= '\u2018' and <= '\u201b'): to.Append('\''); break;
            case >= '\u201c' and <= '\u201f': to.Append('"'); break;
            case (>= '\u206a' and <= '\u206f') or '\ufeff' or (>= '\ufff9' and <= '\ufffc'): break;
            default: to.Append(Ligature(c) ?? c.ToString()); break;
        }
    }

    private static string? Ligature(char c) => c switch
    {
        '\u0132' => "IJ",
        '\u0133' => "ij",
        '\u0149' => "'n",
        '\u01c4' => "D\u017d",
        '\u01c5' => "D\u017e",
        '\u01c6' => "d\u017e",
        '\u01c7' => "LJ",
        '\u01c8' => "Lj",
        '\u01c9' => "lj",
        '\u01ca' => "NJ",
        '\u01cb' => "Nj",
        '\u01cc' => "nj",
        '\u01f1' => "DZ",
        '\u01f2' => "Dz",
        '\u01f3' => "dz",
        '\ufb00' => "ff",
        '\ufb01' => "fi",
        '\ufb02' => "fl",
        '\ufb03' => "ffi",
        '\ufb04' => "ffl",
        '\ufb05' => "\u017ft",
        '\ufb06' => "st",
        '\uffe3' => " \u0304",
        _ => null,
    };

    private static string SingleSpaces(StringBuilder text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var chunk in text.GetChunks())
        {
            foreach (var c in chunk.Span)
            {
                if (!char.IsWhiteSpace(c)) result.Append(c);
                else if (result.Length > 0 && result[^1] != ' ') result.Append(' ');
            }
        }
        if (result.Length > 0 && result[^1] == ' ') result.Length--;
        return result.ToString();
    }

    /// <summary>Full lower case: two letters have a rule that the simple mapping does not know.</summary>
    private static string Lower(string text)
    {
        var lower = text.ToLowerInvariant();
        if (text.Contains('\u03a3', StringComparison.Ordinal))
        {
            var letters = lower.ToCharArray();
            for (var i = 0; i < letters.Length; i++)
            {
                if (text[i] == '\u03a3' && Cased(text, i, -1) && !Cased(text, i, 1)) letters[i] = '\u03c2';
            }
            lower = new string(letters);
        }
        return lower.Replace("\u0130", "i\u0307", StringComparison.Ordinal);
    }

    /// <summary>Whether the next letter before or after is a cased one (SpecialCasing's Final_Sigma).</summary>
    private static bool Cased(string text, int at, int step)
    {
        for (at += step; at >= 0 && at < text.Length; at += step)
        {
            var category = char.GetUnicodeCategory(text[at]);
            if (category is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter) return true;
            if (category is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter)
                && text[at] is not ('\'' or '.' or ':' or '\u00b7')) return false;
        }
        return false;
    }
}
