namespace DiffusionBot.Engine.Sampling;

/// <summary>Writes the noise that a sampler adds on its way from one sigma to the next.</summary>
internal delegate void StepNoise(Span<float> noise, float sigma, float sigmaNext);

/// <summary>
/// The samplers over sigmas, as in k-diffusion's sampling.py. Each turns x, a latent with noise of deviation sigmas[0] on
/// it, into one with sigmas[^1]; sigmas fall. Buffers are made before the first step.
/// </summary>
internal static class Samplers
{
    /// <summary>Euler's method (Karras et al. 2022, algorithm 2 without churn).</summary>
    public static void Euler(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas)
    {
        var x0 = new float[x.Length];
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            denoise(x, sigmas[i], x0);
            var step = sigmas[i + 1] - sigmas[i];
            for (var j = 0; j < x.Length; j++) x[j] += (x[j] - x0[j]) / sigmas[i] * step;
        }
    }

    /// <summary>Euler's method that goes lower than the next sigma and comes back up with new noise.</summary>
    /// <param name="eta">How much of the noise is new: 0, none, to 1, all that can be.</param>
    public static void EulerAncestral(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise, float eta = 1)
    {
        var (x0, fresh) = (new float[x.Length], new float[x.Length]);
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            denoise(x, sigmas[i], x0);
            var (down, up) = AncestralStep(sigmas[i], sigmas[i + 1], eta);
            for (var j = 0; j < x.Length; j++) x[j] += (x[j] - x0[j]) / sigmas[i] * (down - sigmas[i]);
            if (sigmas[i + 1] == 0) continue;   // nothing to add, and k-diffusion draws no noise here
            noise(fresh, sigmas[i], sigmas[i + 1]);
            for (var j = 0; j < x.Length; j++) x[j] += fresh[j] * up;
        }
    }

    /// <summary>DPM-Solver++(2M) (Lu et al., "DPM-Solver++", 2022, algorithm 2), time being -log sigma.</summary>
    public static void DpmPlusPlus2M(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas)
    {
        var (x0, last) = (new float[x.Length], new float[x.Length]);
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            denoise(x, sigmas[i], x0);
            var keep = sigmas[i + 1] / sigmas[i];
            // The second order takes a step behind and an end that is not 0: there a step in time is infinite.
            var ahead = i == 0 || keep == 0 ? 0 : MathF.Log(keep) / MathF.Log(sigmas[i] / sigmas[i - 1]) / 2;
            for (var j = 0; j < x.Length; j++) x[j] = keep * x[j] + (1 - keep) * ((1 + ahead) * x0[j] - ahead * last[j]);
            (x0, last) = (last, x0);
        }
    }

    /// <summary>Where to step down to, and how much noise then brings the latent to <paramref name="to"/>.</summary>
    private static (float Down, float Up) AncestralStep(float from, float to, float eta)
    {
        var up = MathF.Min(to, eta * MathF.Sqrt(to * to * (from * from - to * to) / (from * from)));
        return (MathF.Sqrt(to * to - up * up), up);
    }
}
