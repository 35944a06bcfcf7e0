using DiffusionBot.Engine;

namespace DiffusionBot.Generation.Presets;

/// <summary>
/// The text of a preset: lines that begin with # and say what it is called, then the recipe in infotext form.
/// `# title:` and `# about:` are English, `# 标题:` and `# 简介:` Chinese; any other line with # before the recipe is a comment.
/// </summary>
/// <param name="Title">Null where the text says none; a language that is missing is the other one.</param>
/// <param name="About">Likewise.</param>
/// <param name="Recipe">What follows, trimmed. May be empty.</param>
internal sealed record PresetText(LocalText? Title, LocalText? About, string Recipe)
{
    /// <summary>Longer ones are cut: they stand in lists and on buttons.</summary>
    public const int LongestTitle = 60, LongestAbout = 300;

    public static PresetText Parse(string text)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var rest = text.AsSpan().Trim();
        while (rest.Length > 0 && rest[0] is '#' or '＃')
        {
            var end = rest.IndexOf('\n');
            var line = (end < 0 ? rest : rest[..end])[1..];
            rest = end < 0 ? [] : rest[(end + 1)..].TrimStart();
            var colon = line.IndexOfAny(':', '：');
            if (colon > 0 && line[(colon + 1)..].Trim() is { Length: > 0 } value) found.TryAdd(line[..colon].Trim().ToString(), value.ToString());
        }
        return new(Both(found, "title", "标题", LongestTitle), Both(found, "about", "简介", LongestAbout), rest.ToString());
    }

    private static LocalText? Both(Dictionary<string, string> found, string english, string chinese, int longest)
    {
        var (one, other) = (found.GetValueOrDefault(english), found.GetValueOrDefault(chinese));
        return one is null && other is null ? null : new(Cut(one ?? other!, longest), Cut(other ?? one!, longest));
    }

    private static string Cut(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)] + "…";
}
