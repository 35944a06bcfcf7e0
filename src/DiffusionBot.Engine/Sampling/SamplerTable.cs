namespace DiffusionBot.Engine.Sampling;

/// <summary>A row of WebUI's samplers.</summary>
/// <param name="Name">As WebUI shows it and writes it into the infotext.</param>
/// <param name="Aliases">Other names that mean it: WebUI's, ComfyUI's, diffusers'.</param>
internal abstract record Sampler(string Name, string[] Aliases) : INamed
{
    /// <summary>Whether the infotext names ENSD: whether noise is added on the way, at the eta that is WebUI's default.</summary>
    public bool UsesEnsd { get; init; }
}

/// <summary>A sampler over sigmas, which can follow any schedule.</summary>
internal sealed record SigmaSampler(string Name, string[] Aliases, SigmaSampler.Function Sample) : Sampler(Name, Aliases)
{
    public delegate void Function(Denoiser denoise, Span<float> x, ReadOnlySpan<float> sigmas, StepNoise noise);

    /// <summary>What "Automatic" means for it.</summary>
    public SigmaSchedule Schedule { get; init; } = SigmaSchedules.Automatic;

    /// <summary>Whether one step more is planned and the last sigma before zero left out.</summary>
    public bool DiscardsNextToLastSigma { get; init; }
}

/// <summary>A sampler over timesteps, which has a schedule of its own and follows no other.</summary>
internal sealed record TimestepSampler(string Name, string[] Aliases, TimestepSampler.Function Sample) : Sampler(Name, Aliases)
{
    public delegate void Function(TimestepDenoiser denoise, Span<float> x, ReadOnlySpan<int> timesteps, ReadOnlySpan<float> alphas, ImageNoise noise);
}

/// <summary>What a request's sampler and schedule come to.</summary>
/// <param name="Sampler">The row; its name is the infotext's "Sampler".</param>
/// <param name="Schedule">What the sigmas are made by; a <see cref="TimestepSampler"/> does not look at it.</param>
/// <param name="ScheduleLabel">The infotext's "Schedule type".</param>
internal sealed record SamplerChoice(Sampler Sampler, SigmaSchedule Schedule, string ScheduleLabel);

/// <summary>All samplers, by WebUI's names. A new one is a function and a row here.</summary>
internal static class SamplerTable
{
    /// <summary>All that are known, in WebUI's order.</summary>
    public static IReadOnlyList<Sampler> All { get; } =
    [
        new SigmaSampler("DPM++ 2M", ["k_dpmpp_2m", "dpmpp_2m", "dpm_2m", "DPM-Solver++ 2M"], (denoise, x, sigmas, _) => Samplers.DpmPlusPlus2M(denoise, x, sigmas))
        {
            Schedule = SigmaSchedules.Find("Karras"),
        },
        new SigmaSampler("Euler a", ["k_euler_a", "k_euler_ancestral", "euler_ancestral"], (denoise, x, sigmas, noise) => Samplers.EulerAncestral(denoise, x, sigmas, noise))
        {
            UsesEnsd = true,
        },
        new SigmaSampler("Euler", ["k_euler"], (denoise, x, sigmas, _) => Samplers.Euler(denoise, x, sigmas)),
        new TimestepSampler("DDIM", [], (denoise, x, timesteps, alphas, noise) => TimestepSamplers.Ddim(denoise, x, timesteps, alphas, noise)),
    ];

    /// <summary>
    /// A sampler by name or alias, however it is capitalised and spaced. A schedule's name behind it ("DPM++ 2M Karras", as
    /// texts before WebUI 1.9 have it) goes before <paramref name="schedule"/>, as in WebUI.
    /// </summary>
    /// <exception cref="InvalidRequestException">No such sampler or schedule; the message lists the known ones and names the nearest.</exception>
    public static SamplerChoice Find(string sampler, string schedule = "Automatic")
    {
        var asked = SigmaSchedules.Find(schedule);
        if (Names.Find(All, sampler) is { } row) return Choose(row, asked);
        if (Names.FindSuffix(SigmaSchedules.All, sampler) is not var (before, suffix)) throw Unknown(sampler);
        return Choose(Names.Find(All, before) ?? throw Unknown(before), suffix);

        InvalidRequestException Unknown(string compared) => Names.Unknown(new("sampler", "采样器"), sampler, compared, All);
    }

    private static SamplerChoice Choose(Sampler sampler, SigmaSchedule asked)
    {
        var schedule = asked == SigmaSchedules.Automatic && sampler is SigmaSampler { Schedule: var own } ? own : asked;
        return new SamplerChoice(sampler, schedule, schedule.Name);
    }
}
