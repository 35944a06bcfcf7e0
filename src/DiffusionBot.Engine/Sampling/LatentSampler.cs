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
        if (choice.Sampler is not SigmaSampler sampler) return Walk(choice.Sampler, x, [], TimestepSamplers.Uniform(schedule, steps), steps, cfgScale, noise, done, cancel);
        var sigmas = SigmasOf(sampler, choice.Schedule, steps);
        TensorPrimitives.Multiply(x, sigmas[0], x);
        return Walk(sampler, x, sigmas, [], steps, cfgScale, noise, done, cancel);
    }

    /// <summary>From a latent that is drawn over (WebUI's second pass): all of the steps are taken, on the last part of a longer schedule.</summary>
    /// <param name="choice">From <see cref="SamplerTable.Find"/>.</param>
    /// <param name="steps">1 or more, all of which are taken.</param>
    /// <param name="denoisingStrength">Greater than 0, to 1: how far back on the schedule it begins.</param>
    /// <param name="cfgScale">1 draws without the negative prompt.</param>
    /// <param name="latent">[B, 4, h, w], as a sampler leaves it.</param>
    /// <param name="noise">Fresh, of the batch's shape and seeds.</param>
    /// <param name="done">May be null. What it throws ends the run.</param>
    /// <param name="cancel">Looked at before each call of the UNet.</param>
    public float[] FromLatent(
        SamplerChoice choice, int steps, double denoisingStrength, float cfgScale, ReadOnlySpan<float> latent, ImageNoise noise, StepDone? done, CancellationToken cancel)
    {
        var x = new float[noise.Length];
        noise.First(x);
        var (planned, taken) = ((int)(steps / Math.Min(denoisingStrength, 0.999)), steps - 1);
        if (choice.Sampler is SigmaSampler sampler)
        {
            var sigmas = SigmasOf(sampler, choice.Schedule, planned)[(planned - taken - 1)..];
            TensorPrimitives.MultiplyAdd(x, sigmas[0], latent, x);
            return Walk(sampler, x, sigmas, [], steps, cfgScale, noise, done, cancel);
        }
        var timesteps = TimestepSamplers.Uniform(schedule, planned);
        var alpha = schedule.Alphas[timesteps[taken]];
        TensorPrimitives.Multiply(x, MathF.Sqrt(1 - alpha), x);
        TensorPrimitives.MultiplyAdd(latent, MathF.Sqrt(alpha), x, x);
        return Walk(choice.Sampler, x, [], timesteps[..taken], steps, cfgScale, noise, done, cancel);
    }

    private float[] Walk(Sampler kind, float[] x, float[] sigmas, int[] timesteps, int steps, float cfgScale, ImageNoise noise, StepDone? done, CancellationToken cancel)
    {
        var model = new Denoisers(unet, schedule, type, cfgScale, x.Length);
        switch (kind)
        {
            case SigmaSampler sampler:
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
                throw new ArgumentException($"{kind.GetType().Name} is neither over sigmas nor over timesteps.", nameof(kind));
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
