using System.Diagnostics;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>Text to image, and image to image: prompt to conditioning, noise or a picture to latent, latent to picture, batch after batch.</summary>
internal sealed class TextToImage(LoadedModel model, DrawingPlan plan, Func<LatentPreview> preview, IProgress<DrawingProgress>? progress, CancellationToken cancel)
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.StableDiffusion;

    private readonly NativeClock clock = new();
    private readonly ImageRequest request = plan.Request;
    private int stepsDone;

    private int FirstSteps => request.Init is { } init ? PictureStart.StepsOf(init, request.Steps) : request.Steps;

    private int StepsInAll => (FirstSteps + (plan.Hires?.StepsAfter(request.Steps) ?? 0)) * request.BatchCount;

    /// <summary>Draws all images of the plan.</summary>
    /// <param name="load">How long the model took to load, for the timings.</param>
    public ImageResult Draw(TimeSpan load)
    {
        var started = Stopwatch.GetTimestamp();
        var guides = Encode();
        var secondGuides = plan.Hires is { } hires ? Encode(hires) : null;
        var text = Stopwatch.GetElapsedTime(started);
        var start = request.Init is null ? null : new PictureStart(plan, model, SeedsOf(0), clock, cancel);
        var told = start is { IsMasked: false } ? request with { Init = request.Init! with { Inpaint = null } } : request;

        var (sampling, decode) = (TimeSpan.Zero, TimeSpan.Zero);
        var images = new List<DrawnImage>(request.BatchCount * request.BatchSize);
        for (var batch = 0; batch < request.BatchCount; batch++)
        {
            var seeds = SeedsOf(batch);
            var stage = Stopwatch.GetTimestamp();
            var latents = Sample(seeds, guides, start?.Latent);
            var (height, width) = (plan.LatentHeight, plan.LatentWidth);
            if (plan.Hires is { } second) (latents, height, width) = SampleAgain(second, seeds, latents, secondGuides!);
            sampling += Stopwatch.GetElapsedTime(stage);
            stage = Stopwatch.GetTimestamp();
            Report(DrawingStage.Decoding);
            for (var i = 0; i < seeds.Length; i++)
            {
                var latent = latents.AsSpan(i * latents.Length / seeds.Length, latents.Length / seeds.Length);
                var pixels = model.Decoder.Decode(latent, height, width, clock, cancel);
                images.Add(new DrawnImage(start?.Finish(pixels) ?? pixels, seeds[i], InfotextWriter.Write(told, plan.FactsOf(seeds[i]))));
            }
            decode += Stopwatch.GetElapsedTime(stage);
        }
        return new ImageResult(images, new StageTimings(load, text, sampling, decode, load + Stopwatch.GetElapsedTime(started), clock.Elapsed), plan.Notes);
    }

    /// <summary>What prompt and negative prompt say; the negative one has no say at a guidance of 1.</summary>
    /// <exception cref="InvalidRequestException">The text encoder has fewer layers than are to be left out.</exception>
    internal Guides Encode()
    {
        Report(DrawingStage.Reading);
        if (request.ClipSkip > model.Text.Layers)
        {
            throw new InvalidRequestException(new(
                $"Clip skip is {request.ClipSkip}; the text encoder of {plan.Checkpoint.Name} has {model.Text.Layers} layers.",
                $"CLIP 跳过层是 {request.ClipSkip}，而 {plan.Checkpoint.Name} 的文本编码器只有 {model.Text.Layers} 层。"));
        }
        return Encode(request.Prompt, request.NegativePrompt, plan.Sampler.Sampler, new PassLength(plan.Sampler.Sampler.LooksIn(request.Steps)));
    }

    /// <summary>What both say in the second pass.</summary>
    internal Guides Encode(HiresPlan second) =>
        Encode(
            second.Fix.Prompt ?? request.Prompt, second.Fix.NegativePrompt ?? request.NegativePrompt, second.Sampler.Sampler,
            new PassLength(plan.Sampler.Sampler.LooksIn(request.Steps)) { HiresSteps = second.Sampler.Sampler.LooksIn(second.StepsAfter(request.Steps)) });

    private Guides Encode(string prompt, string negative, Sampler sampler, PassLength length) =>
        new PromptEncoder(model.Text, request.ClipSkip, clock, cancel).Encode(prompt, sampler.AsksForNegative(request.CfgScale) ? negative : null, length);

    /// <summary>The seeds of a batch's images.</summary>
    internal long[] SeedsOf(int batch)
    {
        var seeds = new long[request.BatchSize];
        for (var i = 0; i < seeds.Length; i++) seeds[i] = request.Seed + batch * request.BatchSize + i;
        return seeds;
    }

    /// <summary>The latents [B, 4, h, w] of a batch, as the decoder takes them.</summary>
    /// <param name="seeds">One an image.</param>
    /// <param name="guides">What the prompts say.</param>
    /// <param name="init">What to start from; null: noise.</param>
    internal float[] Sample(long[] seeds, Guides guides, InitLatent? init = null)
    {
        var shape = new LatentShape(seeds.Length, model.LatentChannels, plan.LatentHeight, plan.LatentWidth);
        return Sample(shape, seeds, guides, FirstSteps, (sampler, noise, done) => init is null
            ? sampler.FromNoise(plan.Sampler, request.Steps, (float)request.CfgScale, noise, done, cancel)
            : sampler.FromLatent(plan.Sampler, request.Steps, (float)request.CfgScale, init, noise, done, cancel));
    }

    /// <summary>The latents of a batch after the second pass, and their height and width.</summary>
    internal (float[] Latents, int Height, int Width) SampleAgain(HiresPlan second, long[] seeds, float[] latents, Guides guides)
    {
        var steps = second.StepsAfter(request.Steps);
        var (start, height, width) = HiresStart.Of(second, model, latents, seeds.Length, (plan.LatentHeight, plan.LatentWidth), clock, cancel);
        var shape = new LatentShape(seeds.Length, model.LatentChannels, height, width);
        var drawn = Sample(shape, seeds, guides, steps, (sampler, noise, done) =>
            sampler.FromLatent(second.Sampler, steps, (float)request.CfgScale, new InitLatent(start, second.Fix.DenoisingStrength) { ExactSteps = true }, noise, done, cancel));
        return (drawn, height, width);
    }

    private float[] Sample(LatentShape shape, long[] seeds, Guides guides, int steps, Func<LatentSampler, ImageNoise, StepDone, float[]> sample)
    {
        using var unet = model.Predict(shape, guides, clock);
        var noise = new ImageNoise(request.Rng, seeds, shape.Height, shape.Width, request.Ensd);
        var sampler = new LatentSampler(Schedule, model.Prediction, (x, timestep, cond, uncond) => unet.Predict(x, timestep, cond, uncond, cancel)) { Settings = request.Sampling };
        var before = stepsDone;
        Report(DrawingStage.Sampling);
        var latents = sample(sampler, noise, (step, x0) =>
        {
            stepsDone = before + step;
            if (progress is null) return;
            var first = x0[..shape.Each].ToArray();
            Report(DrawingStage.Sampling, () => preview().Draw(first, shape.Height, shape.Width));
        });
        stepsDone = before + steps;
        return latents;
    }

    private void Report(DrawingStage stage, Func<Imaging.Bitmap>? picture = null) => progress?.Report(new DrawingProgress(stage, stepsDone, StepsInAll, picture));
}
