using DiffusionBot.Engine;

namespace DiffusionBot.Bot;

/// <summary>Something that can be named.</summary>
/// <param name="Label">As shown.</param>
/// <param name="Value">As said.</param>
/// <param name="Names">By which it is known.</param>
internal sealed record Nameable(string Label, string Value, IReadOnlyList<string> Names);

/// <summary>Finds what a beginning may be of. Case, spaces, dashes and other punctuation do not count.</summary>
internal static class NearNames
{
    private const int Most = 25;

    /// <summary>Nobody types more of a name before looking; of names that are longer, as much is looked at.</summary>
    private const int Longest = 100, LongestForSpelling = 32;

    /// <summary>Of fewer letters, everything is a misspelling.</summary>
    private const int FewestForSpelling = 3;

    /// <summary>What begins so, then what has it in it, then what is spelt like it; each as it came. Nothing typed: everything. At most 25.</summary>
    public static IReadOnlyList<Nameable> Of(string typed, IEnumerable<Nameable> there)
    {
        var wanted = Fold(typed);
        if (wanted.Length == 0) return [.. there.Take(Most)];
        var all = there.Select(one => (One: one, Names: one.Names.Select(Fold).Distinct(StringComparer.Ordinal).ToArray())).ToList();
        var found = all.Where(one => one.Names.Any(name => name.StartsWith(wanted, StringComparison.Ordinal)))
            .Concat(all.Where(one => one.Names.Any(name => name.Contains(wanted, StringComparison.Ordinal))))
            .Select(one => one.One).Distinct().Take(Most).ToList();
        if (found.Count == Most || wanted.Length < FewestForSpelling) return found;
        var near = all.Select(one => (one.One, Wrong: one.Names.Min(name => Wrong(name, wanted)))).Where(one => one.Wrong <= Math.Max(1, wanted.Length / 3));
        return [.. found.Concat(near.OrderBy(one => one.Wrong).Select(one => one.One)).Distinct().Take(Most)];
    }

    /// <summary>How many letters are wrong, whether all of the name was typed or only its beginning.</summary>
    private static int Wrong(string name, string wanted)
    {
        var (asked, known) = (wanted[..Math.Min(wanted.Length, LongestForSpelling)], name[..Math.Min(name.Length, LongestForSpelling)]);
        return Math.Min(Spelling.Distance(known, asked), Spelling.Distance(known[..Math.Min(known.Length, asked.Length)], asked));
    }

    private static string Fold(string text) =>
        string.Concat(text.Take(Longest).Where(c => !char.IsWhiteSpace(c) && !char.IsPunctuation(c) && !char.IsControl(c)).Select(char.ToLowerInvariant));
}
