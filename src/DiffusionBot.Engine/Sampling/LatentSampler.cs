using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Sampling;

/// <summary>Told after each look at the model.</summary>
/// <param name="step">Steps done, never falling, in the end as many as were asked for (by the DPM solvers, which make steps of their own, nearly).</param>
/// <param name="x0">The latent without noise as the model now guesses it [B, 4, h, w]; good until the call returns.</param>
internal delegate void StepDone(int step, ReadOnlySpan<float> x0);

/// <summary>A whole run, from noise to latent, with one model.</summary>
/// <param name="schedule">The model's.</param>
/// <param name="type">What its UNet predicts.</param>
/// <param name="unet">Asked once a step (twice by samplers of second order). What it throws ends the run.</param>
internal sealed class LatentSampler(NoiseSchedule schedule, PredictionType type, UnetCall unet)
{
    /// <summary>What the user set for samplers.</summary>
    public SamplingSettings Settings { get; init; } = new();

    /// <summary>Whether the model is of the SDXL family, for schedules that tell.</summary>
    public bool IsSdxl { get; init; }

    /// <summary>A model that takes over on the way; null: none.</summary>
    public Refinement? Refinement { get; init; }

    /// <summary>Text to image: a latent [B, 4, h, w], not yet divided by the VAE's scale.</summary>
    /// <param name="choice">From <see cref="SamplerTable.Find"/>.</param>
    /// <param name="steps">1 or more.</param>
    /// <param name="cfgScale">1 draws without the negative prompt.</param>
    /// <param name="noise">Fresh, of the batch's shape and seeds.</param>
    /// <param name="done">May be null. What it throws ends the run.</param>
    /// <param name="cancel">Looked at before each call of the UNet.</param>
    /// <exception cref="EngineException">The sampler cannot go on with what the model says.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; within one step where the UNet cannot be interrupted.</exception>
    public float[] FromNoise(SamplerChoice choice, int steps, float cfgScale, ImageNoise noise, StepDone? done, CancellationToken cancel) =>
        Draw(choice, steps, cfgScale, init: null, noise, done, cancel);

    /// <summary>Image to image: the same from a latent that noise is laid on, by <see cref="FromNoise"/>'s parameters.</summary>
    /// <param name="init">Of the noise's shape.</param>
    public float[] FromLatent(SamplerChoice choice, int steps, float cfgScale, InitLatent init, ImageNoise noise, StepDone? done, CancellationToken cancel)
    {
        if (init.Latent.Length != noise.Length || (init.Keep ?? init.Latent).Length != noise.Length)
            throw new ArgumentException($"The latent has {init.Latent.Length} elements, its mask {init.Keep?.Length}; the noise has {noise.Length}.", nameof(init));
        return Draw(choice, steps, cfgScale, init, noise, done, cancel);
    }

    private float[] Draw(SamplerChoice choice, int steps, float cfgScale, InitLatent? init, ImageNoise noise, StepDone? done, CancellationToken cancel)
    {
        var (planned, last) = init?.StepsOf(steps) ?? (steps, steps - 1);
        var x = new float[noise.Length];
        noise.First(x);
        if (planned == 0) return [.. init!.Latent];
        if (init is { NoiseMultiplier: not 1 }) TensorPrimitives.Multiply(x, init.NoiseMultiplier, x);
        var mask = init?.Keep is { } keep ? new LatentMask(init.Latent, keep) : null;
        var model = Seen(schedule);
        var guidance = choice.Sampler.GuidanceOf(cfgScale) with { UncondFrom = (float)Settings.NegativeGuidanceMinimumSigma };
        var denoisers = new Denoisers(unet, model, type, guidance, x.Length) { Mask = mask, Refinement = Refinement?.For(choice.Sampler.LooksIn(last + 1), Seen) };
        var progress = new SamplingProgress(denoisers, choice.Sampler.IsSecondOrder, last + 1, done, cancel);
        switch (choice.Sampler)
        {
            case SigmaSampler sampler:
                Draw(sampler, choice.Schedule, planned, last, model, init, noise, denoisers, progress, x);
                break;
            case TimestepSampler sampler:
                Draw(sampler, planned, last, init, noise, denoisers, progress, x);
                break;
            default:
                throw new ArgumentException($"{choice.Sampler.GetType().Name} is neither over sigmas nor over timesteps.", nameof(choice));
        }
        mask?.Apply(x);
        return x;

        NoiseSchedule Seen(NoiseSchedule of) => choice.Sampler is SigmaSampler { IsConsistent: true } ? new LcmSchedule(of) : of;
    }

