namespace DiffusionBot.Imaging;

/// <summary>
/// Pixels in memory: row-major, channels interleaved, 8 bits each, sRGB. 1 channel is grey, 3 RGB, 4 RGBA (not premultiplied).
/// </summary>
public sealed class Bitmap
{
    /// <summary>Takes over <paramref name="pixels"/>; nothing is copied.</summary>
    /// <param name="width">1 or more.</param>
    /// <param name="height">1 or more.</param>
    /// <param name="channels">1, 3 or 4.</param>
    /// <param name="pixels">width x height x channels bytes.</param>
    public Bitmap(int width, int height, int channels, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3 or 4)) throw new ArgumentOutOfRangeException(nameof(channels), channels, "A bitmap has 1, 3 or 4 channels.");
        if (pixels.LongLength != (long)width * height * channels)
            throw new ArgumentException($"{width}x{height} with {channels} channels is {(long)width * height * channels} bytes; got {pixels.LongLength}.", nameof(pixels));
        (Width, Height, Channels, Pixels) = (width, height, channels, pixels);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>1 (grey), 3 (RGB) or 4 (RGBA).</summary>
    public int Channels { get; }

    /// <summary>Height rows of Width x Channels bytes.</summary>
    public byte[] Pixels { get; }
}
