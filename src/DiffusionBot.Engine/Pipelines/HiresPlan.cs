using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Engine.Upscaling;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>A second pass with everything decided.</summary>
/// <param name="Fix">As asked.</param>
/// <param name="Sampler">Sampler and schedule.</param>
/// <param name="Latent">Enlarges latents; null: pictures are enlarged.</param>
/// <param name="Picture">Enlarges pictures; null: latents are enlarged.</param>
/// <param name="Width">Pixels to enlarge to.</param>
/// <param name="Height">Pixels to enlarge to.</param>
/// <param name="CutX">Columns of the latent to cut off, half of them on each side.</param>
/// <param name="CutY">Rows of the latent to cut off.</param>
internal sealed record HiresPlan(HiresFix Fix, SamplerChoice Sampler, LatentUpscaler? Latent, PictureUpscaler? Picture, int Width, int Height, int CutX, int CutY)
{
    /// <summary>What draws it; null: the first pass' checkpoint.</summary>
    public OtherCheckpoint? Other { get; init; }

    /// <summary>The enlarged latent's height, before it is cut.</summary>
    public int LatentHeight => Height / LatentDecoder.Factor;

    /// <summary>The enlarged latent's width, before it is cut.</summary>
    public int LatentWidth => Width / LatentDecoder.Factor;

    /// <summary>Steps of the second pass.</summary>
    /// <param name="first">Of the first.</param>
    public int StepsAfter(int first) => Fix.Steps > 0 ? Fix.Steps : first;

    /// <summary>Its guidance.</summary>
    /// <param name="first">The first's.</param>
    public double CfgScaleAfter(double first) => Fix.CfgScale ?? first;

    /// <summary>Decides a second pass.</summary>
    /// <param name="request">With one.</param>
    /// <param name="first">The first pass' sampler and schedule.</param>
    /// <param name="width">The first pass' pixels.</param>
    /// <param name="height">The first pass' pixels.</param>
    /// <param name="models">Where upscalers are looked up that are files.</param>
    /// <exception cref="InvalidRequestException">A name is not known, or the picture would be too large.</exception>
    public static HiresPlan? Of(ImageRequest request, SamplerChoice first, int width, int height, ModelIndex models)
    {
        if (request.Hires is not { } fix) return null;
        var latent = Names.Find(LatentUpscaler.All, fix.Upscaler);
        IReadOnlyList<PictureUpscaler> pictures = latent is null ? PictureUpscaler.Of(models) : [];
        var picture = Names.Find(pictures, fix.Upscaler);
        if (latent is null && picture is null) throw Names.Unknown<INamed>(new("upscaler", "放大算法"), fix.Upscaler, fix.Upscaler, [.. LatentUpscaler.All, .. pictures]);
        var (wide, high) = fix.SizeOf(width, height);
        RequestRules.Check(wide, high);
        var (cutX, cutY) = fix is { Width: { } w, Height: { } h } ? ((wide - w) / LatentDecoder.Factor, (high - h) / LatentDecoder.Factor) : (0, 0);
        var sampler = fix.Sampler is null && fix.Schedule is null ? first : SamplerTable.Find(fix.Sampler ?? first.Sampler.Name, fix.Schedule ?? "Automatic");
        return new HiresPlan(fix, sampler, latent, picture, wide, high, cutX, cutY);
    }
}
