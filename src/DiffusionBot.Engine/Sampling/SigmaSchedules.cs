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
    public static SigmaSchedule Find(string name) => Names.Find(All, name) ?? throw Names.Unknown("schedule", name, name, All);

    /// <summary>Even steps in time: k-diffusion's DiscreteSchedule.get_sigmas.</summary>
    public static float[] Uniform(NoiseSchedule model, int steps) =>
        Ramp(steps, at => model.SigmaOf((float)((model.Length - 1) * (1 - at))));

    /// <summary>Even steps in the seventh root (Karras et al., "Elucidating the design space of diffusion-based generative models", 2022, eq. 5).</summary>
    public static float[] Karras(NoiseSchedule model, int steps)
    {
        var (first, last) = (Math.Pow(model.SigmaMax, 1 / Rho), Math.Pow(model.SigmaMin, 1 / Rho));
        return Ramp(steps, at => (float)Math.Pow(first + at * (last - first), Rho));
    }

    /// <summary>Even steps in the logarithm.</summary>
    public static float[] Exponential(NoiseSchedule model, int steps)
    {
        var (first, last) = (Math.Log(model.SigmaMax), Math.Log(model.SigmaMin));
        return Ramp(steps, at => (float)Math.Exp(first + at * (last - first)));
    }

    /// <summary>One sigma a step, from place 0 to place 1, and zero at the end.</summary>
    private static float[] Ramp(int steps, Func<double, float> sigmaAt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var sigmas = new float[steps + 1];
        for (var i = 0; i < steps; i++) sigmas[i] = sigmaAt((double)i / Math.Max(1, steps - 1));
        return sigmas;
    }
}
