namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// A model's schedule over continuous time, (timestep + 1) / timesteps: between its timesteps, and beyond its first, the logarithm of the
/// signal is linear. In single precision, as UniPC's NoiseScheduleVP.
/// </summary>
internal sealed class UniPcTime
{
    private readonly float[] knots, logAlphas;

    public UniPcTime(NoiseSchedule model)
    {
        knots = Ramp.Of(model.Length + 1, 0, 1)[1..];
        logAlphas = [.. Enumerable.Range(0, model.Length).Select(model.LogSignalAt)];
    }

    /// <summary>Falling times from the start to the model's first timestep: steps + 1.</summary>
    public float[] Steps(UniPcSkip skip, float start, int steps)
    {
        var end = 1.0 / knots.Length;
        switch (skip)
        {
            case UniPcSkip.TimeUniform:
                return Ramp.Of(steps + 1, start, (float)end);
            case UniPcSkip.TimeQuadratic:
                return Array.ConvertAll(Ramp.Of(steps + 1, MathF.Sqrt(start), (float)Math.Sqrt(end)), root => root * root);
            case UniPcSkip.LogSnr:
                return Array.ConvertAll(Ramp.Of(steps + 1, LambdaOf(start), LambdaOf((float)end)), TimeOf);
            default:
                throw new ArgumentOutOfRangeException(nameof(skip), skip, "No such spread of steps.");
        }
    }

    /// <summary>The model's timestep, with fraction.</summary>
    public float TimestepOf(float time) => (time - 1f / knots.Length) * 1000;

    /// <summary>Deviation of the signal.</summary>
    public float AlphaOf(float time) => MathF.Exp(LogAlphaOf(time));

    /// <summary>Deviation of the noise.</summary>
    public float SigmaOf(float time) => MathF.Sqrt(1 - MathF.Exp(2 * LogAlphaOf(time)));

    /// <summary>Half the logarithm of signal to noise.</summary>
    public float LambdaOf(float time)
    {
        var log = LogAlphaOf(time);
        return log - 0.5f * MathF.Log(1 - MathF.Exp(2 * log));
    }

    private float LogAlphaOf(float time) => Between(knots, logAlphas, time, Array.BinarySearch(knots, time));

    private float TimeOf(float lambda)
    {
        var log = -0.5f * (float)Math.Log(1 + Math.Exp(-2.0 * lambda));
        // These knots fall.
        return Between(logAlphas, knots, log, Array.BinarySearch(logAlphas, log, Comparer<float>.Create((a, b) => b.CompareTo(a))));
    }

    private static float Between(float[] xs, float[] ys, float x, int found)
    {
        if (found >= 0) return ys[found];
        var low = Math.Clamp(~found - 1, 0, xs.Length - 2);
        return ys[low] + (x - xs[low]) * (ys[low + 1] - ys[low]) / (xs[low + 1] - xs[low]);
    }
}
