namespace DiffusionBot.Engine.Sampling;

/// <summary>A row of WebUI's "Schedule type".</summary>
/// <param name="Name">As WebUI shows it and writes it into the infotext.</param>
/// <param name="Aliases">Other names that mean it.</param>
/// <param name="Sigmas">The function: falling sigmas for so many steps, then what the last step ends at; steps + 1 numbers.</param>
internal sealed record SigmaSchedule(string Name, string[] Aliases, Func<NoiseSchedule, int, float[]> Sigmas) : INamed;

/// <summary>How a sampler's steps are spread between the model's largest sigma and none. One row and one function each.</summary>
internal static class SigmaSchedules
{
    private const double Rho = 7;

    /// <summary>The sampler's own; where it has none, k-diffusion's.</summary>
    public static SigmaSchedule Automatic { get; } = new("Automatic", [], Uniform);

    /// <summary>All that are known, in WebUI's order.</summary>
    public static IReadOnlyList<SigmaSchedule> All { get; } =
    [
        Automatic,
        new("Uniform", [], Uniform),
        new("Karras", ["ka"], Karras),
        new("Exponential", [], Exponential),
    ];

    /// <summary>A schedule by name or alias, however it is capitalised and spaced.</summary>
    /// <exception cref="InvalidRequestException">No such schedule; the message lists the known ones.</exception>
    public static SigmaSchedule Find(string name) => Names.Find(All, name) ?? throw Names.Unknown(new("schedule", "调度器"), name, name, All);

    /// <summary>Even steps in time: k-diffusion's DiscreteSchedule.get_sigmas.</summary>
    public static float[] Uniform(NoiseSchedule model, int steps) =>
        Ramp(steps, model.Length - 1, 0, model.SigmaOf);

    /// <summary>Even steps in the seventh root (Karras et al., "Elucidating the design space of diffusion-based generative models", 2022, eq. 5).</summary>
    public static float[] Karras(NoiseSchedule model, int steps)
    {
        var (first, last) = (Math.Pow(model.SigmaMax, 1 / Rho), Math.Pow(model.SigmaMin, 1 / Rho));
        var (start, way) = ((float)first, (float)(last - first));
        return Ramp(steps, 0, 1, at => (float)Math.Pow(start + at * way, Rho));
    }

    /// <summary>Even steps in the logarithm.</summary>
    public static float[] Exponential(NoiseSchedule model, int steps)
    {
        var (first, last) = (Math.Log(model.SigmaMax), Math.Log(model.SigmaMin));
        return Ramp(steps, (float)first, (float)last, at => (float)Math.Exp(at));
    }

    /// <summary>
    /// One sigma a step, at places spread evenly from <paramref name="first"/> to <paramref name="last"/>, and zero at the end. Places are
    /// rounded as torch.linspace rounds them: counted from the start in the first half, from the end in the second, each with one rounding. A
    /// timestep that is off by its last bit turns the UNet's embedding by 6e-5, which is more than all other roundings of a step.
    /// </summary>
    private static float[] Ramp(int steps, float first, float last, Func<float, float> sigmaAt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var sigmas = new float[steps + 1];
        var stride = (last - first) / Math.Max(1, steps - 1);
        for (var i = 0; i < steps; i++)
        {
            sigmas[i] = sigmaAt(steps == 1 || i < steps / 2
                ? MathF.FusedMultiplyAdd(stride, i, first)
                : MathF.FusedMultiplyAdd(-stride, steps - 1 - i, last));
        }
        return sigmas;
    }
}
