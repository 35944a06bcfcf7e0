namespace DiffusionBot.Engine.Sampling;

/// <summary>Which setting says how much of a sampler's noise is new.</summary>
internal enum EtaKind
{
    /// <summary>None: it adds no noise, or always all.</summary>
    None,

    /// <summary><see cref="SamplingSettings.Eta"/>.</summary>
    Ancestral,

    /// <summary><see cref="SamplingSettings.EtaDdim"/>.</summary>
    Ddim,
}

/// <summary>A row of WebUI's samplers.</summary>
/// <param name="Name">As WebUI shows it and writes it into the infotext.</param>
/// <param name="Aliases">Other names that mean it: WebUI's, ComfyUI's, diffusers'.</param>
internal abstract record Sampler(string Name, string[] Aliases) : INamed
{
    private const float CfgPlusPlusScale = 12.5f;   // a guidance of so much is all of CFG++'s way

    /// <summary>Whether the infotext names ENSD: whether noise is added on the way, at the eta that is WebUI's default.</summary>
    public bool UsesEnsd { get; init; }

    /// <summary>Whether it looks at the model twice a step; prompt editing by steps then counts twice as many.</summary>
    public bool IsSecondOrder { get; init; }

    /// <summary>How often it looks at the model, as prompt editing counts.</summary>
    public int LooksIn(int steps) => IsSecondOrder ? 2 * steps : steps;

    /// <summary>How much of its noise is new.</summary>
    public EtaKind Eta { get; init; }

    /// <summary>Whether <see cref="SamplingSettings.SigmaChurn"/> and its kin are its.</summary>
    public bool TakesChurn { get; init; }

    /// <summary>Whether it goes along the negative prompt's noise: CFG++.</summary>
    public bool IsCfgPlusPlus { get; init; }

    /// <summary>How it weighs prompt and negative prompt at a CFG scale.</summary>
    public GuidancePlan GuidanceOf(float cfgScale) => IsCfgPlusPlus ? new GuidancePlan(cfgScale / CfgPlusPlusScale) { KeepsUncond = true } : new GuidancePlan(cfgScale);

    /// <summary>Whether the negative prompt has a say at a CFG scale.</summary>
    public bool AsksForNegative(double cfgScale) => GuidanceOf((float)cfgScale) is not { Scale: 1, KeepsUncond: false };
}

/// <summary>A sampler over sigmas, which can follow any schedule.</summary>
internal sealed record SigmaSampler(string Name, string[] Aliases, SigmaSampler.Function Sample) : Sampler(Name, Aliases)
{
    public delegate void Function(SigmaRun run, Span<float> x);

    /// <summary>What "Automatic" means for it.</summary>
    public SigmaSchedule Schedule { get; init; } = SigmaSchedules.Automatic;

    /// <summary>Whether one step more is planned and the last sigma before zero left out.</summary>
    public bool DiscardsNextToLastSigma { get; init; }

    /// <summary>Whether its noise is of a Brownian tree.</summary>
    public bool IsBrownian { get; init; }

    /// <summary>Whether it takes the model for a latent consistency model.</summary>
    public bool IsConsistent { get; init; }
}

/// <summary>A sampler over timesteps, which has a schedule of its own and follows no other.</summary>
internal sealed record TimestepSampler(string Name, string[] Aliases, TimestepSampler.Function Sample) : Sampler(Name, Aliases)
{
    public delegate void Function(TimestepRun run, Span<float> x);
}

/// <summary>What a <see cref="SigmaSampler"/> is given besides the latent.</summary>
/// <param name="Denoise">The model.</param>
/// <param name="Sigmas">Falling, mostly to 0.</param>
/// <param name="Noise">The noise to add on the way.</param>
/// <param name="Settings">The user's.</param>
internal sealed record SigmaRun(Denoiser Denoise, float[] Sigmas, StepNoise Noise, SamplingSettings Settings)
{
    /// <summary>Between which sigmas the samplers go that follow no schedule; both above 0.</summary>
    public required (float From, float To) Ends { get; init; }

    public float Eta => (float)Settings.Eta;

    public Churn Churn => new(
        (float)Settings.SigmaChurn, (float)Settings.SigmaTmin, Settings.SigmaTmax == 0 ? float.PositiveInfinity : (float)Settings.SigmaTmax, (float)Settings.SigmaNoise);

    public DpmSolver Solver(int length) => new(Denoise, Noise, Eta, length);
}

/// <summary>What a <see cref="TimestepSampler"/> is given besides the latent.</summary>
/// <param name="Denoise">The model.</param>
/// <param name="Timesteps">Rising.</param>
/// <param name="Model">The model's schedule.</param>
/// <param name="Noise">The noise to add on the way.</param>
/// <param name="Settings">The user's.</param>
internal sealed record TimestepRun(TimestepDenoiser Denoise, int[] Timesteps, NoiseSchedule Model, ImageNoise Noise, SamplingSettings Settings)
{
    /// <summary>Where the negative prompt's noise is found after a look at the model.</summary>
    public required float[] Uncond { get; init; }

    /// <summary>Whether the latent is a picture's with noise on it, not bare noise.</summary>
    public required bool IsFromLatent { get; init; }

    public float Eta => (float)Settings.EtaDdim;

    /// <summary>UniPC takes from the timesteps only how many they are, and where it starts in a picture.</summary>
    public void UniPc(Span<float> x)
    {
        float? start = IsFromLatent && Timesteps.Length > 0 ? Timesteps[^1] / 1000f + 1 / 1000f : null;
        new UniPc(Denoise, Model, Settings, x.Length).Sample(x, Timesteps.Length, start);
    }
}
