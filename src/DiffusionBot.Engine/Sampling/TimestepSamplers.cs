namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// The samplers over the model's own timesteps, as in WebUI's sd_samplers_timesteps_impl.py. Their latent is DDPM's: it
/// starts as bare noise. Timesteps rise and are walked from the last to the second: what WebUI draws ends at the first.
/// </summary>
internal static class TimestepSamplers
{
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

    /// <summary>Song et al., "Denoising diffusion implicit models", 2020, equation 12.</summary>
    /// <param name="eta">How much of the noise is new: 0, none (DDIM proper), to 1 (DDPM).</param>
    public static void Ddim(TimestepDenoiser denoise, Span<float> x, ReadOnlySpan<int> timesteps, ReadOnlySpan<float> alphas, ImageNoise noise, float eta = 0)
    {
        var (eps, x0, fresh) = (new float[x.Length], new float[x.Length], new float[x.Length]);
        for (var i = timesteps.Length - 1; i > 0; i--)
        {
            denoise(x, timesteps[i], eps, x0);
            double alpha = alphas[timesteps[i]], next = alphas[timesteps[i - 1]];
            var up = eta * Math.Sqrt((1 - next) / (1 - alpha) * (1 - alpha / next));
            var (signal, along, across) = ((float)Math.Sqrt(next), (float)Math.Sqrt(1 - next - up * up), (float)up);
            if (across > 0) noise.Next(fresh);
            for (var j = 0; j < x.Length; j++) x[j] = signal * x0[j] + along * eps[j] + across * fresh[j];
        }
    }
}
