namespace DiffusionBot.Generation.Translation;

/// <summary>The plural of English nouns, as far as pictures need it.</summary>
internal static class Plural
{
    private static readonly Dictionary<string, string> irregular = new[]
    {
        ("man", "men"), ("woman", "women"), ("child", "children"), ("person", "people"), ("foot", "feet"), ("tooth", "teeth"), ("goose", "geese"),
        ("mouse", "mice"), ("leaf", "leaves"), ("wolf", "wolves"), ("knife", "knives"), ("elf", "elves"), ("loaf", "loaves"), ("scarf", "scarves"),
    }.ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);

    /// <summary>Words that stay as they are.</summary>
    private static readonly HashSet<string> same = new(StringComparer.Ordinal)
    {
        "fish", "sheep", "deer", "hair", "water", "grass", "snow", "rain", "people", "bamboo", "rice", "bread", "milk", "coffee", "tea", "wine", "beer", "juice", "jewelry", "armor", "clothing",
    };

    public static string Of(string noun)
    {
        var last = noun.LastIndexOf(' ') + 1;
        var word = noun[last..];
        if (word.Length == 0 || !char.IsAsciiLetterLower(word[^1]) || word[^1] == 's' || same.Contains(word)) return noun;
        if (irregular.TryGetValue(word, out var plural)) return noun[..last] + plural;
        if (word.EndsWith("man", StringComparison.Ordinal)) return noun[..^2] + "en";
        if (word.Length > 1 && word[^1] == 'y' && !"aeiou".Contains(word[^2], StringComparison.Ordinal)) return noun[..^1] + "ies";
        return noun + (word[^1] is 'x' or 'z' || word.EndsWith("ch", StringComparison.Ordinal) || word.EndsWith("sh", StringComparison.Ordinal)
            || word is "tomato" or "potato" or "mango" or "hero" ? "es" : "s");
    }
}
