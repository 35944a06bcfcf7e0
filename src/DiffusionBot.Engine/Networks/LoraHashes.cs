namespace DiffusionBot.Engine.Networks;

/// <summary>`Lora hashes` of infotext: names of LoRAs and the first digits of what they hash to.</summary>
internal static class LoraHashes
{
    /// <summary>Digits that are written.</summary>
    public const int Digits = 12;

    /// <summary>What old WebUIs wrote where the hash failed: the start of the SHA-256 of nothing.</summary>
    private const string OfNothing = "e3b0c44298fc";

    /// <summary>Hashes by name. What is none is passed over.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string? text)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in (text ?? "").Split(','))
        {
            if (item.Split(':') is [var name, var hash] && hash.Trim() is { Length: Digits } digits && digits.All(char.IsAsciiHexDigit) && !digits.Equals(OfNothing, StringComparison.OrdinalIgnoreCase))
                hashes[name.Trim()] = digits.ToLowerInvariant();
        }
        return hashes;
    }

    /// <summary>A name as it is written here: without what sets names and hashes apart.</summary>
    public static string Plain(string name) => name.Replace(":", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);

    /// <summary>Of both passes.</summary>
    public static IReadOnlyDictionary<string, string> Together(IReadOnlyDictionary<string, string> first, IReadOnlyDictionary<string, string> second)
    {
        var all = new OrderedDictionary<string, string>(first, StringComparer.Ordinal);
        foreach (var (name, hash) in second) all[name] = hash;
        return all;
    }

    /// <summary>The text; null: there are none.</summary>
    public static string? Write(IReadOnlyDictionary<string, string> hashes) => hashes.Count == 0 ? null : string.Join(", ", hashes.Select(h => $"{h.Key}: {h.Value}"));
}
