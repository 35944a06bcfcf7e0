using System.ComponentModel.DataAnnotations;
using DiffusionBot.Imaging;

namespace DiffusionBot.Generation.Labels;

/// <summary>
/// Section `Labels`: marks on delivered copies. Off by default: the measures on labelling content made by AI (GB 45438-2025, in force since 2025-09-01) bind who serves
/// the public in China, not who draws at home. appsettings.json switches both on for WeChat, whose accounts do.
/// </summary>
public sealed class LabelOptions : IValidatableObject
{
    public const string Section = "Labels";

    /// <summary>Everywhere.</summary>
    public PlaceLabelOptions Default { get; set; } = new();

    /// <summary>What is different in a place, by its name: `wechat`, `discord`, `web`. Default none.</summary>
    public Dictionary<string, PlaceLabelOptions> Places { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What holds in a place, nothing left open.</summary>
    internal LabelSettings For(string place)
    {
        var own = Places.GetValueOrDefault(place) ?? new PlaceLabelOptions();
        return new(
            own.Visible ?? Default.Visible ?? false,
            own.Text ?? Default.Text ?? "AI生成",
            own.Corner ?? Default.Corner ?? MarkCorner.BottomRight,
            own.Size ?? Default.Size ?? VisibleMark.LeastSize,
            own.Xmp ?? Default.Xmp ?? false,
            own.Producer ?? Default.Producer ?? "DiffusionBot");
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Places.Select(place => ($"{Section}:{nameof(Places)}:{place.Key}", place.Value)).Prepend(($"{Section}:{nameof(Default)}", Default))
            .SelectMany(named => named.Item2.Problems().Select(problem => new ValidationResult($"{named.Item1}:{problem}")));
}

/// <summary>Marks in one place. What is null is as in the default.</summary>
public sealed class PlaceLabelOptions
{
    /// <summary>Words in a corner of the picture. Default off.</summary>
    public bool? Visible { get; set; }

    /// <summary>Which: 1 to 40 characters on one line. Default `AI生成`. The standard asks for "AI" or "人工智能", and "生成".</summary>
    public string? Text { get; set; }

    /// <summary>Where. Default BottomRight.</summary>
    public MarkCorner? Corner { get; set; }

    /// <summary>Height of a capital letter as a part of the picture's shorter side, 0.05 (the standard's least) to 0.2. Default 0.05.</summary>
    public double? Size { get; set; }

    /// <summary>A field in the file that says it, for programs. Default off.</summary>
    public bool? Xmp { get; set; }

    /// <summary>Who answers for the pictures, in that field: a name or a code, 1 to 200 characters. Default `DiffusionBot`.</summary>
    public string? Producer { get; set; }

    /// <summary>What is wrong, beginning with the key. May be empty.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Text is not null && (string.IsNullOrWhiteSpace(Text) || Text.Length > 40 || Text.Any(char.IsControl)))
            yield return $"{nameof(Text)} is '{Text}'; expected 1 to 40 characters on one line.";
        if (Producer is not null && (string.IsNullOrWhiteSpace(Producer) || Producer.Length > 200 || Producer.Any(char.IsControl)))
            yield return $"{nameof(Producer)} is '{Producer}'; expected 1 to 200 characters on one line.";
        if (Size is { } size && !(size >= VisibleMark.LeastSize && size <= 0.2))
            yield return FormattableString.Invariant($"{nameof(Size)} is {size}; expected {VisibleMark.LeastSize} to 0.2.");
        if (Corner is { } corner && !Enum.IsDefined(corner))
            yield return $"{nameof(Corner)} is {corner}; expected {string.Join(", ", Enum.GetNames<MarkCorner>())}.";
    }
}

/// <summary>What holds in a place.</summary>
internal sealed record LabelSettings(bool Visible, string Text, MarkCorner Corner, double Size, bool Xmp, string Producer);
