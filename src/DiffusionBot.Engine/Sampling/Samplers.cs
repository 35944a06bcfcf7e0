namespace DiffusionBot.Engine.Sampling;

/// <summary>Writes the noise that a sampler adds on its way from one sigma to the next.</summary>
internal delegate void StepNoise(Span<float> noise, float sigma, float sigmaNext);

/// <summary>Karras et al. 2022, algorithm 2: before a step the latent is made noisier than its sigma says.</summary>
/// <param name="Amount">Over all steps; 0: none.</param>
/// <param name="Least">Sigma from which on.</param>
/// <param name="Most">Sigma up to which.</param>
/// <param name="Deviation">Of the noise, before scaling.</param>
internal readonly record struct Churn(float Amount, float Least, float Most, float Deviation)
{
    /// <summary>Adds the noise, and says the sigma that the latent has now.</summary>
    /// <param name="fresh">Room for the noise.</param>
    public float Stir(Span<float> x, Span<float> fresh, float sigma, int steps, StepNoise noise)
    {
        if (Amount <= 0) return sigma;
        // k-diffusion draws noise at every step, also where it adds none.
        noise(fresh, sigma, sigma);
        if (!(sigma >= Least && sigma <= Most)) return sigma;
        var stirred = sigma * (MathF.Min(Amount / steps, MathF.Sqrt(2) - 1) + 1);
        Latents.Add(x, Deviation * MathF.Sqrt(stirred * stirred - sigma * sigma), fresh);
        return stirred;
    }
}

/// <summary>
/// The samplers over sigmas, as in k-diffusion's sampling.py. Each turns x, a latent with noise of deviation sigmas[0] on
/// it, into one with sigmas[^1]; sigmas fall. Buffers are made before the first step.
/// </summary>
internal static class Samplers
{
    /// <summary>Euler's method (Karras et al. 2022, algorithm 2).</summary>
    public static void Euler(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise, Churn churn = default)
    {
        var (x0, fresh) = (new float[x.Length], new float[x.Length]);
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            var sigma = churn.Stir(x, fresh, sigmas[i], sigmas.Length - 1, noise);
            denoise(x, sigma, x0);
            Latents.Euler(x, x0, sigma, sigmas[i + 1]);
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
            Latents.Euler(x, x0, sigmas[i], down);
            if (sigmas[i + 1] == 0) continue;   // nothing to add, and k-diffusion draws no noise here
            noise(fresh, sigmas[i], sigmas[i + 1]);
            Latents.Add(x, up, fresh);
        }
    }

    /// <summary>Heun's method (Karras et al. 2022, algorithm 2): the mean of the slopes at a step's two ends.</summary>
    public static void Heun(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise, Churn churn = default)
    {
        var (x0, slope, ahead) = (new float[x.Length], new float[x.Length], new float[x.Length]);
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            var (sigma, next) = (churn.Stir(x, ahead, sigmas[i], sigmas.Length - 1, noise), sigmas[i + 1]);
            HeunStep(denoise, x, sigma, next, x0, slope, ahead);
        }
    }

    /// <summary>One step of Heun's, or Euler's where it ends at 0. The buffers' contents do not matter.</summary>
    public static void HeunStep(Denoiser denoise, Span<float> x, float sigma, float next, Span<float> x0, Span<float> slope, Span<float> ahead)
    {
        denoise(x, sigma, x0);
        if (next == 0)
        {
            Latents.Euler(x, x0, sigma, 0);
            return;
        }
        Latents.Slope(slope, x, x0, sigma);
        Latents.Move(ahead, x, slope, next - sigma);
        denoise(ahead, next, x0);
        Latents.Slope(ahead, ahead, x0, next);
        Latents.Add(x, (next - sigma) / 2, slope);
        Latents.Add(x, (next - sigma) / 2, ahead);
    }

    /// <summary>The midpoint method in -log sigma, after DPM-Solver-2 (Lu et al., "DPM-Solver", 2022).</summary>
    public static void Dpm2(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise, Churn churn = default)
    {
        var (x0, middle) = (new float[x.Length], new float[x.Length]);
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            var sigma = churn.Stir(x, middle, sigmas[i], sigmas.Length - 1, noise);
            MidpointStep(denoise, x, sigma, sigmas[i + 1], x0, middle);
        }
    }

    /// <summary><see cref="Dpm2"/> that goes lower than the next sigma and comes back up with new noise.</summary>
    public static void Dpm2Ancestral(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise, float eta = 1)
    {
        var (x0, middle) = (new float[x.Length], new float[x.Length]);
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            var (down, up) = AncestralStep(sigmas[i], sigmas[i + 1], eta);
            MidpointStep(denoise, x, sigmas[i], down, x0, middle);
            if (down == 0) continue;
            noise(middle, sigmas[i], sigmas[i + 1]);
            Latents.Add(x, up, middle);
        }
    }

    /// <summary>The sampler of latent consistency models: each step guesses the whole picture and makes it noisy again.</summary>
    public static void Lcm(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise)
    {
        var x0 = new float[x.Length];
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            denoise(x, sigmas[i], x0);
            x0.CopyTo(x);
            if (sigmas[i + 1] == 0) continue;
            noise(x0, sigmas[i], sigmas[i + 1]);
            Latents.Add(x, sigmas[i + 1], x0);
        }
    }

    /// <summary>Where to step down to, and how much noise then brings the latent to <paramref name="to"/>.</summary>
    public static (float Down, float Up) AncestralStep(float from, float to, float eta)
    {
        var up = MathF.Min(to, eta * MathF.Sqrt(to * to * (from * from - to * to) / (from * from)));
        return (MathF.Sqrt(to * to - up * up), up);
    }

    private static void MidpointStep(Denoiser denoise, Span<float> x, float sigma, float next, Span<float> x0, Span<float> middle)
    {
        denoise(x, sigma, x0);
        if (next == 0)
        {
            Latents.Euler(x, x0, sigma, 0);
            return;
        }
        var between = MathF.Exp(float.Lerp(MathF.Log(sigma), MathF.Log(next), 0.5f));
        Latents.Slope(middle, x, x0, sigma);
        Latents.Move(middle, x, middle, between - sigma);
        denoise(middle, between, x0);
        Latents.Slope(middle, middle, x0, between);
        Latents.Add(x, next - sigma, middle);
    }
}
