using System.Diagnostics;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>Text to image: prompt to conditioning, noise to latent, latent to picture, batch after batch.</summary>
internal sealed class TextToImage(LoadedModel model, DrawingPlan plan, Func<LatentPreview> preview, IProgress<DrawingProgress>? progress, CancellationToken cancel)
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.StableDiffusion;

    private readonly NativeClock clock = new();
    private readonly ImageRequest request = plan.Request;
    private int stepsDone;

    private int StepsInAll => request.Steps * request.BatchCount;

    /// <summary>Draws all images of the plan.</summary>
    /// <param name="load">How long the model took to load, for the timings.</param>
    public ImageResult Draw(TimeSpan load)
    {
        var started = Stopwatch.GetTimestamp();
        var (prompt, negative) = Encode();
        var text = Stopwatch.GetElapsedTime(started);

        var (sampling, decode) = (TimeSpan.Zero, TimeSpan.Zero);
        var images = new List<DrawnImage>(request.BatchCount * request.BatchSize);
        for (var batch = 0; batch < request.BatchCount; batch++)
        {
            var seeds = SeedsOf(batch);
            var stage = Stopwatch.GetTimestamp();
            var latents = Sample(seeds, prompt, negative);
            sampling += Stopwatch.GetElapsedTime(stage);
            stage = Stopwatch.GetTimestamp();
            Report(DrawingStage.Decoding);
            for (var i = 0; i < seeds.Length; i++)
            {
                var latent = latents.AsSpan(i * latents.Length / seeds.Length, latents.Length / seeds.Length);
                var pixels = model.Decoder.Decode(latent, plan.LatentHeight, plan.LatentWidth, clock, cancel);
                images.Add(new DrawnImage(pixels, seeds[i], InfotextWriter.Write(request, plan.FactsOf(seeds[i]))));
            }
            decode += Stopwatch.GetElapsedTime(stage);
        }
        return new ImageResult(images, new StageTimings(load, text, sampling, decode, load + Stopwatch.GetElapsedTime(started), clock.Elapsed), plan.Notes);
    }

    /// <summary>The conditionings of prompt and negative prompt; null where the negative one has no say.</summary>
    internal (Conditioning Prompt, Conditioning? Negative) Encode()
    {
        Report(DrawingStage.Reading);
        return (Encode(request.Prompt), plan.Sampler.Sampler.AsksForNegative(request.CfgScale) ? Encode(request.NegativePrompt) : null);
    }

    /// <summary>The seeds of a batch's images.</summary>
    internal long[] SeedsOf(int batch)
    {
        var seeds = new long[request.BatchSize];
        for (var i = 0; i < seeds.Length; i++) seeds[i] = request.Seed + batch * request.BatchSize + i;
        return seeds;
    }

    private Conditioning Encode(string words)
    {
        if (request.ClipSkip > model.Text.Layers)
        {
            throw new InvalidRequestException(new(
                $"Clip skip is {request.ClipSkip}; the text encoder of {plan.Checkpoint.Name} has {model.Text.Layers} layers.",
                $"CLIP 跳过层是 {request.ClipSkip}，而 {plan.Checkpoint.Name} 的文本编码器只有 {model.Text.Layers} 层。"));
        }
        return model.Text.Encode(words, request.ClipSkip, clock, cancel);
    }

    /// <summary>The latents [B, 4, h, w] of a batch, as the decoder takes them.</summary>
    internal float[] Sample(long[] seeds, Conditioning prompt, Conditioning? negative)
    {
        var shape = new LatentShape(seeds.Length, model.LatentChannels, plan.LatentHeight, plan.LatentWidth);
        using var unet = model.Predict(shape, prompt, negative, clock);
        var noise = new ImageNoise(request.Rng, seeds, plan.LatentHeight, plan.LatentWidth, request.Ensd);
        var sampler = new LatentSampler(Schedule, PredictionType.Eps, (x, timestep, cond, uncond) => unet.Predict(x, timestep, cond, uncond, cancel)) { Settings = request.Sampling };
        var before = stepsDone;
        Report(DrawingStage.Sampling);
        var latents = sampler.FromNoise(plan.Sampler, request.Steps, (float)request.CfgScale, noise, (step, x0) =>
        {
            stepsDone = before + step;
            if (progress is null) return;
            var first = x0[..shape.Each].ToArray();
            Report(DrawingStage.Sampling, () => preview().Draw(first, shape.Height, shape.Width));
        }, cancel);
        stepsDone = before + request.Steps;
        return latents;
    }

    private void Report(DrawingStage stage, Func<Imaging.Bitmap>? picture = null) => progress?.Report(new DrawingProgress(stage, stepsDone, StepsInAll, picture));
}
