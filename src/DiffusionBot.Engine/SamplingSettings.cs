namespace DiffusionBot.Engine;

/// <summary>How UniPC weighs its earlier looks at the model (Zhao et al., "UniPC", 2023).</summary>
public enum UniPcVariant
{
    /// <summary>B(h) = h.</summary>
    Bh1,

    /// <summary>B(h) = e^h - 1.</summary>
    Bh2,

    /// <summary>Coefficients that vary with the step.</summary>
    VaryCoeff,
}

/// <summary>How UniPC's steps are spread.</summary>
public enum UniPcSkip
{
    /// <summary>Evenly in time.</summary>
    TimeUniform,

    /// <summary>Evenly in the root of time.</summary>
    TimeQuadratic,

    /// <summary>Evenly in the logarithm of signal to noise.</summary>
    LogSnr,
}

/// <summary>What WebUI's settings page has for samplers. Each sampler looks at its own; at the defaults none changes anything.</summary>
public sealed record SamplingSettings
{
    /// <summary>Share of new noise in the ancestral and SDE samplers, 0 to 1. Default 1. Infotext: Eta.</summary>
    public double Eta { get; init; } = 1;

    /// <summary>Share of new noise in DDIM, 0 to 1. Default 0. Infotext: Eta DDIM.</summary>
    public double EtaDdim { get; init; }

    /// <summary>How much noise Euler, Heun and DPM2 add in all, 0 to 100. Default 0. Infotext: Sigma churn.</summary>
    public double SigmaChurn { get; init; }

    /// <summary>They add it from this sigma up, 0 to 10. Default 0. Infotext: Sigma tmin.</summary>
    public double SigmaTmin { get; init; }

    /// <summary>They add it up to this sigma, 0 to 999; 0: without end. Default 0. Infotext: Sigma tmax.</summary>
    public double SigmaTmax { get; init; }

    /// <summary>Deviation of the noise they add, 0 to 1.1. Default 1. Infotext: Sigma noise.</summary>
    public double SigmaNoise { get; init; } = 1;

    /// <summary>Whether every sampler plans one step more and leaves out the last sigma before zero. Default no. Infotext: Discard penultimate sigma.</summary>
    public bool DiscardPenultimateSigma { get; init; }

    /// <summary>Whether the first noise has the deviation sqrt(1 + sigma²) instead of sigma. Default no. Infotext: SGM noise multiplier.</summary>
    public bool SgmNoiseMultiplier { get; init; }

    /// <summary>Whether the model's noise schedule is stretched to end in noise alone ("Zero Terminal SNR"). Default: where the checkpoint says so. Infotext: Noise Schedule.</summary>
    public bool ZeroTerminalSnr { get; init; }

    /// <summary>The schedule's least sigma, 0 to 2; 0: the model's. Default 0. Infotext: Schedule min sigma.</summary>
    public double ScheduleMinSigma { get; init; }

    /// <summary>The schedule's largest sigma, 0 to 60; 0: the model's. Default 0. Infotext: Schedule max sigma.</summary>
    public double ScheduleMaxSigma { get; init; }

    /// <summary>Bend of the schedules Karras and Polyexponential, 0 to 100; 0: their own. Default 0. Infotext: Schedule rho.</summary>
    public double ScheduleRho { get; init; }

    /// <summary>Alpha of the schedule Beta, 0.01 to 5. Default 0.6. Infotext: Beta schedule alpha.</summary>
    public double BetaAlpha { get; init; } = 0.6;

    /// <summary>Beta of the schedule Beta, 0.01 to 5. Default 0.6. Infotext: Beta schedule beta.</summary>
    public double BetaBeta { get; init; } = 0.6;

    /// <summary>Below this sigma every second look at the model leaves the negative prompt out, 0 to 15. Default 0: never. Infotext: NGMS.</summary>
    public double NegativeGuidanceMinimumSigma { get; init; }

    /// <summary>Default bh1.</summary>
    public UniPcVariant UniPcVariant { get; init; } = UniPcVariant.Bh1;

    /// <summary>Default even in time.</summary>
    public UniPcSkip UniPcSkip { get; init; } = UniPcSkip.TimeUniform;

    /// <summary>1 to 10. Default 3. Never more than there are steps.</summary>
    public int UniPcOrder { get; init; } = 3;

    /// <summary>Whether UniPC's order falls in the last steps. Default yes.</summary>
    public bool UniPcLowerOrderFinal { get; init; } = true;
}
