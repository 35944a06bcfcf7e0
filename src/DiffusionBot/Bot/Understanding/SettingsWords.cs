using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>What stands behind `settings`: flags, with or without dashes (`steps 30`, `步数：30，尺寸 512x768`), or that they are to be forgotten.</summary>
/// <param name="Flags">The values to keep.</param>
/// <param name="Forgotten">Canonical names of flags whose values are to be forgotten (`steps default`). May be empty.</param>
/// <param name="ForgetsAll">Whether all are (`reset`).</param>
/// <param name="Problems">What was not understood. May be empty.</param>
internal sealed record SettingsWords(FlagSet Flags, IReadOnlyList<string> Forgotten, bool ForgetsAll, IReadOnlyList<LocalText> Problems)
{
    /// <summary>Reads what stands behind the verb.</summary>
    public static SettingsWords Parse(string rest)
    {
        var (flags, forgotten, problems) = (FlagSet.Empty, new List<string>(), new List<LocalText>());
        if (Verbs.Forgets(rest)) return new SettingsWords(flags, forgotten, ForgetsAll: true, problems);
        foreach (var line in rest.Split('\n'))
        {
            var dashed = FlagMarks.Of(line);
            for (var at = SkipBetween(line, 0); at < line.Length; at = SkipBetween(line, at))
            {
                var next = dashed.FindIndex(m => m.Start >= at);
                var mark = next >= 0 && dashed[next].Start == at ? dashed[next] : FlagMarks.Named(line, at, at) ?? new FlagMark(at, at, at, at, null);
                var end = dashed.Find(m => m.Start >= Math.Max(mark.NameEnd, at + 1)) is { Start: > 0 } after ? after.Start : line.Length;
                at = Take(line, mark, end);
            }
        }
        return new SettingsWords(flags, forgotten, ForgetsAll: false, problems);

        int Take(string line, FlagMark mark, int end)
        {
            var value = mark.ValueStart < end ? line[mark.ValueStart..end] : "";
            if (mark.Flag is not { IsKept: true } flag)
            {
                var wrong = mark.NameEnd > mark.NameStart ? mark.NameEnd : mark.NameStart + Math.Max(1, FlagValues.WordLength(line[mark.NameStart..]));
                problems.Add(FlagTexts.NoSetting(line[mark.NameStart..wrong], Understanding.Flags.Nearest(line[mark.NameStart..wrong], kept: true)));
                return wrong;
            }
            var word = value[..FlagValues.WordLength(value)];
            if (Verbs.Forgets(word))
            {
                forgotten.Add(flag.Name);
                return mark.ValueStart + word.Length;
            }
            var read = flag.Kind.Read(value);
            if (read.Value is null)
            {
                problems.Add(FlagTexts.BadValue($"--{flag.Name}", word, flag.Kind.Expected));
                return Math.Max(mark.ValueStart + word.Length, mark.NameEnd);
            }
            flags = flags.With(flag, read.Value);
            return Math.Max(mark.ValueStart + read.Length, mark.NameEnd);
        }
    }

    /// <summary>Whether a text begins as what stands behind `settings` does: with a flag's name and what can be its value, or with a word that forgets.</summary>
    public static bool Begins(string text)
    {
        if (Verbs.Forgets(text)) return true;
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
}
