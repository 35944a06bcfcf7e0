namespace DiffusionBot.Imaging;

/// <summary>Pictures laid on each other, to the bit as Pillow does it for 8 bits.</summary>
public static class Layers
{
    private const int Bits = 7;   // of precision, as Pillow's AlphaComposite.c has them: its numbers are kept in 32 bits

    /// <summary>An opaque picture seen through a mask.</summary>
    /// <param name="rgb">The picture.</param>
    /// <param name="keep">Grey, of its size: 255 where it is seen whole.</param>
    /// <returns>RGBA, its alpha the mask's.</returns>
    public static Bitmap Seen(Bitmap rgb, Bitmap keep)
    {
        var seen = SeenPremultiplied(rgb, keep);
        Channels.Unpremultiply(seen.Pixels);
        return seen;
    }

    /// <summary>Lays a picture on another.</summary>
    /// <param name="under">RGB or RGBA.</param>
    /// <param name="over">RGBA; from the upper left corner on, what is beyond the other is not looked at.</param>
    /// <returns>RGBA of the size of <paramref name="under"/>.</returns>
    public static Bitmap Over(Bitmap under, Bitmap over)
    {
        var result = WithAlpha(under);
        for (var y = 0; y < Math.Min(under.Height, over.Height); y++)
        {
            for (var x = 0; x < Math.Min(under.Width, over.Width); x++)
                Compose(result.Pixels.AsSpan(((y * under.Width) + x) * 4, 4), over.Pixels.AsSpan(((y * over.Width) + x) * 4, 4));
        }
        return result;
    }

    /// <summary>A transparent canvas with an opaque picture on it; what is beyond the canvas is cut off.</summary>
    public static Bitmap OnCanvas(int width, int height, Bitmap rgb, int x, int y)
    {
        var canvas = new Bitmap(width, height, 4, new byte[checked(width * height * 4)]);
        Put(canvas, WithAlpha(rgb), x, y);
        return canvas;
    }

    /// <summary>
    /// Fills what a mask hides with colours from around it: the rest blurred over it, from far to near. (What WebUI calls "fill".)
    /// </summary>
    /// <param name="rgb">The picture.</param>
    /// <param name="hidden">Grey, of its size: 255 where it is hidden.</param>
    public static Bitmap FillHidden(Bitmap rgb, Bitmap hidden)
    {
        var seen = SeenPremultiplied(rgb, Channels.Each(hidden, value => (byte)(255 - value)));
        var filled = new Bitmap(rgb.Width, rgb.Height, 4, new byte[checked(rgb.Width * rgb.Height * 4)]);
        foreach (var (radius, times) in (ReadOnlySpan<(int, int)>)[(256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1)])
        {
            var blurred = BoxBlur.Gaussian(seen, radius);
            Channels.Unpremultiply(blurred.Pixels);
            for (var i = 0; i < times; i++) filled = Over(filled, blurred);
        }
        return Channels.ToRgb(filled);
    }

    /// <summary>Puts a picture into another of as many channels, in place; what is beyond it is cut off.</summary>
    internal static void Put(Bitmap canvas, Bitmap picture, int x, int y)
    {
        var (left, right) = (Math.Max(x, 0), Math.Min(x + picture.Width, canvas.Width));
        if (left >= right) return;
        for (var row = Math.Max(y, 0); row < Math.Min(y + picture.Height, canvas.Height); row++)
        {
            var from = (((row - y) * picture.Width) + left - x) * picture.Channels;
            picture.Pixels.AsSpan(from, (right - left) * picture.Channels).CopyTo(canvas.Pixels.AsSpan(((row * canvas.Width) + left) * picture.Channels));
        }
    }

    /// <summary>A product of two bytes as a byte: by 255, rounded.</summary>
    internal static byte Share(int product) => (byte)ShiftBy255(product + 128);

    private static Bitmap SeenPremultiplied(Bitmap rgb, Bitmap keep)
    {
        var seen = new byte[checked(rgb.Width * rgb.Height * 4)];
        for (var i = 0; i < keep.Pixels.Length; i++)
        {
            for (var c = 0; c < 3; c++) seen[(i * 4) + c] = Share(rgb.Pixels[(i * 3) + c] * keep.Pixels[i]);
            seen[(i * 4) + 3] = keep.Pixels[i];
        }
        return new(rgb.Width, rgb.Height, 4, seen);
    }

    private static Bitmap WithAlpha(Bitmap source)
    {
        if (source.Channels == 4) return new(source.Width, source.Height, 4, [.. source.Pixels]);
        var pixels = new byte[checked(source.Width * source.Height * 4)];
        for (var i = 0; i < source.Width * source.Height; i++)
        {
            source.Pixels.AsSpan(i * 3, 3).CopyTo(pixels.AsSpan(i * 4));
            pixels[(i * 4) + 3] = byte.MaxValue;
        }
        return new(source.Width, source.Height, 4, pixels);
    }

    /// <summary>Porter and Duff's "over" (1984) for one pixel, in place.</summary>
    private static void Compose(Span<byte> under, ReadOnlySpan<byte> over)
    {
        if (over[3] == 0) return;
        var left = under[3] * (255 - over[3]);
        var alpha = (over[3] * 255) + left;
        var take = over[3] * 255 * 255 * (1 << Bits) / alpha;
        var keep = (255 * (1 << Bits)) - take;
        for (var c = 0; c < 3; c++) under[c] = (byte)(ShiftBy255((over[c] * take) + (under[c] * keep) + (0x80 << Bits)) >> Bits);
        under[3] = Share(alpha);
    }

    private static int ShiftBy255(int value) => ((value >> 8) + value) >> 8;
}
