using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Sampling;

/// <summary>Told after each look at the model.</summary>
/// <param name="step">Steps done, never falling, in the end as many as were asked for.</param>
/// <param name="x0">The latent without noise as the model now guesses it [B, 4, h, w]; good until the call returns.</param>
internal delegate void StepDone(int step, ReadOnlySpan<float> x0);

/// <summary>A whole run, from noise to latent, with one model.</summary>
/// <param name="schedule">The model's.</param>
/// <param name="type">What its UNet predicts.</param>
/// <param name="unet">Asked once a step (twice by samplers of second order). What it throws ends the run.</param>
internal sealed class LatentSampler(NoiseSchedule schedule, PredictionType type, UnetCall unet)
{
    /// <summary>Text to image: a latent [B, 4, h, w], not yet divided by the VAE's scale.</summary>
    /// <param name="choice">From <see cref="SamplerTable.Find"/>.</param>
    /// <param name="steps">1 or more.</param>
    /// <param name="cfgScale">1 draws without the negative prompt.</param>
    /// <param name="noise">Fresh, of the batch's shape and seeds.</param>
    /// <param name="done">May be null. What it throws ends the run.</param>
    /// <param name="cancel">Looked at before each call of the UNet.</param>
    /// <exception cref="OperationCanceledException">Cancelled; within one step where the UNet cannot be interrupted.</exception>
    public float[] FromNoise(SamplerChoice choice, int steps, float cfgScale, ImageNoise noise, StepDone? done, CancellationToken cancel)
    {
        var x = new float[noise.Length];
        noise.First(x);
        var model = new Denoisers(unet, schedule, type, cfgScale, x.Length);
        switch (choice.Sampler)
        {
            case SigmaSampler sampler:
                var sigmas = SigmasOf(sampler, choice.Schedule, steps);
                TensorPrimitives.Multiply(x, sigmas[0], x);
                sampler.Sample(
                    (noisy, sigma, x0) =>
                    {
                        cancel.ThrowIfCancellationRequested();
                        model.Denoise(noisy, sigma, x0);
                        done?.Invoke(StepsDone(sigmas, sigma, steps), x0);
                    },
                    x, sigmas, (fresh, _, _) => noise.Next(fresh));
                break;
            case TimestepSampler sampler:
                var timesteps = TimestepSamplers.Uniform(schedule, steps);
                sampler.Sample(
                    (noisy, timestep, eps, x0) =>
                    {
                        cancel.ThrowIfCancellationRequested();
                        model.DenoiseAt(noisy, timestep, eps, x0);
                        done?.Invoke(StepsDone(timesteps, timestep, steps), x0);
                    },
                    x, timesteps, schedule.Alphas, noise);
                break;
            default:
                throw new ArgumentException($"{choice.Sampler.GetType().Name} is neither over sigmas nor over timesteps.", nameof(choice));
        }
        return x;
    }

    private float[] SigmasOf(SigmaSampler sampler, SigmaSchedule by, int steps)
    {
        if (!sampler.DiscardsNextToLastSigma) return by.Sigmas(schedule, steps);
        var sigmas = by.Sigmas(schedule, steps + 1);
        return [.. sigmas[..^2], sigmas[^1]];
    }

    /// <summary>
    /// How far a sampler is that now looks at one of its places (the last of them it only reaches), in the steps that were
    /// asked for: DDIM takes some more or fewer.
    /// </summary>
    private static int StepsDone<T>(T[] places, T now, int steps) where T : IComparable<T>
    {
        var passed = 0;
        foreach (var place in places) passed += place.CompareTo(now) >= 0 ? 1 : 0;
        return passed * steps / (places.Length - 1);
    }
}
