namespace DiffusionBot.Engine.Sampling;

/// <summary>What sigmas are made for.</summary>
/// <param name="Model">As the sampler sees it.</param>
/// <param name="Steps">1 or more.</param>
internal sealed record SchedulePlan(NoiseSchedule Model, int Steps)
{
    /// <summary>What the last step starts from, in the schedules that have it in their formula. Default: the model's least.</summary>
    public double SigmaMin { get; init; } = Model.SigmaMin;

    /// <summary>What the first step starts from, likewise. Default: the model's largest.</summary>
    public double SigmaMax { get; init; } = Model.SigmaMax;

    /// <summary>Bend of Karras and Polyexponential; null: the schedule's own.</summary>
    public double? Rho { get; init; }

    /// <summary>The beta distribution's alpha and beta.</summary>
    public (double Alpha, double Beta) Beta { get; init; } = (0.6, 0.6);

    /// <summary>Whether the model is of the SDXL family, for which Align Your Steps has numbers of its own.</summary>
    public bool IsSdxl { get; init; }
}

/// <summary>A row of WebUI's "Schedule type".</summary>
/// <param name="Name">As WebUI shows it and writes it into the infotext.</param>
/// <param name="Aliases">Other names that mean it.</param>
/// <param name="Sigmas">The function: falling sigmas, then what the last step ends at; steps + 1 numbers (DDIM: now and then some more).</param>
internal sealed record SigmaSchedule(string Name, string[] Aliases, Func<SchedulePlan, float[]> Sigmas) : INamed
{
    /// <summary>The bend it has where none is asked for; null: it has none.</summary>
    public double? Rho { get; init; }
}

/// <summary>
/// How a sampler's steps are spread between the model's largest sigma and none. One row and one function each. They round where torch
/// rounds: a timestep that is off by its last bit turns the UNet's embedding by 6e-5, which is more than all other roundings of a step.
/// </summary>
internal static class SigmaSchedules
{
    private const double KarrasRho = 7;

    // Sabour et al., "Align your steps", 2024: the authors' ten steps for the two families.
    private static readonly double[] alignedSd = [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029];
    private static readonly double[] alignedSdxl = [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029];

    /// <summary>The sampler's own; where it has none, k-diffusion's.</summary>
    public static SigmaSchedule Automatic { get; } = new("Automatic", [], Uniform);

    /// <summary>All that are known, in WebUI's order.</summary>
    public static IReadOnlyList<SigmaSchedule> All { get; } =
    [
        Automatic,
        new("Uniform", [], Uniform),
        new("Karras", ["ka"], Karras) { Rho = KarrasRho },
        new("Exponential", ["exp"], Exponential),
        new("Polyexponential", [], Polyexponential) { Rho = 1 },
        new("SGM Uniform", [], SgmUniform),
        new("KL Optimal", [], KlOptimal),
        new("Align Your Steps", ["AYS"], AlignYourSteps),
        new("Simple", [], Simple),
        new("Normal", [], Normal),
        new("DDIM", ["ddim_uniform"], Ddim),
        new("Beta", [], Beta),
    ];

    /// <summary>A schedule by name or alias, however it is capitalised and spaced.</summary>
    /// <exception cref="InvalidRequestException">No such schedule; the message lists the known ones.</exception>
    public static SigmaSchedule Find(string name) => Names.Find(All, name) ?? throw Names.Unknown(new("schedule", "调度器"), name, name, All);

    /// <summary>Even steps in time over all of the model's: k-diffusion's DiscreteSchedule.get_sigmas.</summary>
    public static float[] Uniform(SchedulePlan plan) =>
        EndingAtZero(plan.Steps, Ramp.Of(plan.Steps, plan.Model.LastTimestep, plan.Model.FirstTimestep), plan.Model.SigmaOf);

    /// <summary>Even steps in the seventh root (Karras et al., "Elucidating the design space of diffusion-based generative models", 2022, eq. 5).</summary>
    public static float[] Karras(SchedulePlan plan) => Karras(plan.Steps, plan.SigmaMin, plan.SigmaMax, plan.Rho ?? KarrasRho);

    /// <inheritdoc cref="Karras(SchedulePlan)"/>
    public static float[] Karras(int steps, double sigmaMin, double sigmaMax, double rho = KarrasRho)
    {
        var (first, last) = (Math.Pow(sigmaMax, 1 / rho), Math.Pow(sigmaMin, 1 / rho));
        var (start, way) = ((float)first, (float)(last - first));
        return EndingAtZero(steps, Ramp.Of(steps, 0, 1), at => (float)Math.Pow(start + at * way, rho));
    }

    /// <summary>Even steps in the logarithm.</summary>
    public static float[] Exponential(SchedulePlan plan) =>
        EndingAtZero(plan.Steps, Ramp.Of(plan.Steps, (float)Math.Log(plan.SigmaMax), (float)Math.Log(plan.SigmaMin)), at => (float)Math.Exp(at));

