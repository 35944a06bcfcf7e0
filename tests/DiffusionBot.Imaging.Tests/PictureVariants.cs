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
        foreach (var isLeft in (bool[])[false, true])
        {
            var marked = Marked(picture, isLeft);
            yield return ($"marked {(isLeft ? "left" : "right")}", marked);
            yield return ($"marked {(isLeft ? "left" : "right")}, half, JPEG 60", Jpeg(Resized(marked, picture.Width / 2), 60));
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

    /// <summary>White letters' worth of strokes on a dark plate, 6 % high and a quarter wide, in a lower corner.</summary>
    private static Bitmap Marked(Bitmap picture, bool isLeft)
    {
        var pixels = picture.Pixels.ToArray();
        var (high, wide) = (Math.Max(6, Math.Min(picture.Width, picture.Height) * 7 / 100), picture.Width / 4);
        for (var y = picture.Height - high - 4; y < picture.Height - 4; y++)
        {
            for (var x = 0; x < wide; x++)
            {
                var at = ((y * picture.Width) + (isLeft ? 4 + x : picture.Width - 5 - x)) * picture.Channels;
                pixels.AsSpan(at, picture.Channels).Fill(x / 2 % 3 == 0 ? (byte)255 : (byte)(pixels[at] / 3));
            }
        }
        return new(picture.Width, picture.Height, picture.Channels, pixels);
    }
}
