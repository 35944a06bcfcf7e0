using System.Text.RegularExpressions;

namespace DiffusionBot.Generation.Moderation;

/// <summary>
/// The rule that no option switches off: no sexual content with minors. Words for minors and sexual words anywhere in one prompt are refused;
/// of each there are clear ones and weak ones (minor-safety.txt), and two weak ones together are not enough.
/// </summary>
internal static partial class MinorSafety
{
    private static readonly Dictionary<string, BlockedWord[]> lists = Load();

    /// <summary>Harmless phrases that have a listed word in them, or Chinese words that only meet by standing side by side.</summary>
    private static readonly BlockedWord[] harmless = lists["harmless"];

    public static bool Forbids(string prompt, PromptViews views)
    {
        // Digits are read as they are, and as the letters they look like.
        PromptViews[] readings = [views, PromptViews.OfLeet(prompt, 'i'), PromptViews.OfLeet(prompt, 'l')];
        for (var i = 0; i < readings.Length; i++) readings[i] = WithoutHarmless(readings[i]);
        var isExplicit = Has(readings, "explicit");
        var isMinor = Has(readings, "minor") || IsUnderage(views);
        if (isExplicit) return isMinor || Has(readings, "perhaps minor");
        return isMinor && Has(readings, "suggestive");
    }

    private static bool Has(PromptViews[] readings, string list) => lists[list].Any(word => readings.Any(reading => reading.Has(word)));

    private static PromptViews WithoutHarmless(PromptViews views)
    {
        // A 女孩子 is a girl of any age, a 孩子 is a child.
        var (words, chinese) = (views.Words.ToArray(), views.Chinese.Replace("女孩子", "女孩", StringComparison.Ordinal).Replace("男孩子", "男孩", StringComparison.Ordinal));
        foreach (var phrase in harmless)
        {
            if (phrase.IsChinese) chinese = chinese.Replace(phrase.Text, "\n", StringComparison.Ordinal);
            else for (var i = 0; i < words.Length; i++) words[i] = words[i].Replace(phrase.Text, " ", StringComparison.Ordinal);
        }
        return views with { Words = words, Chinese = chinese };
    }

    private static bool IsUnderage(PromptViews views) => views.Words.Any(line => EnglishAge().IsMatch(line)) || ChineseAge().IsMatch(views.Chinese);

    private static Dictionary<string, BlockedWord[]> Load()
    {
        using var stream = typeof(MinorSafety).Assembly.GetManifestResourceStream("minor-safety.txt")!;
        using var reader = new StreamReader(stream);
        var (found, list) = (new Dictionary<string, List<string>>(StringComparer.Ordinal), new List<string>());
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#') || line.Length == 0) continue;
            if (line[0] == '[') found[line.Trim('[', ']')] = list = [];
            else list.AddRange(line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }
        return found.ToDictionary(f => f.Key, f => BlockedWord.ListOf(f.Value), StringComparer.Ordinal);
    }

    private const string Number = "(?:1[0-7]|[1-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)";

    [GeneratedRegex($" (?:(?:age|aged) {Number}|{Number} ?(?:yo|y o|years? old|years? of age|yrs? old)) ", RegexOptions.NonBacktracking)]
    private static partial Regex EnglishAge();

    [GeneratedRegex("(?:^|[^0-9一二三四五六七八九十百])(?:1[0-7]|[1-9]|十[一二三四五六七]?|[一二两三四五六七八九])(?:周|多|来)?岁", RegexOptions.NonBacktracking)]
    private static partial Regex ChineseAge();
}
