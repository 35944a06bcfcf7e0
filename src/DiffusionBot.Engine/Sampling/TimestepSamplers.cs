namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// The samplers over the model's own timesteps, as in WebUI's sd_samplers_timesteps_impl.py. Their latent is DDPM's: it
/// starts as bare noise. Timesteps rise and are walked from the last to the second: what WebUI draws ends at the first.
/// </summary>
internal static class TimestepSamplers
{
    private const int Memory = 4;   // of PLMS: looks at the model

    /// <summary>
    /// 1, 1 + stride, 1 + 2 stride ... below the model's end, where stride is timesteps / steps, rounded down. So n steps
    /// take n - 1 looks at the model, or some more where n does not divide its length: WebUI's way, kept for its pictures.
    /// </summary>
    public static int[] Uniform(NoiseSchedule model, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var stride = Math.Max(1, model.Length / steps);
        var timesteps = new int[(model.Length + stride - 1) / stride];
        for (var i = 0; i < timesteps.Length; i++) timesteps[i] = Math.Min(i * stride + 1, model.Length - 1);
        return timesteps;
    }

    /// <summary>
    /// Song et al., "Denoising diffusion implicit models", 2020, equation 12. With the negative prompt's noise to go along it is CFG++ (Chung
    /// et al., "CFG++: manifold-constrained classifier free guidance", 2024).
    /// </summary>
    /// <param name="eta">How much of the noise is new: 0, none (DDIM proper), to 1 (DDPM).</param>
    /// <param name="along">Where the noise to go along is found after each look at the model; null: it is the predicted one.</param>
    public static void Ddim(
        TimestepDenoiser denoise, Span<float> x, ReadOnlySpan<int> timesteps, ReadOnlySpan<float> alphas, ImageNoise noise, float eta = 0, float[]? along = null)
    {
        var (eps, x0, fresh) = (new float[x.Length], new float[x.Length], new float[x.Length]);
        for (var i = timesteps.Length - 1; i > 0; i--)
        {
            denoise(x, timesteps[i], eps, x0);
            double alpha = alphas[timesteps[i]], next = alphas[timesteps[i - 1]];
            var up = eta * Math.Sqrt((1 - next) / (1 - alpha) * (1 - alpha / next));
            x0.CopyTo(x);
            Latents.Blend(x, (float)Math.Sqrt(next), (float)Math.Sqrt(1 - next - up * up), along ?? eps);
            if (!(up > 0)) continue;
            noise.Next(fresh);
            Latents.Add(x, (float)up, fresh);
        }
    }

    /// <summary>Pseudo linear multistep (Liu et al., "Pseudo numerical methods for diffusion models on manifolds", 2022).</summary>
    public static void Plms(TimestepDenoiser denoise, Span<float> x, ReadOnlySpan<int> timesteps, NoiseSchedule model)
    {
        var looks = new float[Memory][];
        for (var k = 0; k < Memory; k++) looks[k] = new float[x.Length];
        var (mean, ahead, second, x0) = (new float[x.Length], new float[x.Length], new float[x.Length], new float[x.Length]);
        for (var (i, step) = (timesteps.Length - 1, 0); i > 0; i--, step++)
        {
            var eps = looks[step % Memory];
            denoise(x, timesteps[i], eps, x0);
            var (from, to, noise) = (model.Alphas[timesteps[i]], model.Alphas[timesteps[i - 1]], model.NoiseAt(timesteps[i]));
            eps.CopyTo(mean, 0);
            if (step == 0)
            {
                x.CopyTo(ahead);
                Transfer(ahead, eps, from, to, noise);
                denoise(ahead, timesteps[i - 1], second, x0);
                Latents.Blend(mean, 0.5f, 0.5f, second);
            }
            else
            {
                // Adams-Bashforth of an order that grows to four.
                ReadOnlySpan<float> weights = Math.Min(step, Memory - 1) switch
                {
                    1 => [3f / 2, -1f / 2],
                    2 => [23f / 12, -16f / 12, 5f / 12],
                    _ => [55f / 24, -59f / 24, 37f / 24, -9f / 24],
                };
                Latents.Blend(mean, weights[0], weights[1], looks[(step - 1) % Memory]);
                for (var k = 2; k < weights.Length; k++) Latents.Add(mean, weights[k], looks[(step - k) % Memory]);
            }
            Transfer(x, mean, from, to, noise);
        }
    }

    /// <summary>DDIM's step by a given noise, in place: out comes what its x0 is at the other share of signal.</summary>
    private static void Transfer(Span<float> x, ReadOnlySpan<float> eps, double from, double to, double noise)
    {
        var scale = Math.Sqrt(to / from);
        Latents.Blend(x, (float)scale, (float)(Math.Sqrt(1 - to) - scale * noise), eps);
    }
}
