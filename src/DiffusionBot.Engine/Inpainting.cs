using System.Text.Json.Serialization;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine;

/// <summary>What the masked part holds before it is drawn: WebUI's "Masked content".</summary>
public enum MaskedContent
{
    /// <summary>Blurred colours from around it.</summary>
    Fill,

    /// <summary>What is there.</summary>
    Original,

    /// <summary>Noise.</summary>
    LatentNoise,

    /// <summary>A latent of zeros.</summary>
    LatentNothing,
}

/// <summary>Which part of the picture is drawn at the size asked for: WebUI's "Inpaint area".</summary>
public enum InpaintArea
{
    /// <summary>All of it.</summary>
    WholePicture,

    /// <summary>The masked part with what is around it; the result is put back into the picture at its own size.</summary>
    OnlyMasked,
}

/// <summary>Which part of a picture is drawn anew, and how (WebUI's "Inpaint"; its soft inpainting off). Names as in WebUI.</summary>
public sealed record Inpainting
{
    /// <summary>
    /// White where it is drawn anew, of the picture's size. Of a mask with transparency its alpha counts instead, opaque where drawn. Null: what is transparent in the picture itself is drawn
    /// anew. Not a part of a request's text or JSON.
    /// </summary>
    [JsonIgnore]
    public Bitmap? Mask { get; init; }

    /// <summary>The deviation of the mask's soft edge in pixels, 0 to 64. Default 4.</summary>
    public int MaskBlur { get; init; } = 4;

    /// <summary>What the masked part holds before. Default <see cref="MaskedContent.Original"/>.</summary>
    public MaskedContent Content { get; init; } = MaskedContent.Original;

    /// <summary>Which part is drawn at the size asked for. Default <see cref="InpaintArea.WholePicture"/>.</summary>
    public InpaintArea Area { get; init; }

    /// <summary>Pixels of the picture around the mask that are drawn along, 0 to 256; for <see cref="InpaintArea.OnlyMasked"/>. Default 32.</summary>
    public int Padding { get; init; } = 32;

    /// <summary>Whether what is not masked is drawn instead. Default no.</summary>
    public bool Inverted { get; init; }
}
