using System.Globalization;
using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>What a flag's value was read as.</summary>
/// <param name="Value">In its canonical form; null: there is none that fits.</param>
/// <param name="Length">How much of the text it takes.</param>
internal readonly record struct ReadValue(string? Value, int Length);

/// <summary>What may stand behind a flag's name.</summary>
/// <param name="Takes">The value in a word, for a list of flags; empty: none.</param>
/// <param name="Expected">The value, for who wrote another: `expected {…}`.</param>
/// <param name="Read">Reads the value that a text begins with; what it leaves over is the prompt's.</param>
internal sealed record FlagKind(LocalText Takes, LocalText Expected, Func<string, ReadValue> Read)
{
    /// <summary>Whether the value may follow the name directly: --steps30, --步数30.</summary>
    public bool IsNumeric { get; init; }

    /// <summary>Whether any text is a value of its.</summary>
    public bool IsText { get; init; }

    /// <summary>Whether the flag makes sense without a value.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Nothing.</summary>
    public static FlagKind None { get; } = new("", "", static _ => new ReadValue("true", 0)) { IsOptional = true };

    /// <summary>A whole number that fits a request's property.</summary>
    public static FlagKind Whole { get; } = Number(static number => int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));

    /// <summary>A whole number of 64 bits.</summary>
    public static FlagKind Long { get; } = Number(IsLong);

    /// <summary>A seed: a number, or a word for any.</summary>
    public static FlagKind Seed { get; } = Whole with
    {
        Read = static text => Long.Read(text) is { Value: not null } number ? number
            : Array.Find(["random", "随机", "any"], word => text.StartsWith(word, StringComparison.OrdinalIgnoreCase)) is { } any ? new ReadValue("-1", any.Length)
            : default,
    };

    /// <summary>A number.</summary>
    public static FlagKind Decimal { get; } = Number(static _ => true) with { Takes = "X", Expected = new LocalText("a number", "数字") };

    /// <summary>Width x height; one number is a square.</summary>
    public static FlagKind Size { get; } = new(new LocalText("WxH", "宽x高"), new LocalText("a size like 512x768", "512x768 这样的尺寸"), static text => Pair(text, "xX×*", 'x')) { IsNumeric = true };

    /// <summary>Width : height.</summary>
    public static FlagKind Ratio { get; } = new(new LocalText("W:H", "宽:高"), new LocalText("a ratio like 16:9", "16:9 这样的比例"), FlagValues.Ratio) { IsNumeric = true };

    /// <summary>A name, up to a comma or the end of the line.</summary>
    public static FlagKind Name { get; } = new(new LocalText("NAME", "名称"), new LocalText("a name", "名称"), FlagValues.Name) { IsText = true };

    /// <summary>Words with commas, up to the end of the line.</summary>
    public static FlagKind Words { get; } = new(new LocalText("WORDS", "词语"), new LocalText("words", "词语"), FlagValues.Words) { IsText = true };

    /// <summary>gpu or cpu.</summary>
    public static FlagKind Rng { get; } = new("gpu|cpu", new LocalText("gpu or cpu", "gpu 或 cpu"), FlagValues.Rng);

    /// <summary>One word, or none.</summary>
    public static FlagKind Word { get; } = new("", "", FlagValues.Word) { IsOptional = true };

    /// <summary>A number, or nothing.</summary>
    public static FlagKind OptionalNumber { get; } = Decimal with { IsOptional = true };

    /// <summary>How many times as large; nothing is twice, off is 0.</summary>
    public static FlagKind Factor { get; } = Decimal with
    {
        Expected = new LocalText("a factor like 2, or off", "2 这样的倍数，或“关闭”"),
        Read = static text => Decimal.Read(text) is { Value: not null } number ? number
            : Array.Find(["off", "关闭"], word => FlagValues.IsWord(text, word)) is { } off ? new ReadValue("0", off.Length)
            : new ReadValue("2", 0),
        IsOptional = true,
    };

    /// <summary>One of some words, each in its spellings; the first of them is what is kept.</summary>
    public static FlagKind OneOf(params string[][] words) => new(string.Join('|', words.Select(names => names[0])), string.Join(", ", words.Select(names => string.Join('/', names))), text =>
    {
        foreach (var names in words)
        {
            if (Array.Find(names, name => FlagValues.IsWord(text, name)) is { } found) return new ReadValue(names[0], found.Length);
        }
        return default;
    });

    private static bool IsLong(string number) => long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static FlagKind Number(Func<string, bool> fits) => new("N", new LocalText("a whole number", "整数"), text => FlagValues.Number(text, fits)) { IsNumeric = true };

    private static ReadValue Pair(string text, string between, char canonical) => FlagValues.Pair(text, between, canonical);
}
