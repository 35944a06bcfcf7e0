namespace DiffusionBot.Imaging;

/// <summary>
/// Pillow's Gaussian blur: three box blurs of a width that may end within a pixel (P. Gwosdek et al., "Theoretical foundations of Gaussian convolution by extended box filtering", 2011), each rounded to 8 bits.
/// </summary>
internal static class BoxBlur
{
    private const int Passes = 3;
    private const uint One = 1 << 24;

    /// <summary>The picture blurred; a copy at a radius of 0. RGBA is taken as it is: premultiplied, if colours are not to bleed.</summary>
    public static Bitmap Gaussian(Bitmap source, float radius)
    {
        var result = new Bitmap(source.Width, source.Height, source.Channels, [.. source.Pixels]);
        if (radius == 0) return result;
        var box = BoxOf(radius);
        var (row, column) = (source.Width * source.Channels, source.Channels);
        Parallel.For(0, source.Height, y =>
        {
            for (var c = 0; c < source.Channels; c++) Blur(result.Pixels, (y * row) + c, column, source.Width, box);
        });
        Parallel.For(0, source.Width, x =>
        {
            for (var c = 0; c < source.Channels; c++) Blur(result.Pixels, (x * column) + c, row, source.Height, box);
        });
        return result;
    }

    /// <summary>The box's half width whose deviation, three times over, is a Gaussian's.</summary>
    private static float BoxOf(float radius)
    {
        var variance = radius * radius / Passes;
        var whole = MathF.Floor((MathF.Sqrt((12 * variance) + 1) - 1) / 2);
        var part = ((2 * whole) + 1) * ((whole * (whole + 1)) - (3 * variance));
        return whole + (part / (6 * (variance - ((whole + 1) * (whole + 1)))));
    }

    /// <summary>Blurs a line in place, all passes.</summary>
    private static void Blur(byte[] pixels, int start, int stride, int length, float box)
    {
        var line = new byte[length];
        for (var pass = 0; pass < Passes; pass++)
        {
            for (var i = 0; i < length; i++) line[i] = pixels[start + (i * stride)];
            Blur(line, pixels, start, stride, box);
        }
    }

    private static void Blur(byte[] line, byte[] pixels, int start, int stride, float box)
    {
        var (radius, last) = ((int)box, line.Length - 1);
        var whole = (uint)(One / ((box * 2) + 1));
        var far = (One - (((uint)radius * 2) + 1) * whole) / 2;   // the share of the pixels just beyond the whole ones
        uint sum = 0;
        for (var i = -radius - 1; i < radius; i++) sum += line[Math.Clamp(i, 0, last)];
        for (var x = 0; x <= last; x++)
        {
            var before = line[Math.Max(x - radius - 1, 0)];
            sum += line[Math.Min(x + radius, last)];
            sum -= before;
            var bulk = (sum * whole) + ((uint)(before + line[Math.Min(x + radius + 1, last)]) * far);
            pixels[start + (x * stride)] = (byte)((bulk + (One / 2)) >> 24);
        }
    }
}