    private void Draw(
        SigmaSampler sampler, SigmaSchedule by, int planned, int last, NoiseSchedule model, InitLatent? init, ImageNoise noise, Denoisers denoisers, SamplingProgress progress, float[] x)
    {
        var whole = SigmasOf(sampler, by, model, planned);
        var sigmas = whole[(planned - last - 1)..];
        var first = Settings.SgmNoiseMultiplier && init is null ? MathF.Sqrt(1 + sigmas[0] * sigmas[0]) : sigmas[0];
        TensorPrimitives.Multiply(x, first + (init?.ExtraNoise ?? 0), x);
        if (init is not null) TensorPrimitives.Add(x, init.Latent, x);
        Denoiser denoise = sampler.IsConsistent ? denoisers.DenoiseConsistently : denoisers.Denoise;
        sampler.Sample(
            new SigmaRun(
                (noisy, sigma, x0) =>
                {
                    progress.BeforeLook();
                    denoise(noisy, sigma, x0);
                    progress.AfterLook(SamplingProgress.Passed(sigmas, sigma), x0);
                },
                sigmas, sampler.IsBrownian ? Brownian(noise, whole) : (fresh, _, _) => noise.Next(fresh), Settings)
            {
                Ends = init is null ? (model.SigmaMax, model.SigmaMin) : (sigmas[0], sigmas[^2]),
            },
            x);
    }

    private void Draw(TimestepSampler sampler, int planned, int last, InitLatent? init, ImageNoise noise, Denoisers denoisers, SamplingProgress progress, float[] x)
    {
        var timesteps = TimestepSamplers.Uniform(schedule, planned + (Settings.DiscardPenultimateSigma ? 1 : 0));
        if (init is not null)
        {
            var signal = schedule.SignalAt(timesteps[last]);
            TensorPrimitives.Multiply(x, schedule.NoiseAt(timesteps[last]) + init.ExtraNoise * signal, x);
            TensorPrimitives.MultiplyAdd(init.Latent, signal, x, x);
            timesteps = timesteps[..last];
        }
        var places = Array.ConvertAll(timesteps, t => (float)t);
        sampler.Sample(
            new TimestepRun(
                (noisy, timestep, eps, x0) =>
                {
                    progress.BeforeLook();
                    denoisers.DenoiseAt(noisy, timestep, eps, x0);
                    progress.AfterLook(SamplingProgress.Passed(places, timestep), x0);
                },
                timesteps, schedule, noise, Settings)
            {
                Uncond = denoisers.Uncond,
                IsFromLatent = init is not null,
            },
            x);
    }

    private float[] SigmasOf(SigmaSampler sampler, SigmaSchedule by, NoiseSchedule model, int steps)
    {
        var discards = sampler.DiscardsNextToLastSigma || Settings.DiscardPenultimateSigma;
        var plan = new SchedulePlan(model, discards ? steps + 1 : steps) { Beta = (Settings.BetaAlpha, Settings.BetaBeta), IsSdxl = IsSdxl };
        if (Settings.ScheduleMinSigma != 0) plan = plan with { SigmaMin = Settings.ScheduleMinSigma };
        if (Settings.ScheduleMaxSigma != 0) plan = plan with { SigmaMax = Settings.ScheduleMaxSigma };
        if (Settings.ScheduleRho != 0) plan = plan with { Rho = Settings.ScheduleRho };
        var sigmas = by.Sigmas(plan);
        return discards ? [.. sigmas[..^2], sigmas[^1]] : sigmas;
    }

    /// <summary>Between the ends of the whole schedule, also where a run starts within it.</summary>
    private static StepNoise Brownian(ImageNoise noise, float[] sigmas)
    {
        var least = sigmas.Where(sigma => sigma > 0).Min();
        // A single sigma leaves no interval, and a sampler over it asks for no noise.
        return sigmas.Max() > least ? new BrownianNoise(noise.Source, noise.Seeds, least, sigmas.Max(), noise.Length / noise.Seeds.Length).Next : (fresh, _, _) => fresh.Clear();
    }
}
