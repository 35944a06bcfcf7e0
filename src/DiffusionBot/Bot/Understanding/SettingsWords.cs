using System.Text.RegularExpressions;
using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>What stands behind `settings`: flags, with or without dashes (`steps 30`, `步数：30，尺寸 512x768`), or that they are to be forgotten.</summary>
/// <param name="Flags">The values to keep.</param>
/// <param name="Forgotten">Canonical names of flags whose values are to be forgotten (`steps default`). May be empty.</param>
/// <param name="ForgetsAll">Whether all are (`reset`).</param>
/// <param name="Problems">What was not understood. May be empty.</param>
internal sealed partial record SettingsWords(FlagSet Flags, IReadOnlyList<string> Forgotten, bool ForgetsAll, IReadOnlyList<LocalText> Problems)
{
    /// <summary>How long a value can be where the next flag has no dashes: enough for a negative prompt.</summary>
    private const int LongestValue = 2000;

    /// <summary>More problems are not told: whoever has so many needs help, not a list.</summary>
    private const int MostProblems = 10;

    /// <summary>Whether there is nothing to keep or to forget in it.</summary>
    public bool IsEmpty => !ForgetsAll && Flags.Count == 0 && Forgotten.Count == 0;

    /// <summary>What was kept before, with these.</summary>
    public IReadOnlyDictionary<string, string> Over(IReadOnlyDictionary<string, string> kept)
    {
        var before = ForgetsAll ? FlagSet.Empty : FlagSet.FromPairs(kept.Where(pair => !Forgotten.Contains(pair.Key)), out _);
        return before.With(Flags).ToPairs();
    }

    /// <summary>Reads what stands behind the verb.</summary>
    public static SettingsWords Parse(string rest)
    {
        if (Verbs.Forgets(rest)) return new SettingsWords(FlagSet.Empty, [], ForgetsAll: true, []);
        var reader = new Reader();
        foreach (var line in rest.Split('\n')) reader.Read(line);
        return new SettingsWords(reader.Flags, reader.Forgotten, ForgetsAll: false, reader.Problems);
    }

    private sealed class Reader
    {
        public FlagSet Flags { get; private set; } = FlagSet.Empty;

        public List<string> Forgotten { get; } = [];

        public List<LocalText> Problems { get; } = [];

        public void Read(string line)
        {
            var dashed = FlagMarks.Of(line);
            var next = 0;
            for (var at = SkipBetween(line, 0); at < line.Length && Problems.Count < MostProblems; at = SkipBetween(line, at))
            {
                while (next < dashed.Count && dashed[next].Start < at) next++;
                var isDashed = next < dashed.Count && dashed[next].Start == at;
                var mark = isDashed ? dashed[next++] : FlagMarks.Named(line, at, at) ?? new FlagMark(at, at, WordEnd(line, at), WordEnd(line, at), null);
                var end = next < dashed.Count ? dashed[next].Start : line.Length;
                at = Take(line, mark, Math.Min(end, mark.ValueStart + LongestValue));
            }
        }

        /// <summary>Takes a flag; where the line goes on behind it.</summary>
        private int Take(string line, FlagMark mark, int end)
        {
            var name = line[mark.NameStart..mark.NameEnd];
            if (mark.Flag is not { IsKept: true } flag)
            {
                Problems.Add(FlagTexts.NoSetting(name, Understanding.Flags.Nearest(name, kept: true)));
                return mark.NameEnd;
            }
            var value = mark.ValueStart < end ? line[mark.ValueStart..end] : "";
            var word = value[..FlagValues.WordLength(value)];
            if (Verbs.Forgets(word))
            {
                Forgotten.Add(flag.Name);
                return mark.ValueStart + word.Length;
            }
            var read = flag.Kind.Read(value);
            if (read.Value is null) Problems.Add(FlagTexts.BadValue($"--{flag.Name}", word, flag.Kind.Expected));
            else Flags = Flags.With(flag, read.Value);
            return Math.Max(mark.NameEnd, mark.ValueStart + (read.Value is null ? word.Length : read.Length));
        }

        private static int WordEnd(string line, int at)
        {
            while (at < line.Length && !char.IsWhiteSpace(line[at]) && !FlagValues.Separators.Contains(line[at])) at++;
            return at;
        }
    }

    /// <summary>The language that is asked for (`language en`, `--语言 中文`), where nothing else is; null: another setting.</summary>
    public static Language? LanguageIn(string rest) =>
        LanguageWish().Match(rest) is not { Success: true } wish ? null : wish.Groups["zh"].Success ? Language.Chinese : Language.English;

    /// <summary>Whether a text begins as what stands behind `settings` does: with a flag's name and what can be its value, or with a word that forgets.</summary>
    public static bool Begins(string text)
    {
        if (Verbs.Forgets(text) || LanguageIn(text) is not null) return true;
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var line = end < 0 ? text : text[..end];
        if (FlagMarks.Of(line) is [{ Start: 0 }, ..]) return true;
        if (FlagMarks.Named(line, 0, 0) is not { Flag: { IsKept: true } flag } mark) return false;
        var value = line[mark.ValueStart..];
        return value.Length == 0 || Verbs.Forgets(value[..FlagValues.WordLength(value)]) || flag.Kind.Read(value).Value is not null;
    }

    private static int SkipBetween(string line, int at)
    {
        while (at < line.Length && (char.IsWhiteSpace(line[at]) || FlagValues.Separators.Contains(line[at]))) at++;
        return at;
    }

    [GeneratedRegex(@"^(?:--|——|—)?(?:lang|language|语言)\s*[=:：\s]\s*(?:(?<zh>zh|chinese|中文|简体中文|汉语)|(?:en|english|英文|英语))$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LanguageWish();
}
