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

/// <summary>The UNet on a whole batch, for the prompt and for the negative prompt.</summary>
/// <param name="x">Scaled input [B, 4, h, w].</param>
/// <param name="timestep">The same for the whole batch, 0 to 999, with fraction.</param>
/// <param name="cond">Written: what it says given the prompt [B, 4, h, w].</param>
/// <param name="uncond">Written: the same given the negative prompt; empty where guidance is off and nobody asks.</param>
internal delegate void UnetCall(ReadOnlySpan<float> x, float timestep, Span<float> cond, Span<float> uncond);

/// <summary>All that a sampler over sigmas sees of a model.</summary>
/// <param name="x">Latent with noise of deviation sigma on it [B, 4, h, w].</param>
/// <param name="sigma">Greater than 0.</param>
/// <param name="denoised">Written: the latent without noise, as the model guesses.</param>
internal delegate void Denoiser(ReadOnlySpan<float> x, float sigma, Span<float> denoised);

/// <summary>All that a sampler over timesteps sees of a model.</summary>
/// <param name="x">DDPM's latent: sqrt(alpha) of signal, sqrt(1 - alpha) of noise [B, 4, h, w].</param>
/// <param name="timestep">One of the model's own.</param>
/// <param name="eps">Written: the noise in it.</param>
/// <param name="denoised">Written: the latent without noise.</param>
internal delegate void TimestepDenoiser(ReadOnlySpan<float> x, int timestep, Span<float> eps, Span<float> denoised);

/// <summary>
/// Makes a UNet what samplers want: scales its input, turns what it predicts into what they ask, applies guidance.
/// As k-diffusion's external.py, and as WebUI in its order: first to x0 (or eps), then guidance.
/// </summary>
/// <param name="unet">What is asked, once a call.</param>
/// <param name="schedule">The model's.</param>
/// <param name="type">What the UNet predicts.</param>
/// <param name="cfgScale">1: no guidance, and no second half for the UNet to compute.</param>
/// <param name="length">Elements of the latent [B, 4, h, w].</param>
internal sealed class Denoisers(UnetCall unet, NoiseSchedule schedule, PredictionType type, float cfgScale, int length)
{
    private readonly float[] input = new float[length];
    private readonly float[] cond = new float[length];
    private readonly float[] uncond = cfgScale == 1 ? [] : new float[length];

    /// <summary>A <see cref="Denoiser"/>.</summary>
    public void Denoise(ReadOnlySpan<float> x, float sigma, Span<float> denoised)
    {
        var variance = sigma * sigma + 1;
        TensorPrimitives.Multiply(x, 1 / MathF.Sqrt(variance), input);
        unet(input, schedule.TimestepOf(sigma), cond, uncond);
        var (keep, take) = type == PredictionType.Eps ? (1, -sigma) : (1 / variance, -sigma / MathF.Sqrt(variance));
        Turn(x, keep, take);
        Guidance.Combine(cond, uncond, cfgScale, denoised);
    }

    /// <summary>A <see cref="TimestepDenoiser"/>.</summary>
    public void DenoiseAt(ReadOnlySpan<float> x, int timestep, Span<float> eps, Span<float> denoised)
    {
        var alpha = schedule.Alphas[timestep];
        var (signal, noise) = (MathF.Sqrt(alpha), MathF.Sqrt(1 - alpha));
        unet(x, timestep, cond, uncond);
        if (type == PredictionType.V) Turn(x, noise, signal);
        Guidance.Combine(cond, uncond, cfgScale, eps);
        for (var i = 0; i < x.Length; i++) denoised[i] = (x[i] - noise * eps[i]) / signal;
    }

    /// <summary>prediction = keep * x + take * prediction, for both halves.</summary>
    private void Turn(ReadOnlySpan<float> x, float keep, float take)
    {
        TensorPrimitives.Multiply(x, keep, input);
        TensorPrimitives.MultiplyAdd(cond, take, input, cond);
        if (uncond.Length > 0) TensorPrimitives.MultiplyAdd(uncond, take, input, uncond);
    }
}
