using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Sampling;

/// <summary>What a model was trained to say of a noisy latent.</summary>
internal enum PredictionType
{
    /// <summary>Its noise: SD 1.x, SDXL, SD 2.x base.</summary>
    Eps,

    /// <summary>Velocity (Salimans and Ho, "Progressive distillation", 2022): SD 2.x at 768.</summary>
    V,
}

/// <summary>The UNet on a whole batch, for the prompt and for the negative prompt. WebUI counts prompt editing's steps in calls of this.</summary>
/// <param name="x">Scaled input [B, 4, h, w].</param>
/// <param name="timestep">The same for the whole batch, 0 to 999, with fraction.</param>
/// <param name="cond">Written: what it says given the prompt [B, 4, h, w].</param>
/// <param name="uncond">Written: the same given the negative prompt; empty where guidance is off and nobody asks.</param>
internal delegate void UnetCall(ReadOnlySpan<float> x, float timestep, Span<float> cond, Span<float> uncond);

/// <summary>All that a sampler over sigmas sees of a model.</summary>
/// <param name="x">Latent with noise of deviation sigma on it [B, 4, h, w].</param>
/// <param name="sigma">Greater than 0.</param>
/// <param name="denoised">Written: the latent without noise, as the model guesses. Not x.</param>
internal delegate void Denoiser(ReadOnlySpan<float> x, float sigma, Span<float> denoised);

/// <summary>All that a sampler over timesteps sees of a model.</summary>
/// <param name="x">DDPM's latent: sqrt(alpha) of signal, sqrt(1 - alpha) of noise [B, 4, h, w].</param>
/// <param name="timestep">0 to the model's last. With fraction the UNet sees it whole, everything else without.</param>
/// <param name="eps">Written: the noise in it. Not x.</param>
/// <param name="denoised">Written: the latent without noise.</param>
internal delegate void TimestepDenoiser(ReadOnlySpan<float> x, float timestep, Span<float> eps, Span<float> denoised);

/// <summary>How the two predictions become one.</summary>
/// <param name="Scale">1: the prompt's alone, and no second half for the UNet to compute.</param>
internal readonly record struct GuidancePlan(float Scale)
{
    /// <summary>Whether the sampler looks at the negative prompt's prediction itself.</summary>
    public bool KeepsUncond { get; init; }

    /// <summary>Below this sigma (or timestep, where samplers go by them) every second look leaves the negative prompt out. 0: never.</summary>
    public float UncondFrom { get; init; }
}

/// <summary>
/// Makes a UNet what samplers want: scales its input, turns what it predicts into what they ask, applies guidance.
/// As k-diffusion's external.py, and as WebUI in its order: first to x0 (or eps), then guidance, then the mask.
/// </summary>
/// <param name="unet">What is asked, once a call.</param>
/// <param name="schedule">The model's, as the sampler sees it.</param>
/// <param name="type">What the UNet predicts.</param>
/// <param name="guidance">How prompt and negative prompt are weighed.</param>
/// <param name="length">Elements of the latent [B, 4, h, w].</param>
internal sealed class Denoisers(UnetCall unet, NoiseSchedule schedule, PredictionType type, GuidancePlan guidance, int length)
{
    private readonly float[] input = new float[length];
    private SampledModel model = new(unet, schedule, type);
    private bool isRefined;
    private readonly float[] cond = new float[length];
    private readonly float[] uncond = guidance is { Scale: 1, KeepsUncond: false } ? [] : new float[length];

    /// <summary>What the negative prompt's half of the last look says; where it was left out, the prompt's.</summary>
    public float[] Uncond => uncond;

    /// <summary>How often the model was looked at.</summary>
    public int Looks { get; private set; }

    /// <summary>What is kept of the latent that an image to image run starts from; null: nothing.</summary>
    public LatentMask? Mask { get; init; }

    /// <summary>A model that takes over on the way; null: none.</summary>
    public Refinement? Refinement { get; init; }

    /// <summary>A <see cref="Denoiser"/>.</summary>
    public void Denoise(ReadOnlySpan<float> x, float sigma, Span<float> denoised)
    {
        Refine(() => model.Schedule.NearestTo(sigma));
        var variance = sigma * sigma + 1;
        TensorPrimitives.Multiply(x, 1 / MathF.Sqrt(variance), input);
        var both = Look(input, model.Schedule.TimestepOf(sigma), sigma);
        var (keep, take) = model.Type == PredictionType.Eps ? (1, -sigma) : (1 / variance, -sigma / MathF.Sqrt(variance));
        Turn(x, keep, take);
        Combine(both, denoised);
        Mask?.Apply(denoised);
    }

    /// <summary>A <see cref="Denoiser"/> for a latent consistency model, which always predicts noise: near its end x is let through (Luo et al. 2023, eq. 9).</summary>
    public void DenoiseConsistently(ReadOnlySpan<float> x, float sigma, Span<float> denoised)
    {
        const float data = 0.5f, scaling = 10;
        Refine(() => model.Schedule.NearestTo(sigma));
        TensorPrimitives.Multiply(x, 1 / MathF.Sqrt(sigma * sigma + 1), input);
        var timestep = model.Schedule.TimestepOf(sigma);
        var both = Look(input, timestep, sigma);
        var at = timestep * scaling;
        var (skip, take) = (data * data / (at * at + data * data), at / MathF.Sqrt(at * at + data * data));
        Turn(x, take + skip, -sigma * take);
        Combine(both, denoised);
        Mask?.Apply(denoised);
    }

    /// <summary>A <see cref="TimestepDenoiser"/>.</summary>
    public void DenoiseAt(ReadOnlySpan<float> x, float timestep, Span<float> eps, Span<float> denoised)
    {
        Refine(() => (int)timestep);
        var at = Math.Clamp((int)timestep, 0, model.Schedule.Length - 1);
        var noise = model.Schedule.NoiseAt(at);
        x.CopyTo(denoised);
        Mask?.Apply(denoised);   // here before the look, in WebUI
        var both = Look(denoised, timestep, timestep);
        if (model.Type == PredictionType.V) Turn(denoised, noise, model.Schedule.SignalAt(at));
        Combine(both, eps);
        if (both is false && guidance.KeepsUncond) cond.CopyTo(uncond, 0);
        TensorPrimitives.MultiplyAdd(eps, -noise, x, denoised);
        TensorPrimitives.Divide(denoised, MathF.Sqrt(model.Schedule.Alphas[at]), denoised);
    }

    /// <summary>Lets the refiner take over where its time has come.</summary>
    private void Refine(Func<int> timestep)
    {
        if (isRefined || Refinement is not { } refinement || !refinement.IsDue(Looks, timestep())) return;
        model = refinement.Load(Looks);
        isRefined = true;
    }

    /// <summary>Asks the UNet, and says whether for the negative prompt too.</summary>
    private bool Look(ReadOnlySpan<float> x, float timestep, float place)
    {
        var both = uncond.Length > 0 && !(Looks % 2 == 1 && place < guidance.UncondFrom);
        model.Unet(x, timestep, cond, both ? uncond : []);
        Looks++;
        return both;
    }

    private void Combine(bool both, Span<float> combined) => Guidance.Combine(cond, both ? uncond : [], guidance.Scale, combined);

    /// <summary>prediction = keep * x + take * prediction, for both halves.</summary>
    private void Turn(ReadOnlySpan<float> x, float keep, float take)
    {
        TensorPrimitives.Multiply(x, keep, input);
        TensorPrimitives.MultiplyAdd(cond, take, input, cond);
        if (uncond.Length > 0) TensorPrimitives.MultiplyAdd(uncond, take, input, uncond);
    }
}
