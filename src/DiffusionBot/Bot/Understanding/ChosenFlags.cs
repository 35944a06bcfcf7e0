using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>What was chosen besides the words, out of a form.</summary>
/// <param name="Flags">The values.</param>
/// <param name="Problems">What is no flag, no value for it, or not drawn. May be empty.</param>
internal sealed record ChosenFlags(FlagSet Flags, IReadOnlyList<LocalText> Problems)
{
    /// <summary>More are passed over: no form has so many.</summary>
    private const int Most = 50;

    public static ChosenFlags None { get; } = new(FlagSet.Empty, []);

    /// <summary>Reads names of flags, in any of their spellings, with values; what is empty was not chosen.</summary>
    public static ChosenFlags Of(IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.Count == 0) return None;
        var (known, problems) = (new List<KeyValuePair<string, string>>(), new List<LocalText>());
        foreach (var (name, value) in parameters.Take(Most))
        {
            var flag = Understanding.Flags.Find(name);
            if (value.AsSpan().Trim().Length == 0 || (flag?.Kind == FlagKind.None && value.Equals("false", StringComparison.OrdinalIgnoreCase))) continue;
            if (flag is { IsKept: true }) known.Add(new(name, value));
            else problems.Add(flag is null ? FlagTexts.Unknown($"--{name}", Understanding.Flags.Nearest(name)) : FlagTexts.NotDrawn(flag, $"--{flag.Name}", value));
        }
        var flags = FlagSet.FromPairs(known, out var bad);
        return new ChosenFlags(flags, [.. bad, .. problems]);
    }

    /// <summary>Words with what was chosen: it goes before the same flag said in them.</summary>
    public DrawingWords Before(DrawingWords words)
    {
        if (Flags.Count == 0 && Problems.Count == 0) return words;
        var flags = words.Flags.With(Flags);
        return words with { Flags = flags, AsIs = words.AsIs || flags.AsIs, Warnings = [.. words.Warnings, .. Problems] };
    }
}
