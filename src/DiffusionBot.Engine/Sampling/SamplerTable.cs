namespace DiffusionBot.Engine.Sampling;

/// <summary>What a request's sampler and schedule come to.</summary>
/// <param name="Sampler">The row; its name is the infotext's "Sampler".</param>
/// <param name="Schedule">What the sigmas are made by; a <see cref="TimestepSampler"/> does not look at it.</param>
/// <param name="ScheduleLabel">The infotext's "Schedule type".</param>
internal sealed record SamplerChoice(Sampler Sampler, SigmaSchedule Schedule, string ScheduleLabel);

/// <summary>All samplers, by WebUI's names. A new one is a function and a row here.</summary>
internal static class SamplerTable
{
    private static readonly SigmaSchedule karras = SigmaSchedules.Find("Karras");
    private static readonly SigmaSchedule exponential = SigmaSchedules.Find("Exponential");

    /// <summary>All that are known, in WebUI's order.</summary>
    public static IReadOnlyList<Sampler> All { get; } =
    [
        new SigmaSampler("DPM++ 2M", ["k_dpmpp_2m", "dpmpp_2m", "dpm_2m", "DPM-Solver++ 2M"], (run, x) => DpmPlusPlus.Sample2M(run.Denoise, x, run.Sigmas))
        {
            Schedule = karras,
        },
        new SigmaSampler("DPM++ SDE", ["k_dpmpp_sde", "dpmpp_sde"], (run, x) => DpmPlusPlus.SampleSde(run.Denoise, x, run.Sigmas, run.Noise, run.Eta))
        {
            Schedule = karras, IsSecondOrder = true, IsBrownian = true, Eta = EtaKind.Ancestral,
        },
        new SigmaSampler("DPM++ 2M SDE", ["k_dpmpp_2m_sde", "dpmpp_2m_sde"], (run, x) => DpmPlusPlus.Sample2MSde(run.Denoise, x, run.Sigmas, run.Noise, run.Eta))
        {
            Schedule = exponential, IsBrownian = true, Eta = EtaKind.Ancestral,
        },
        new SigmaSampler("DPM++ 2M SDE Heun", ["k_dpmpp_2m_sde_heun", "dpmpp_2m_sde_heun"], (run, x) => DpmPlusPlus.Sample2MSde(run.Denoise, x, run.Sigmas, run.Noise, run.Eta, heun: true))
        {
            Schedule = exponential, IsBrownian = true, Eta = EtaKind.Ancestral,
        },
        new SigmaSampler("DPM++ 2S a", ["k_dpmpp_2s_a", "dpmpp_2s_ancestral"], (run, x) => DpmPlusPlus.Sample2SAncestral(run.Denoise, x, run.Sigmas, run.Noise, run.Eta))
        {
            Schedule = karras, IsSecondOrder = true, UsesEnsd = true, Eta = EtaKind.Ancestral,
        },
        new SigmaSampler("DPM++ 3M SDE", ["k_dpmpp_3m_sde", "dpmpp_3m_sde"], (run, x) => DpmPlusPlus.Sample3MSde(run.Denoise, x, run.Sigmas, run.Noise, run.Eta))
        {
            Schedule = exponential, IsBrownian = true, DiscardsNextToLastSigma = true, Eta = EtaKind.Ancestral,
        },
        new SigmaSampler("Euler a", ["k_euler_a", "k_euler_ancestral", "euler_ancestral"], (run, x) => Samplers.EulerAncestral(run.Denoise, x, run.Sigmas, run.Noise, run.Eta))
        {
            UsesEnsd = true, Eta = EtaKind.Ancestral,
        },
        new SigmaSampler("Euler", ["k_euler"], (run, x) => Samplers.Euler(run.Denoise, x, run.Sigmas, run.Noise, run.Churn)) { TakesChurn = true },
        new SigmaSampler("LMS", ["k_lms"], (run, x) => LinearMultistep.Sample(run.Denoise, x, run.Sigmas)),
        new SigmaSampler("Heun", ["k_heun"], (run, x) => Samplers.Heun(run.Denoise, x, run.Sigmas, run.Noise, run.Churn)) { IsSecondOrder = true, TakesChurn = true },
        new SigmaSampler("DPM2", ["k_dpm_2"], (run, x) => Samplers.Dpm2(run.Denoise, x, run.Sigmas, run.Noise, run.Churn))
        {
            Schedule = karras, IsSecondOrder = true, DiscardsNextToLastSigma = true, TakesChurn = true,
        },
        new SigmaSampler("DPM2 a", ["k_dpm_2_a", "k_dpm_2_ancestral", "dpm_2_ancestral"], (run, x) => Samplers.Dpm2Ancestral(run.Denoise, x, run.Sigmas, run.Noise, run.Eta))
        {
            Schedule = karras, IsSecondOrder = true, DiscardsNextToLastSigma = true, UsesEnsd = true, Eta = EtaKind.Ancestral,
        },
        new SigmaSampler("DPM fast", ["k_dpm_fast"], (run, x) => run.Solver(x.Length).Fast(x, run.Ends.From, run.Ends.To, run.Sigmas.Length - 1)) { UsesEnsd = true, Eta = EtaKind.Ancestral },
        new SigmaSampler("DPM adaptive", ["k_dpm_ad", "k_dpm_adaptive"], (run, x) => run.Solver(x.Length).Adaptive(x, run.Ends.From, run.Ends.To)) { UsesEnsd = true, Eta = EtaKind.Ancestral },
        new SigmaSampler("Restart", [], (run, x) => RestartSampler.Sample(run.Denoise, x, run.Sigmas, run.Noise)) { Schedule = karras, IsSecondOrder = true },
        new TimestepSampler("DDIM", [], (run, x) => TimestepSamplers.Ddim(run.Denoise, x, run.Timesteps, run.Model.Alphas, run.Noise, run.Eta)) { Eta = EtaKind.Ddim },
        new TimestepSampler("DDIM CFG++", ["ddim_cfgpp"], (run, x) => TimestepSamplers.Ddim(run.Denoise, x, run.Timesteps, run.Model.Alphas, run.Noise, run.Eta, run.Uncond))
        {
            Eta = EtaKind.Ddim, IsCfgPlusPlus = true,
        },
        new TimestepSampler("PLMS", ["PNDM"], (run, x) => TimestepSamplers.Plms(run.Denoise, x, run.Timesteps, run.Model)),
        new TimestepSampler("UniPC", ["uni_pc", "UniPC Multistep"], (run, x) => run.UniPc(x)),
        new SigmaSampler("LCM", ["k_lcm"], (run, x) => Samplers.Lcm(run.Denoise, x, run.Sigmas, run.Noise)) { IsConsistent = true },
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
