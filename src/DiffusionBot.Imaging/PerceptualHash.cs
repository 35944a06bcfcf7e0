using System.Numerics;

namespace DiffusionBot.Imaging;

/// <summary>
/// A picture's 64-bit fingerprint, for finding our own again after a platform re-encoded it: the signs of 64 cosine coefficients of its brightness. Small pictures
/// are drawn of one object in the middle, so the 24 lowest coefficients, its outline, are the same for every seed and are left out; the next 64 are
/// details that still outlive JPEG at half the size. A tenth at each edge is not looked at: marks stand there, and little else.
/// </summary>
public static class PerceptualHash
{
    /// <summary>
    /// The largest distance at which two pictures are taken for one. Copies (JPEG from quality 40, WebP, half to four times the size, brightness, a mark in a corner) are
    /// 0 to 2 apart, at worst 5. Other seeds of the same prompt are seldom below 8 (of 700 pairs that the shipped model drew, four were at 4 or 5: apples that an eye hardly
    /// tells apart), and other prompts at about 30. So take the nearest of several.
    /// </summary>
    public const int SamePicture = 5;

    private const int Side = 60, Edge = Side / 10, Inner = Side - (2 * Edge);
    private const int Frequencies = 12, Skipped = 24, Length = 64;

    private static readonly double[] Cosines =
        [.. from frequency in Enumerable.Range(0, Frequencies) from at in Enumerable.Range(0, Inner) select Math.Cos(((2 * at) + 1) * frequency * Math.PI / (2 * Inner))];

    // From low to high by radius, without the mean.
    private static readonly (int X, int Y)[] Chosen =
        [.. (from x in Enumerable.Range(0, Frequencies) from y in Enumerable.Range(0, Frequencies) where x + y > 0 orderby (x * x) + (y * y), x select (x, y)).Skip(Skipped).Take(Length)];

    /// <summary>The fingerprint. Alpha is not looked at, nor are hues.</summary>
    public static ulong Of(Bitmap bitmap)
    {
        var small = Resampling.Resize(Channels.ToRgb(bitmap), Side, Side, ResampleFilter.Bilinear).Pixels;
        // Rows first: what a frequency across has in each row.
        var across = new double[Inner * Frequencies];
        Span<double> row = stackalloc double[Inner];
        for (var y = 0; y < Inner; y++)
        {
            for (var x = 0; x < Inner; x++) row[x] = Brightness(small.AsSpan((((y + Edge) * Side) + x + Edge) * 3, 3));
            for (var f = 0; f < Frequencies; f++) across[(f * Inner) + y] = Dot(row, Cosines.AsSpan(f * Inner, Inner));
        }
        var hash = 0ul;
        foreach (var (x, y) in Chosen)
            hash = (hash << 1) | (Dot(across.AsSpan(x * Inner, Inner), Cosines.AsSpan(y * Inner, Inner)) > 0 ? 1ul : 0);
        return hash;
    }

    /// <summary>In how many of 64 bits they differ; about 32 for two pictures that have nothing to do with each other.</summary>
    public static int Distance(ulong one, ulong other) => BitOperations.PopCount(one ^ other);

    private static double Brightness(ReadOnlySpan<byte> rgb) => (0.299 * rgb[0]) + (0.587 * rgb[1]) + (0.114 * rgb[2]);

    private static double Dot(ReadOnlySpan<double> one, ReadOnlySpan<double> other)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++) sum += one[i] * other[i];
        return sum;
    }
}
