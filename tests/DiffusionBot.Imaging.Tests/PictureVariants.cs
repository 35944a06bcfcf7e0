namespace DiffusionBot.Imaging.Tests;

/// <summary>What platforms and people do to a picture on its way.</summary>
internal static class PictureVariants
{
    public static IEnumerable<(string Name, Bitmap Picture)> Of(Bitmap picture)
    {
        foreach (var quality in (int[])[40, 60, 75, 95]) yield return ($"JPEG {quality}", Jpeg(picture, quality));
        foreach (var quality in (int[])[50, 80]) yield return ($"WebP {quality}", Decode(PictureWriter.Webp(picture, quality, parameters: null)));
        foreach (var (name, width) in ((string, int)[])[("half", picture.Width / 2), ("three quarters", picture.Width * 3 / 4), ("1080 wide", 1080)])
        {
            var resized = Resized(picture, width);
            yield return (name, resized);
            yield return ($"{name}, JPEG 50", Jpeg(resized, 50));
        }
        yield return ("brighter", Shifted(picture, 12));
        yield return ("darker", Shifted(picture, -12));
        yield return ("alpha", WithAlpha(picture));
        foreach (var corner in Enum.GetValues<MarkCorner>())
        {
            var marked = VisibleMark.Draw(picture, "AI生成", corner);
            yield return ($"marked {corner}", marked);
            yield return ($"marked {corner}, half, JPEG 60", Jpeg(Resized(marked, picture.Width / 2), 60));
        }
    }

    private static Bitmap Decode(byte[] file) => PictureReader.Decode(file).Bitmap;

    private static Bitmap Jpeg(Bitmap picture, int quality) => Decode(PictureWriter.Jpeg(picture, quality, parameters: null));

    private static Bitmap Resized(Bitmap picture, int width) =>
        Resampling.Resize(picture, width, (int)Math.Round((double)picture.Height * width / picture.Width), ResampleFilter.Bicubic);

    private static Bitmap Shifted(Bitmap picture, int by) =>
        new(picture.Width, picture.Height, picture.Channels, [.. picture.Pixels.Select(p => (byte)Math.Clamp(p + by, 0, 255))]);

    private static Bitmap WithAlpha(Bitmap picture) =>
        new(picture.Width, picture.Height, 4, [.. picture.Pixels.Chunk(picture.Channels).SelectMany(p => (byte[])[p[0], p[1], p[^1], 254])]);
}
