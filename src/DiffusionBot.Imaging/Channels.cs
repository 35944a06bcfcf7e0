namespace DiffusionBot.Imaging;

/// <summary>Changes of channel count, and of what alpha means.</summary>
public static class Channels
{
    /// <summary>Grey is tripled, alpha dropped; RGB is returned as it is.</summary>
    public static Bitmap ToRgb(Bitmap source) => source.Channels == 3 ? source : Convert(source, static (from, to) => (from.Length == 1 ? [from[0], from[0], from[0]] : from[..3]).CopyTo(to));

    /// <summary>What is transparent becomes white: JPEG has no alpha, and black would swallow dark drawings.</summary>
    public static Bitmap FlattenOntoWhite(Bitmap source) => source.Channels != 4 ? source : Convert(source, static (from, to) =>
    {
        for (var c = 0; c < 3; c++) to[c] = (byte)(((from[c] * from[3]) + (255 * (255 - from[3])) + 127) / 255);
    });

    /// <summary>One channel: of colours their luma by ITU-R 601, to the bit as Pillow has it. Grey is returned as it is, alpha is not looked at.</summary>
    public static Bitmap ToGrey(Bitmap source)
    {
        if (source.Channels == 1) return source;
        var pixels = new byte[source.Width * source.Height];
        for (int i = 0, from = 0; i < pixels.Length; i++, from += source.Channels)
            pixels[i] = (byte)(((source.Pixels[from] * 19595) + (source.Pixels[from + 1] * 38470) + (source.Pixels[from + 2] * 7471) + 0x8000) >> 16);
        return new(source.Width, source.Height, 1, pixels);
    }

    /// <summary>Whether it has alpha, and any pixel is not opaque.</summary>
    public static bool IsTransparent(Bitmap source)
    {
        for (var i = 3; source.Channels == 4 && i < source.Pixels.Length; i += 4)
        {
            if (source.Pixels[i] != byte.MaxValue) return true;
        }
        return false;
    }

    /// <summary>The alpha channel of RGBA, each value changed.</summary>
    public static Bitmap Alpha(Bitmap source, Func<byte, byte> change)
    {
        if (source.Channels != 4) throw new ArgumentException($"{source.Channels} channels; expected RGBA.", nameof(source));
        var pixels = new byte[source.Width * source.Height];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = change(source.Pixels[(i * 4) + 3]);
        return new(source.Width, source.Height, 1, pixels);
    }

    /// <summary>Every value of every channel changed.</summary>
    public static Bitmap Each(Bitmap source, Func<byte, byte> change) => new(source.Width, source.Height, source.Channels, Array.ConvertAll(source.Pixels, value => change(value)));

    /// <summary>The pixels inside a rectangle that lies within the picture.</summary>
    public static Bitmap Crop(Bitmap source, int x, int y, int width, int height)
    {
        var pixels = new byte[checked(width * height * source.Channels)];
        for (var row = 0; row < height; row++)
            source.Pixels.AsSpan((((y + row) * source.Width) + x) * source.Channels, width * source.Channels).CopyTo(pixels.AsSpan(row * width * source.Channels));
        return new(width, height, source.Channels, pixels);
    }

    /// <summary>RGBA with its colours multiplied by alpha.</summary>
    internal static Bitmap Premultiply(Bitmap source)
    {
        var pixels = source.Pixels.ToArray();
        for (var i = 0; i < pixels.Length; i += 4)
        {
            for (var c = i; c < i + 3; c++) pixels[c] = Layers.Share(pixels[c] * pixels[i + 3]);
        }
        return new(source.Width, source.Height, 4, pixels);
    }

    /// <summary>The reverse, in place.</summary>
    internal static void Unpremultiply(byte[] pixels)
    {
        for (var i = 0; i < pixels.Length; i += 4)
        {
            var alpha = pixels[i + 3];
            if (alpha is 0 or 255) continue;
            for (var c = i; c < i + 3; c++) pixels[c] = (byte)Math.Min(255, 255 * pixels[c] / alpha);
        }
    }

    private static Bitmap Convert(Bitmap source, PixelToRgb convert)
    {
        var pixels = new byte[checked(source.Width * source.Height * 3)];
        for (int from = 0, to = 0; to < pixels.Length; from += source.Channels, to += 3)
            convert(source.Pixels.AsSpan(from, source.Channels), pixels.AsSpan(to, 3));
        return new(source.Width, source.Height, 3, pixels);
    }

    private delegate void PixelToRgb(ReadOnlySpan<byte> from, Span<byte> to);
}
