namespace DiffusionBot.Imaging;

/// <summary>Changes of channel count.</summary>
internal static class Channels
{
    /// <summary>Grey is tripled, alpha dropped; RGB is returned as it is.</summary>
    public static Bitmap ToRgb(Bitmap source) => source.Channels == 3 ? source : Convert(source, static (from, to) => (from.Length == 1 ? [from[0], from[0], from[0]] : from[..3]).CopyTo(to));

    /// <summary>What is transparent becomes white: JPEG has no alpha, and black would swallow dark drawings.</summary>
    public static Bitmap FlattenOntoWhite(Bitmap source) => source.Channels != 4 ? source : Convert(source, static (from, to) =>
    {
        for (var c = 0; c < 3; c++) to[c] = (byte)(((from[c] * from[3]) + (255 * (255 - from[3])) + 127) / 255);
    });

    private static Bitmap Convert(Bitmap source, PixelToRgb convert)
    {
        var pixels = new byte[checked(source.Width * source.Height * 3)];
        for (int from = 0, to = 0; to < pixels.Length; from += source.Channels, to += 3)
            convert(source.Pixels.AsSpan(from, source.Channels), pixels.AsSpan(to, 3));
        return new(source.Width, source.Height, 3, pixels);
    }

    private delegate void PixelToRgb(ReadOnlySpan<byte> from, Span<byte> to);
}
