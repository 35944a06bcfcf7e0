namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// The samplers after DPM-Solver++ (Lu et al., "DPM-Solver++", 2022), which predict the picture, time being -log sigma; as in k-diffusion's
/// sampling.py. h is a step in time. Eta: how much of the noise is new, 0 to 1.
/// </summary>
internal static class DpmPlusPlus
{
    /// <summary>DPM-Solver++(2M), algorithm 2.</summary>
    public static void Sample2M(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas)
    {
        var (x0, last) = (new float[x.Length], new float[x.Length]);
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            denoise(x, sigmas[i], x0);
            var keep = sigmas[i + 1] / sigmas[i];
            // The second order takes a step behind and an end that is not 0: there a step in time is infinite.
            var ahead = i == 0 || keep == 0 ? 0 : MathF.Log(keep) / MathF.Log(sigmas[i] / sigmas[i - 1]) / 2;
            Latents.Blend(x, keep, (1 - keep) * (1 + ahead), x0);
            Latents.Add(x, -(1 - keep) * ahead, last);
            (x0, last) = (last, x0);
        }
    }

    /// <summary>DPM-Solver++(2S), algorithm 1, that goes lower than the next sigma and comes back up with new noise.</summary>
    public static void Sample2SAncestral(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise, float eta = 1)
    {
        var (x0, middle) = (new float[x.Length], new float[x.Length]);
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            denoise(x, sigmas[i], x0);
            var (down, up) = Samplers.AncestralStep(sigmas[i], sigmas[i + 1], eta);
            if (down == 0)
            {
                Latents.Euler(x, x0, sigmas[i], 0);
            }
            else
            {
                var between = SigmaOf(float.Lerp(TimeOf(sigmas[i]), TimeOf(down), 0.5f));
                x.CopyTo(middle);
                Latents.Euler(middle, x0, sigmas[i], between);
                denoise(middle, between, x0);
                Latents.Euler(x, x0, sigmas[i], down);
            }
            if (sigmas[i + 1] == 0) continue;
            noise(middle, sigmas[i], sigmas[i + 1]);
            Latents.Add(x, up, middle);
        }
    }

    /// <summary>SDE-DPM-Solver++ of one step with a look halfway.</summary>
    public static void SampleSde(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise, float eta = 1)
    {
        var (x0, middle, fresh) = (new float[x.Length], new float[x.Length], new float[x.Length]);
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            denoise(x, sigmas[i], x0);
            if (sigmas[i + 1] == 0)
            {
                Latents.Euler(x, x0, sigmas[i], 0);
                continue;
            }
            var (time, next) = (TimeOf(sigmas[i]), TimeOf(sigmas[i + 1]));
            var (sigma, between) = (SigmaOf(time), SigmaOf(time + (next - time) / 2));
            x.CopyTo(middle);
            Step(middle, x0, sigma, between);
            denoise(middle, between, x0);
            Step(x, x0, sigma, SigmaOf(next));
        }

        void Step(Span<float> moved, ReadOnlySpan<float> guess, float from, float to)
        {
            var (down, up) = Samplers.AncestralStep(from, to, eta);
            Latents.Euler(moved, guess, from, down);
            noise(fresh, from, to);
            Latents.Add(moved, up, fresh);
        }
    }

    /// <summary>SDE-DPM-Solver++(2M), algorithm 4.</summary>
    /// <param name="heun">Which of the two second orders: Heun's, or the midpoint's.</param>
    public static void Sample2MSde(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise, float eta = 1, bool heun = false)
    {
        var (x0, last, fresh) = (new float[x.Length], new float[x.Length], new float[x.Length]);
        var before = 0f;
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            denoise(x, sigmas[i], x0);
            if (sigmas[i + 1] == 0)
            {
                x0.CopyTo(x);
                continue;
            }
            var h = TimeOf(sigmas[i + 1]) - TimeOf(sigmas[i]);
            var whole = h + eta * h;
            var gone = -ExpMinus1(-whole);
            Latents.Blend(x, sigmas[i + 1] / sigmas[i] * MathF.Exp(-eta * h), gone, x0);
            if (i > 0)
            {
                var ahead = (heun ? 1 - gone / whole : gone / 2) * h / before;
                Latents.Add(x, ahead, x0);
                Latents.Add(x, -ahead, last);
            }
            AddNoise(x, fresh, sigmas[i], sigmas[i + 1], h, eta, noise);
            (x0, last, before) = (last, x0, h);
        }
    }

    /// <summary>The same with three points (k-diffusion's own).</summary>
    public static void Sample3MSde(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise, float eta = 1)
    {
        var (x0, last, former, fresh) = (new float[x.Length], new float[x.Length], new float[x.Length], new float[x.Length]);
        var (before, earlier) = (0f, 0f);
        for (var i = 0; i + 1 < sigmas.Length; i++)
        {
            denoise(x, sigmas[i], x0);
            if (sigmas[i + 1] == 0)
            {
                x0.CopyTo(x);
                continue;
            }
            var h = TimeOf(sigmas[i + 1]) - TimeOf(sigmas[i]);
            var whole = h * (eta + 1);
            Latents.Blend(x, MathF.Exp(-whole), -ExpMinus1(-whole), x0);
            var second = ExpMinus1(-whole) / whole + 1;
            // The slopes between the last guesses: (x0 - last) * r0 and (last - former) * r1, in steps of h.
            var (r0, r1) = (i > 0 ? h / before : 0, i > 1 ? h / earlier : 0);
            var bend = i > 1 ? (second * before / h - (second / whole - 0.5f)) / ((before + earlier) / h) : 0;
            Latents.Add(x, (second + bend) * r0, x0);
            Latents.Add(x, -(second + bend) * r0 - bend * r1, last);
            Latents.Add(x, bend * r1, former);
            AddNoise(x, fresh, sigmas[i], sigmas[i + 1], h, eta, noise);
            (x0, last, former) = (former, x0, last);
            (before, earlier) = (h, before);
        }
    }

    private static void AddNoise(Span<float> x, Span<float> fresh, float sigma, float next, float h, float eta, StepNoise noise)
    {
        if (eta == 0) return;
        noise(fresh, sigma, next);
        Latents.Add(x, next * MathF.Sqrt(-ExpMinus1(-2 * eta * h)), fresh);
    }

    private static float TimeOf(float sigma) => -MathF.Log(sigma);

    private static float SigmaOf(float time) => MathF.Exp(-time);

    private static float ExpMinus1(float x) => (float)double.ExpM1(x);
}
