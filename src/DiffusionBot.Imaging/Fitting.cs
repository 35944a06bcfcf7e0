namespace DiffusionBot.Imaging;

/// <summary>Pictures brought to a size of other proportions, as WebUI's resize modes do it (by Lanczos).</summary>
public static class Fitting
{
    /// <summary>"Just resize": proportions change.</summary>
    public static Bitmap Stretch(Bitmap source, int width, int height) => Resampling.Resize(source, width, height, ResampleFilter.Lanczos);

    /// <summary>"Crop and resize": all is filled, what is over is cut off on both sides.</summary>
    public static Bitmap Crop(Bitmap source, int width, int height) => Centred(source, width, height, Scaled(source, width, height, fills: true));

    /// <summary>"Resize and fill": all is seen, what is missing on both sides continues its edge.</summary>
    public static Bitmap Fill(Bitmap source, int width, int height)
    {
        var size = Scaled(source, width, height, fills: false);
        var canvas = Centred(source, width, height, size, out var resized);
        var (top, left) = ((height / 2) - (size.Height / 2), (width / 2) - (size.Width / 2));
        if (top > 0 && size.Width == width)
        {
            var (above, below) = (EdgeRow(resized, 0, 1), EdgeRow(resized, resized.Height - 1, resized.Height - 2));
            for (var y = 0; y < top; y++)
            {
                Layers.Put(canvas, above, 0, y);
                Layers.Put(canvas, below, 0, top + size.Height + y);
            }
        }
        else if (left > 0 && size.Height == height)
        {
            var (before, after) = (EdgeColumn(resized, 0, 1), EdgeColumn(resized, resized.Width - 1, resized.Width - 2));
            for (var x = 0; x < left; x++)
            {
                Layers.Put(canvas, before, x, 0);
                Layers.Put(canvas, after, left + size.Width + x, 0);
            }
        }
        return canvas;
    }

    /// <summary>The size of the same proportions that fills another, or fits into it; rounded down.</summary>
    private static (int Width, int Height) Scaled(Bitmap source, int width, int height, bool fills)
    {
        var (asked, has) = ((double)width / height, (double)source.Width / source.Height);
        var keepsWidth = fills ? asked > has : asked < has;
        return keepsWidth
            ? (width, Math.Max(1, (int)((long)source.Height * width / source.Width)))
            : (Math.Max(1, (int)((long)source.Width * height / source.Height)), height);
    }

    private static Bitmap Centred(Bitmap source, int width, int height, (int Width, int Height) size) => Centred(source, width, height, size, out _);

    private static Bitmap Centred(Bitmap source, int width, int height, (int Width, int Height) size, out Bitmap resized)
    {
        resized = Stretch(source, size.Width, size.Height);
        var canvas = new Bitmap(width, height, source.Channels, new byte[checked(width * height * source.Channels)]);
        Layers.Put(canvas, resized, (width / 2) - (size.Width / 2), (height / 2) - (size.Height / 2));
        return canvas;
    }

    private static Bitmap EdgeRow(Bitmap source, int edge, int next) => Beyond(source.Width, 1, source.Channels, i => Row(source, edge)[i], i => Row(source, Math.Clamp(next, 0, source.Height - 1))[i]);

    private static Bitmap EdgeColumn(Bitmap source, int edge, int next) => Beyond(
        1, source.Height, source.Channels, i => Column(source, edge, i), i => Column(source, Math.Clamp(next, 0, source.Width - 1), i));

    /// <summary>What Pillow's bicubic filter sees where a box of no extent lies on the picture's edge: Keys' weights at 0.5 and 1.5 pixels, made one.</summary>
    private static Bitmap Beyond(int width, int height, int channels, Func<int, byte> edge, Func<int, byte> next)
    {
        var pixels = new byte[width * height * channels];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)Math.Clamp((int)Math.Floor((1.125 * edge(i)) - (0.125 * next(i)) + 0.5), 0, 255);
        return new(width, height, channels, pixels);
    }

    private static ReadOnlySpan<byte> Row(Bitmap source, int y) => source.Pixels.AsSpan(y * source.Width * source.Channels, source.Width * source.Channels);

    private static byte Column(Bitmap source, int x, int i) => source.Pixels[(((i / source.Channels * source.Width) + x) * source.Channels) + (i % source.Channels)];
}
