namespace DiffusionBot.Engine.Sampling;

/// <summary>Spherical interpolation of noise, which keeps its deviation where a straight one would lessen it (Shoemake, 1985).</summary>
internal static class Slerp
{
    private const double Alike = 0.9995;   // mean cosine from which on the angle is too small to divide by

    /// <summary>
    /// Turns noise [C, h, w] towards other noise. The vectors are the columns of each channel (WebUI normalises over the first axis after the
    /// channels), every one turned by the same share of its own angle.
    /// </summary>
    /// <param name="noise">In: what 0 gives. Out: the result.</param>
    /// <param name="other">What 1 gives.</param>
    /// <param name="share">0 to 1.</param>
    /// <param name="height">Elements of a vector.</param>
    /// <param name="width">Vectors side by side.</param>
    public static void Between(Span<float> noise, ReadOnlySpan<float> other, float share, int height, int width)
    {
        var vectors = noise.Length / height;
        var angles = new double[vectors];
        var mean = 0.0;
        for (var v = 0; v < vectors; v++)
        {
            var (a, b, ab) = (0.0, 0.0, 0.0);
            for (var (at, y) = (Start(v), 0); y < height; y++, at += width)
            {
                a += (double)noise[at] * noise[at];
                b += (double)other[at] * other[at];
                ab += (double)noise[at] * other[at];
            }
            angles[v] = ab / Math.Sqrt(a * b);
            mean += angles[v] / vectors;
        }
        for (var v = 0; v < vectors; v++)
        {
            // Where both are nearly the same WebUI has the shares the other way round.
            var (near, far) = ((double)share, 1.0 - share);
            if (!(mean > Alike))
            {
                var angle = Math.Acos(angles[v]);
                (near, far) = (Math.Sin(far * angle) / Math.Sin(angle), Math.Sin(near * angle) / Math.Sin(angle));
            }
            for (var (at, y) = (Start(v), 0); y < height; y++, at += width) noise[at] = (float)(near * noise[at] + far * other[at]);
        }

        int Start(int vector) => vector / width * height * width + vector % width;
    }
}
