using System.Text.Json.Serialization;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine;

/// <summary>How a picture of another size becomes what is drawn, in WebUI's words.</summary>
public enum ResizeMode
{
    /// <summary>"Just resize": proportions change.</summary>
    Just,

    /// <summary>"Crop and resize": what is over is cut off on both sides.</summary>
    Crop,

    /// <summary>"Resize and fill": what is missing on both sides continues the picture's edge.</summary>
    Fill,

    /// <summary>"Just resize (latent upscale)": the latent is resized, not the picture.</summary>
    Latent,
}

/// <summary>A picture to draw from (WebUI's "img2img"). Names as in WebUI.</summary>
public sealed record InitImage
{
    /// <summary>
    /// The picture, of any channels and size up to 32 megapixels; what is transparent becomes white. Null: it is still to be given; without it the words alone are drawn. Not a part
    /// of a request's text or JSON.
    /// </summary>
    [JsonIgnore]
    public Bitmap? Picture { get; init; }

    /// <summary>How much is drawn anew, 0 (nothing) to 1 (all). Default 0.75.</summary>
    public double DenoisingStrength { get; init; } = 0.75;

    /// <summary>What becomes of a picture of another size. Default <see cref="ResizeMode.Just"/>.</summary>
    public ResizeMode ResizeMode { get; init; }

    /// <summary>Noise multiplier for img2img: of the noise laid on the picture, 0 to 1.5. Default 1.</summary>
    public double NoiseMultiplier { get; init; } = 1;

    /// <summary>Extra noise multiplier: noise beyond what the schedule says, 0 to 1. Default 0.</summary>
    public double ExtraNoise { get; init; }

    /// <summary>Whether what is drawn gets the picture's colours. Default no.</summary>
    public bool ColorCorrection { get; init; }

    /// <summary>Whether as many steps are done as are asked for, instead of the strength's share of them. Default no.</summary>
    public bool ExactSteps { get; init; }

    /// <summary>Draws only a part of it anew; null: all.</summary>
    public Inpainting? Inpaint { get; init; }

    /// <summary>How many steps are done of so many that are asked for.</summary>
    public int StepsOf(int steps) => new Sampling.InitLatent([], DenoisingStrength) { ExactSteps = ExactSteps }.StepsOf(steps) is (> 0, var last) ? last + 1 : 0;
}