    /// <summary>Steps in the logarithm whose density is bent by a power; at 1 they are even.</summary>
    public static float[] Polyexponential(SchedulePlan plan)
    {
        var (low, way, rho) = ((float)Math.Log(plan.SigmaMin), (float)(Math.Log(plan.SigmaMax) - Math.Log(plan.SigmaMin)), plan.Rho ?? 1);
        return EndingAtZero(plan.Steps, Ramp.Of(plan.Steps, 1, 0), at => (float)Math.Exp((float)Math.Pow(at, rho) * way + low));
    }

    /// <summary>Even steps in time that stop one step short of the least sigma (Stability AI's generative-models).</summary>
    public static float[] SgmUniform(SchedulePlan plan) => EndingAtZero(plan.Steps, InTime(plan, plan.Steps + 1), plan.Model.SigmaOf);

    /// <summary>Even steps in time between the two sigmas, both ends among them.</summary>
    public static float[] Normal(SchedulePlan plan) => EndingAtZero(plan.Steps, InTime(plan, plan.Steps), plan.Model.SigmaOf);

    /// <summary>Even steps in the arc tangent (Sabour et al. 2024, theorem 3.1). Its last sigma is the least, not zero.</summary>
    public static float[] KlOptimal(SchedulePlan plan)
    {
        var (low, high) = (MathF.Atan((float)plan.SigmaMin), MathF.Atan((float)plan.SigmaMax));
        var sigmas = new float[plan.Steps + 1];
        for (var i = 0; i < sigmas.Length; i++)
        {
            var at = (float)i / plan.Steps;
            sigmas[i] = MathF.Tan(at * low + (1 - at) * high);
        }
        return sigmas;
    }

    /// <summary>Ten steps found by optimization, other counts by interpolation between their logarithms (Sabour et al. 2024).</summary>
    public static float[] AlignYourSteps(SchedulePlan plan)
    {
        var known = plan.IsSdxl ? alignedSdxl : alignedSd;
        var sigmas = new float[plan.Steps + 1];
        for (var i = 0; i < plan.Steps; i++)
        {
            // Counted from the least sigma, where a single step stays.
            var at = plan.Steps == 1 ? 0 : (plan.Steps - 1.0 - i) / (plan.Steps - 1) * (known.Length - 1);
            var below = Math.Min((int)at, known.Length - 2);
            var (low, high) = (Math.Log(known[^(below + 1)]), Math.Log(known[^(below + 2)]));
            sigmas[i] = (float)Math.Exp(low + (high - low) * (at - below));
        }
        return sigmas;
    }

    /// <summary>Every so manyth of the model's own sigmas, from the largest.</summary>
    public static float[] Simple(SchedulePlan plan)
    {
        var stride = (double)plan.Model.Sigmas.Length / plan.Steps;
        var sigmas = new float[plan.Steps + 1];
        for (var i = 0; i < plan.Steps; i++) sigmas[i] = plan.Model.Sigmas[^(1 + (int)(i * stride))];
        return sigmas;
    }

    /// <summary>Every so manyth of the model's own sigmas, from the second least: DDIM's timesteps. Where the steps do not divide the model's, there are some more.</summary>
    public static float[] Ddim(SchedulePlan plan)
    {
        var stride = Math.Max(1, plan.Model.Sigmas.Length / plan.Steps);
        var sigmas = new float[(plan.Model.Sigmas.Length - 2) / stride + 2];
        for (var i = 0; i + 1 < sigmas.Length; i++) sigmas[^(2 + i)] = plan.Model.Sigmas[1 + i * stride];
        return sigmas;
    }

    /// <summary>Even steps in the probability of a beta distribution (Lee et al., "Beta sampling is all you need", 2024).</summary>
    public static float[] Beta(SchedulePlan plan)
    {
        var sigmas = new float[plan.Steps + 1];
        for (var i = 0; i < plan.Steps; i++)
        {
            var at = BetaDistribution.Quantile(1 - (plan.Steps == 1 ? 0 : i / (plan.Steps - 1.0)), plan.Beta.Alpha, plan.Beta.Beta);
            sigmas[i] = (float)(plan.SigmaMin + at * (plan.SigmaMax - plan.SigmaMin));
        }
        return sigmas;
    }

    private static float[] InTime(SchedulePlan plan, int count) =>
        Ramp.Of(count, plan.Model.TimestepOf((float)plan.SigmaMax), plan.Model.TimestepOf((float)plan.SigmaMin));

    private static float[] EndingAtZero(int steps, float[] places, Func<float, float> sigmaAt)
    {
        var sigmas = new float[steps + 1];
        for (var i = 0; i < steps; i++) sigmas[i] = sigmaAt(places[i]);
        return sigmas;
    }
}
