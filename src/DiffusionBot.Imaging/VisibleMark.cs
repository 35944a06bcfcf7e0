using DiffusionBot.Imaging.Native;

namespace DiffusionBot.Imaging;

/// <summary>Where a mark stands.</summary>
public enum MarkCorner
{
    BottomRight,
    BottomLeft,
    TopRight,
    TopLeft,
}

/// <summary>Words in a corner of a picture, white on a soft dark plate, so that they can be read on anything.</summary>
public static class VisibleMark
{
    /// <summary>The smallest <c>size</c>: what GB 45438-2025 asks for.</summary>
    public const double LeastSize = 0.05;

    // Below this nobody reads Chinese, however small the picture is.
    private const int LeastFontSize = 12;

    private const double PlateOpacity = 0.6;

    /// <summary>A copy with the mark.</summary>
    /// <param name="bitmap">Any channels; they stay as many. Where it is transparent, the mark is not.</param>
    /// <param name="text">Chinese of everyday use (GB 2312, level 1) and Latin letters can be written on any machine; others where it has fonts for them. Too long a line is broken.</param>
    /// <param name="corner">Where.</param>
    /// <param name="size">Height of a capital letter as a part of the picture's shorter side, from <see cref="LeastSize"/> to 0.5; Chinese is a quarter higher.</param>
    /// <exception cref="ArgumentException">No text, or control characters in it.</exception>
    public static Bitmap Draw(Bitmap bitmap, string text, MarkCorner corner = MarkCorner.BottomRight, double size = LeastSize)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        if (text.Any(char.IsControl)) throw new ArgumentException("A mark has no control characters.", nameof(text));
        if (!(size >= LeastSize && size <= 0.5)) throw new ArgumentOutOfRangeException(nameof(size), size, $"Expected {LeastSize} to 0.5.");
        var fontSize = Math.Max(LeastFontSize, (int)Math.Ceiling(Math.Min(bitmap.Width, bitmap.Height) * size / TextMask.CapitalHeight));
        var (margin, padding) = (Math.Max(2, fontSize / 6), Math.Max(2, fontSize / 5));
        var letters = TextMask.Draw(text, fontSize, Math.Max(fontSize, bitmap.Width - (2 * (margin + padding))));
        var (width, height) = (letters.Width + (3 * padding), letters.Height + (2 * padding));
        var left = corner is MarkCorner.BottomLeft or MarkCorner.TopLeft ? margin : bitmap.Width - width - margin;
        var top = corner is MarkCorner.TopLeft or MarkCorner.TopRight ? margin : bitmap.Height - height - margin;
        var result = new Bitmap(bitmap.Width, bitmap.Height, bitmap.Channels, [.. bitmap.Pixels]);
        // A picture smaller than its mark shows the part that fits, from the beginning.
        (left, top) = (Math.Max(0, left), Math.Max(0, top));
        for (var y = 0; y < height && top + y < bitmap.Height; y++)
        {
            for (var x = 0; x < width && left + x < bitmap.Width; x++)
            {
                var pixel = result.Pixels.AsSpan((((top + y) * bitmap.Width) + left + x) * bitmap.Channels, bitmap.Channels);
                Over(pixel, 0, PlateOpacity * Plate(x, y, width, height, padding));
                var (textX, textY) = (x - (3 * padding / 2), y - padding);
                if (textX >= 0 && textX < letters.Width && textY >= 0 && textY < letters.Height)
                    Over(pixel, 255, letters.Pixels[(textY * letters.Width) + textX] / 255.0);
            }
        }
        return result;
    }

    /// <summary>How much of a pixel a rectangle with round corners covers, 0 to 1.</summary>
    private static double Plate(int x, int y, int width, int height, int radius)
    {
        var beyondX = Math.Max(0, Math.Max(radius - (x + 0.5), x + 0.5 - (width - radius)));
        var beyondY = Math.Max(0, Math.Max(radius - (y + 0.5), y + 0.5 - (height - radius)));
        return Math.Clamp(radius + 0.5 - Math.Sqrt((beyondX * beyondX) + (beyondY * beyondY)), 0, 1);
    }

    /// <summary>Lays a grey over a pixel (Porter and Duff's "over", not premultiplied).</summary>
    private static void Over(Span<byte> pixel, byte grey, double opacity)
    {
        if (opacity <= 0) return;
        var colours = pixel.Length == 4 ? pixel[..3] : pixel;
        var below = pixel.Length == 4 ? pixel[3] / 255.0 * (1 - opacity) : 1 - opacity;
        foreach (ref var colour in colours) colour = (byte)Math.Round(((grey * opacity) + (colour * below)) / (opacity + below));
        if (pixel.Length == 4) pixel[3] = (byte)Math.Round(255 * (opacity + below));
    }
}
