namespace DiffusionBot.Generation.Translation;

/// <summary>What in a prompt is not language.</summary>
internal static class Markup
{
    /// <summary>How far the network or the escape at a place reaches (`&lt;lora:红:1&gt;`, `\(`): nothing in it is touched. 0: there is none.</summary>
    public static int UntouchedAt(string text, int at)
    {
        if (text[at] == '\\') return at + 1 < text.Length && text[at + 1] is '(' or ')' or '[' or ']' or '{' or '}' or '\\' ? 2 : 1;
        if (text[at] != '<') return 0;
        var colon = at + 1;
        while (colon < text.Length && (char.IsLetterOrDigit(text[colon]) || text[colon] == '_')) colon++;
        if (colon == at + 1 || colon == text.Length || text[colon] != ':') return 0;
        // The longest that is looked at, so that a text of many openings costs no more than its length.
        var end = text.AsSpan(colon, Math.Min(300, text.Length - colon)).IndexOf('>');
        return end < 0 ? 0 : colon + end + 1 - at;
    }

    /// <summary>Full-width letters and Chinese punctuation as English has them, but for what <see cref="UntouchedAt"/> says.</summary>
    public static string ToEnglishPunctuation(string text)
    {
        var result = new System.Text.StringBuilder(text.Length + 16);
        var (depth, wantsSpace) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (UntouchedAt(text, i) is > 0 and var length)
            {
                if (wantsSpace) result.Append(' ');
                wantsSpace = false;
                result.Append(text, i, length);
                i += length - 1;
                continue;
            }
            var c = English(text[i]);
            if (c is '(' or '[') depth++;
            if (c is ')' or ']') depth = Math.Max(0, depth - 1);
            if (wantsSpace && !char.IsWhiteSpace(c) && c is not (',' or '.' or ';' or ':' or '!' or '?' or ')' or ']')) result.Append(' ');
            result.Append(c);
            // A colon within brackets is a weight's or a schedule's.
            wantsSpace = c != text[i] && (c is ',' or ';' or '.' or '!' or '?' || (c == ':' && depth == 0));
        }
        return result.ToString();
    }

    private static char English(char c) => c switch
    {
        '、' => ',',
        '。' => '.',
        '\u3000' or '《' or '》' or '「' or '」' or '『' or '』' or '【' or '】' => ' ',
        '“' or '”' => '"',
        '‘' or '’' => '\'',
        >= '！' and <= '～' => (char)(c - '！' + '!'),
        _ => c,
    };
}
