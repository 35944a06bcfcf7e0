using System.Globalization;

namespace DiffusionBot.Engine.Infotext;

/// <summary>What a parameter text says of the picture that it was drawn from. WebUI writes what is not its default, and of resizing, colours and steps nothing.</summary>
internal static class InitLabels
{
    private const string MaskMode = "Mask mode", MaskBlur = "Mask blur", Area = "Inpaint area", Padding = "Masked area padding", Content = "Masked content";

    /// <summary>"Masked content", by WebUI's words.</summary>
    public static IReadOnlyDictionary<string, MaskedContent> Contents { get; } = new Dictionary<string, MaskedContent>(StringComparer.OrdinalIgnoreCase)
    {
        ["fill"] = MaskedContent.Fill,
        ["original"] = MaskedContent.Original,
        ["latent noise"] = MaskedContent.LatentNoise,
        ["latent nothing"] = MaskedContent.LatentNothing,
    };

    /// <summary>"Inpaint area", likewise.</summary>
    public static IReadOnlyDictionary<string, InpaintArea> Areas { get; } = new Dictionary<string, InpaintArea>(StringComparer.OrdinalIgnoreCase)
    {
        ["Whole picture"] = InpaintArea.WholePicture,
        ["Only masked"] = InpaintArea.OnlyMasked,
    };

    /// <summary>"Mask mode": whether it is inverted.</summary>
    public static IReadOnlyDictionary<string, bool> Modes { get; } = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase)
    {
        ["Inpaint masked"] = false,
        ["Inpaint not masked"] = true,
    };

    /// <summary>Whether a text has what only a mask has.</summary>
    public static bool AreMasked(IReadOnlyDictionary<string, string> parameters) => parameters.Keys.Any(label => label is MaskMode or MaskBlur or Area or Padding or Content);

    /// <summary>The labels and values of a drawing, in WebUI's order.</summary>
    public static IEnumerable<(string Label, string Value)> Of(InitImage? init)
    {
        if (init is null) yield break;
        if (init.Inpaint is { } inpaint)
        {
            if (inpaint.Inverted) yield return (MaskMode, "Inpaint not masked");
            if (inpaint.MaskBlur > 0) yield return (MaskBlur, inpaint.MaskBlur.ToString(CultureInfo.InvariantCulture));
            if (inpaint.Area == InpaintArea.OnlyMasked)
            {
                yield return (Area, "Only masked");
                yield return (Padding, inpaint.Padding.ToString(CultureInfo.InvariantCulture));
            }
            if (inpaint.Content != MaskedContent.Original) yield return (Content, Contents.First(word => word.Value == inpaint.Content).Key);
        }
        if (init.NoiseMultiplier != 1) yield return ("Noise multiplier", init.NoiseMultiplier.ToString(CultureInfo.InvariantCulture));
        if (init.ExtraNoise > 0) yield return ("Extra noise", init.ExtraNoise.ToString(CultureInfo.InvariantCulture));
    }
}
