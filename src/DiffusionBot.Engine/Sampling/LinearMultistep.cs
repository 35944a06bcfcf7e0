namespace DiffusionBot.Engine.Sampling;

/// <summary>LMS: Adams-Bashforth over sigmas (k-diffusion's sample_lms).</summary>
internal static class LinearMultistep
{
    private const int Order = 4;

    /// <summary>A polynomial through the last four slopes, integrated over the step.</summary>
    public static void Sample(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas)
    {
        var x0 = new float[x.Length];
        var slopes = new float[Order][];
        for (var k = 0; k < Order; k++) slopes[k] = new float[x.Length];
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            denoise(x, sigmas[i], x0);
            Latents.Slope(slopes[i % Order], x, x0, sigmas[i]);
            for (var j = 0; j < Math.Min(i + 1, Order); j++) Latents.Add(x, (float)Weight(sigmas, i, j), slopes[(i - j) % Order]);
        }
    }

    /// <summary>The integral from sigmas[i] to sigmas[i + 1] of the polynomial that is 1 at sigmas[i - j] and 0 at the others of the last four.</summary>
    private static double Weight(ReadOnlySpan<float> sigmas, int i, int j)
    {
        // Gauss-Legendre with two places is exact up to the third power.
        double from = sigmas[i], half = (sigmas[i + 1] - from) / 2, off = half / Math.Sqrt(3);
        return half * (At(sigmas, from + half - off) + At(sigmas, from + half + off));

        double At(ReadOnlySpan<float> places, double sigma)
        {
            var product = 1.0;
            for (var k = 0; k < Math.Min(i + 1, Order); k++)
            {
                if (k != j) product *= (sigma - places[i - k]) / ((double)places[i - j] - places[i - k]);
            }
            return product;
        }
    }
}
