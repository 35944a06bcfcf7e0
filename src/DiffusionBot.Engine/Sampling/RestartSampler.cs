namespace DiffusionBot.Engine.Sampling;

/// <summary>Heun's method that goes back up now and then (Xu et al., "Restart sampling for improving generative processes", 2023).</summary>
internal static class RestartSampler
{
    // From this sigma up to that one, as WebUI has it.
    private const float Low = 0.1f, High = 2;

    /// <summary>From 20 steps on nine of them, from 36 on half of them, are gone a second time, on Karras's sigmas.</summary>
    public static void Sample(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise)
    {
        var (x0, slope, ahead) = (new float[x.Length], new float[x.Length], new float[x.Length]);
        float? reached = null;
        foreach (var (from, to) in Plan(sigmas))
        {
            if (reached is { } last && last < from)
            {
                noise(ahead, last, from);
                Latents.Add(x, MathF.Sqrt(from * from - last * last), ahead);
            }
            Samplers.HeunStep(denoise, x, from, to, x0, slope, ahead);
            reached = to;
        }
    }

    /// <summary>The steps: where one does not start where the last ended, it is gone up.</summary>
    private static List<(float From, float To)> Plan(ReadOnlySpan<float> sigmas)
    {
        var steps = sigmas.Length - 1;
        var (length, times) = steps switch { >= 36 => (steps / 4, 2), >= 20 => (9, 1), _ => (0, 0) };
        var way = times > 0 ? SigmaSchedules.Karras(steps - length * times, sigmas[^2], sigmas[0]) : sigmas.ToArray();
        var (low, high) = (Nearest(way, Low), Nearest(way, High));
        var plan = new List<(float, float)>();
        for (var i = 0; i + 1 < way.Length; i++)
        {
            plan.Add((way[i], way[i + 1]));
            if (times == 0 || i + 1 != low || high >= low) continue;
            var again = SigmaSchedules.Karras(length + 1, way[low], way[high]);
            for (var time = 0; time < times; time++)
            {
                for (var j = 0; j < length; j++) plan.Add((again[j], again[j + 1]));
            }
        }
        return plan;
    }

    private static int Nearest(float[] sigmas, float sigma)
    {
        var nearest = 0;
        for (var i = 1; i < sigmas.Length; i++)
        {
            if (MathF.Abs(sigmas[i] - sigma) < MathF.Abs(sigmas[nearest] - sigma)) nearest = i;
        }
        return nearest;
    }
}
