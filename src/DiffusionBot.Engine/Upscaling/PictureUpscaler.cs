using DiffusionBot.Engine.Sampling;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Upscaling;

/// <summary>One of WebUI's upscalers that enlarge pictures.</summary>
/// <param name="Name">As WebUI shows it and writes it into the infotext.</param>
/// <param name="Filter">By which it enlarges; null: it leaves that to who asks, which is Lanczos too.</param>
internal sealed record PictureUpscaler(string Name, ResampleFilter? Filter) : INamed
{
    /// <summary>All, in WebUI's order.</summary>
    public static IReadOnlyList<PictureUpscaler> All { get; } = [new("None", null), new("Lanczos", ResampleFilter.Lanczos), new("Nearest", ResampleFilter.Nearest)];

    /// <summary>Other names: none.</summary>
    public string[] Aliases => [];

    /// <summary>A picture of that size: enlarged by the larger of both factors, to multiples of 8, and brought to the very size by Lanczos (modules/upscaler.py, modules/images.py).</summary>
    public Bitmap Resize(Bitmap picture, int width, int height)
    {
        var scale = Math.Max((double)width / picture.Width, (double)height / picture.Height);
        if (Filter is { } filter && scale > 1)
        {
            var (wide, high) = ((int)(picture.Width * scale), (int)(picture.Height * scale));
            picture = Resampling.Resize(picture, wide, high, filter);
            picture = To(picture, wide / 8 * 8, high / 8 * 8);
        }
        return To(picture, width, height);
    }

    private static Bitmap To(Bitmap picture, int width, int height) =>
        (picture.Width, picture.Height) == (width, height) ? picture : Resampling.Resize(picture, width, height, ResampleFilter.Lanczos);
}
