using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Upscaling;

/// <summary>What enlarges pictures: one of WebUI's own, or a file of models/upscalers.</summary>
/// <param name="Name">As WebUI shows it and writes it into the infotext; of a file its name without extension.</param>
/// <param name="Filter">By which it enlarges; null: a network does, or it leaves that to who asks, which is Lanczos too.</param>
internal sealed record PictureUpscaler(string Name, ResampleFilter? Filter) : INamed
{
    private const int MostPasses = 3;
    private const long MostPixels = 64 << 20;

    // What WebUI calls the files that it would fetch itself.
    private static readonly Dictionary<string, string> namesOfFiles = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ESRGAN"] = "ESRGAN_4x",
        ["RealESRGAN_x4plus"] = "R-ESRGAN 4x+",
        ["RealESRGAN_x4plus_anime_6B"] = "R-ESRGAN 4x+ Anime6B",
        ["RealESRGAN_x2plus"] = "R-ESRGAN 2x+",
        ["realesr-general-x4v3"] = "R-ESRGAN General 4xV3",
        ["realesr-general-wdn-x4v3"] = "R-ESRGAN General WDN 4xV3",
        ["realesr-animevideov3"] = "R-ESRGAN AnimeVideo",
    };

    /// <summary>WebUI's own, in its order.</summary>
    public static IReadOnlyList<PictureUpscaler> All { get; } = [new("None", null), new("Lanczos", ResampleFilter.Lanczos), new("Nearest", ResampleFilter.Nearest)];

    /// <summary>The file of a network; null: there is none.</summary>
    public ModelFile? Network { get; init; }

    /// <summary>A file's name with its extension and its folder, and WebUI's name for it.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>WebUI's own, and the files that are there.</summary>
    public static IReadOnlyList<PictureUpscaler> Of(ModelIndex models) => [.. All, .. models.Files(ModelKind.Upscaler).Select(OfFile)];

    /// <summary>
    /// A picture of that size: enlarged by the larger of both factors, to multiples of 8, and brought to the very size by Lanczos (modules/upscaler.py, modules/images.py). A network of too
    /// small a scale is asked up to three times.
    /// </summary>
    /// <param name="picture">RGB.</param>
    /// <param name="width">1 or more.</param>
    /// <param name="height">1 or more.</param>
    /// <param name="network">Enlarges once by the <see cref="Network"/>; null where there is none.</param>
    /// <exception cref="InvalidRequestException">On the way the picture would be too large.</exception>
    public Bitmap Resize(Bitmap picture, int width, int height, Func<Bitmap, Bitmap>? network = null)
    {
        var scale = Math.Max((double)width / picture.Width, (double)height / picture.Height);
        if (scale > 1 && (network is not null || Filter is not null))
        {
            var (wide, high) = (Math.Max(1, (int)(picture.Width * scale) / 8 * 8), Math.Max(1, (int)(picture.Height * scale) / 8 * 8));
            for (var pass = 0; pass < MostPasses && (picture.Width < wide || picture.Height < high); pass++)
            {
                var before = picture;
                picture = network is null ? Resampling.Resize(picture, (int)(picture.Width * scale), (int)(picture.Height * scale), Filter!.Value) : network(picture);
                if ((before.Width, before.Height) == (picture.Width, picture.Height)) break;
            }
            picture = To(picture, wide, high);
        }
        return To(picture, width, height);
    }

    /// <summary>Refuses what a network would make too large of a picture.</summary>
    /// <exception cref="InvalidRequestException">It would.</exception>
    public static void Check(Bitmap picture, int scale)
    {
        var pixels = (long)picture.Width * scale * picture.Height * scale;
        if (pixels <= MostPixels) return;
        throw new InvalidRequestException(new(
            $"The upscaler makes {picture.Width * (long)scale}x{picture.Height * (long)scale} of {picture.Width}x{picture.Height}, which is {pixels} pixels; the limit is {MostPixels}.",
            $"放大模型会把 {picture.Width}x{picture.Height} 放大到 {picture.Width * (long)scale}x{picture.Height * (long)scale}，共 {pixels} 像素，最多 {MostPixels}。"));
    }

    private static PictureUpscaler OfFile(ModelFile file)
    {
        string[] names = [file.FileName, file.RelativeName, .. namesOfFiles.TryGetValue(file.Name, out var shown) ? [shown] : (string[])[]];
        return new PictureUpscaler(file.Name, null) { Network = file, Aliases = names };
    }

    private static Bitmap To(Bitmap picture, int width, int height) =>
        (picture.Width, picture.Height) == (width, height) ? picture : Resampling.Resize(picture, width, height, ResampleFilter.Lanczos);
}
