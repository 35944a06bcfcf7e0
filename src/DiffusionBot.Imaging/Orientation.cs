namespace DiffusionBot.Imaging;

/// <summary>EXIF orientation (EXIF 2.32, 4.6.4 A): how a camera was held.</summary>
internal static class Orientation
{
    /// <summary>The picture upright.</summary>
    /// <param name="source">As stored.</param>
    /// <param name="orientation">1 (nothing to do) to 8; where row 0 and column 0 of the stored picture belong.</param>
    public static Bitmap Apply(Bitmap source, int orientation)
    {
        if (orientation == 1) return source;
        var isTurned = orientation >= 5;
        var (width, height) = isTurned ? (source.Height, source.Width) : (source.Width, source.Height);
        var pixels = new byte[source.Pixels.Length];
        var channels = source.Channels;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (fromX, fromY) = orientation switch
                {
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (y, width - 1 - x),
                    7 => (height - 1 - y, width - 1 - x),
                    _ => (height - 1 - y, x),
                };
                source.Pixels.AsSpan(((fromY * source.Width) + fromX) * channels, channels).CopyTo(pixels.AsSpan(((y * width) + x) * channels));
            }
        }
        return new(width, height, channels, pixels);
    }
}
