using System.CommandLine;
using DiffusionBot.Engine;

namespace DiffusionBot.Cli;

/// <summary>A picture to draw from, and which part of it, as options. Only those that are given change what a text asks for.</summary>
internal sealed class InitArguments
{
    private readonly Option<string?> init = new("--init") { Description = "Draw from this picture (image to image).", HelpName = "FILE" };
    private readonly Option<double?> denoise = PictureOptions.Number<double>("--denoise", "How much of the picture is drawn anew, 0 to 1. Default 0.75.");
    private readonly Option<ResizeMode?> resizeMode = PictureOptions.OneOf(
        "--resize-mode", "What becomes of a picture of another size. Default just.",
        ("just", ResizeMode.Just), ("crop", ResizeMode.Crop), ("fill", ResizeMode.Fill), ("latent", ResizeMode.Latent));
    private readonly Option<double?> noiseMultiplier = PictureOptions.Number<double>("--noise-multiplier", "Of the noise laid on the picture, 0 to 1.5. Default 1.");
    private readonly Option<bool> colorCorrection = new("--color-correction") { Description = "Give what is drawn the picture's colours." };
    private readonly Option<bool> exactSteps = new("--exact-steps") { Description = "Do all steps, not the share of them that --denoise says." };
    private readonly Option<string?> mask = new("--mask") { Description = "Draw only what is white in this picture (inpainting), or opaque where it has transparency.", HelpName = "FILE" };
    private readonly Option<int?> maskBlur = PictureOptions.Number<int>("--mask-blur", "How soft the mask's edge is, in pixels, 0 to 64. Default 4.");
    private readonly Option<MaskedContent?> fill = PictureOptions.OneOf(
        "--inpaint-fill", "What the masked part holds before. Default original.",
        ("fill", MaskedContent.Fill), ("original", MaskedContent.Original), ("noise", MaskedContent.LatentNoise), ("nothing", MaskedContent.LatentNothing));
    private readonly Option<InpaintArea?> area = PictureOptions.OneOf(
        "--inpaint-area", "Draw the whole picture at the size asked for, or the masked part alone. Default whole.", ("whole", InpaintArea.WholePicture), ("masked", InpaintArea.OnlyMasked));
    private readonly Option<int?> padding = PictureOptions.Number<int>("--padding", "Pixels around the masked part that are drawn along, 0 to 256. Default 32.");
    private readonly Option<bool> invertMask = new("--invert-mask") { Description = "Draw what is not masked." };

    private Option[] OfMasks => [mask, maskBlur, fill, area, padding, invertMask];

    private Option[] OfPictures => [resizeMode, noiseMultiplier, colorCorrection, exactSteps, .. OfMasks];

    public void AddTo(Command command)
    {
        foreach (var option in new[] { init, (Option)denoise }.Concat(OfPictures)) command.Options.Add(option);
    }

    /// <summary>The request with what the command line says instead.</summary>
    /// <exception cref="UsageException">Something is said of a picture that is not there.</exception>
    /// <exception cref="RefusedException">A file cannot be read.</exception>
    public ImageRequest Over(ImageRequest request, ParseResult parsed, Terminal terminal)
    {
        var strength = parsed.GetValue(denoise);
        if (parsed.GetValue(init) is not { } file)
        {
            if (Array.Find(OfPictures, parsed.Says) is { } option) throw new UsageException($"{option.Name} says how to draw from a picture; expected --init FILE beside it.");
            if (strength is null) return request;
            return request.Hires is { } hires ? request with { Hires = hires with { DenoisingStrength = strength.Value } }
                : throw new UsageException("--denoise says how much of a picture is drawn anew; expected --init FILE or --hires beside it.");
        }
        var before = request.Init ?? new InitImage { DenoisingStrength = request.Hires?.DenoisingStrength ?? new InitImage().DenoisingStrength };
        return request with
        {
            Hires = null,
            Init = before with
            {
                Picture = PictureOptions.Read(file, terminal),
                DenoisingStrength = strength ?? before.DenoisingStrength,
                ResizeMode = parsed.GetValue(resizeMode) ?? before.ResizeMode,
                NoiseMultiplier = parsed.GetValue(noiseMultiplier) ?? before.NoiseMultiplier,
                ColorCorrection = parsed.GetValue(colorCorrection) || before.ColorCorrection,
                ExactSteps = parsed.GetValue(exactSteps) || before.ExactSteps,
                Inpaint = Inpaint(before.Inpaint, parsed, terminal),
            },
        };
    }

    private Inpainting? Inpaint(Inpainting? before, ParseResult parsed, Terminal terminal)
    {
        if (!Array.Exists(OfMasks, parsed.Says)) return before;
        before ??= new Inpainting();
        return before with
        {
            Mask = parsed.GetValue(mask) is { } file ? PictureOptions.Read(file, terminal) : before.Mask,
            MaskBlur = parsed.GetValue(maskBlur) ?? before.MaskBlur,
            Content = parsed.GetValue(fill) ?? before.Content,
            Area = parsed.GetValue(area) ?? before.Area,
            Padding = parsed.GetValue(padding) ?? before.Padding,
            Inverted = parsed.GetValue(invertMask) || before.Inverted,
        };
    }
}
