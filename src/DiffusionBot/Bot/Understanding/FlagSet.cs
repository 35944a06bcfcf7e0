using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>Values for a request by the names of flags: out of a message, a user's defaults, a place's defaults.</summary>
internal sealed class FlagSet
{
    public static FlagSet Empty { get; } = new();

    public int Count => throw new NotSupportedException();

    /// <summary>The value of the flag `preset`; null where it is not there.</summary>
    public string? Preset => throw new NotSupportedException();

    /// <summary>Out of names and values as settings keep them; what is no flag or no value for it is told in <paramref name="problems"/> and left out.</summary>
    public static FlagSet FromPairs(IEnumerable<KeyValuePair<string, string>> pairs, out IReadOnlyList<LocalText> problems) => throw new NotSupportedException();

    /// <summary>Canonical English names and values, as <see cref="FromPairs"/> reads them.</summary>
    public IReadOnlyDictionary<string, string> ToPairs() => throw new NotSupportedException();

    /// <summary>Both, the other one's values before this one's.</summary>
    public FlagSet With(FlagSet other) => throw new NotSupportedException();

    /// <summary>The request with these values. Values out of range are left as they are asked for: limits are somebody else's.</summary>
    public ImageRequest Over(ImageRequest request) => throw new NotSupportedException();
}
