using System.Diagnostics;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Networks;
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
    private readonly List<LocalText> notes = [.. plan.Notes];
    private readonly Dictionary<NetworkPlan, EmbeddingLibrary> libraries = new(ReferenceEqualityComparer.Instance);
    private int stepsDone;

    private int StepsInAll => (request.Steps + (plan.Hires?.StepsAfter(request.Steps) ?? 0)) * request.BatchCount;

    /// <summary>Draws all images of the plan.</summary>
    /// <param name="load">How long the model took to load, for the timings.</param>
    public ImageResult Draw(TimeSpan load)
    {
        var started = Stopwatch.GetTimestamp();
        var secondGuides = plan.Hires is { } hires ? Encode(hires) : null;
        var guides = Encode();
        var embeddingHashes = EmbeddingHashes.Of(
            plan.Networks.Prompt, request.NegativePrompt, new PassLength(plan.Sampler.Sampler.LooksIn(request.Steps)), request.Emphasis, LibraryOf(plan.Networks));
        foreach (var library in libraries.Values) notes.AddRange(library.Notes.Except(notes));
        var text = Stopwatch.GetElapsedTime(started);

        var (sampling, decode) = (TimeSpan.Zero, TimeSpan.Zero);
        var images = new List<DrawnImage>(request.BatchCount * request.BatchSize);
        for (var batch = 0; batch < request.BatchCount; batch++)
        {
            var stage = Stopwatch.GetTimestamp();
            var latents = Sample(batch, guides);
            var (height, width) = (plan.LatentHeight, plan.LatentWidth);
            if (plan.Hires is { } second) (latents, height, width) = SampleAgain(second, batch, latents, secondGuides!);
            sampling += Stopwatch.GetElapsedTime(stage);
            stage = Stopwatch.GetTimestamp();
            Report(DrawingStage.Decoding);
            var each = latents.Length / request.BatchSize;
            for (var i = 0; i < request.BatchSize; i++)
            {
                var index = batch * request.BatchSize + i;
                var latent = latents.AsSpan(i * each, each);
                var pixels = model.Decoder.Decode(latent, height, width, clock, cancel);
                images.Add(new DrawnImage(pixels, plan.SeedOf(index), InfotextWriter.Write(request, plan.FactsOf(index, embeddingHashes))));
            }
            decode += Stopwatch.GetElapsedTime(stage);
        }
        return new ImageResult(images, new StageTimings(load, text, sampling, decode, load + Stopwatch.GetElapsedTime(started), clock.Elapsed), notes);
    }

    /// <summary>What prompt and negative prompt say; the negative one has no say at a guidance of 1.</summary>
    /// <exception cref="InvalidRequestException">The text encoder has fewer layers than are to be left out.</exception>
    internal Guides Encode()
    {
        Report(DrawingStage.Reading);
        if (model.Text.Layers is { } layers && request.ClipSkip > layers)
        {
            throw new InvalidRequestException(new(
                $"Clip skip is {request.ClipSkip}; the text encoder of {plan.Checkpoint.Name} has {layers} layers.",
                $"CLIP 跳过层是 {request.ClipSkip}，而 {plan.Checkpoint.Name} 的文本编码器只有 {layers} 层。"));
        }
        return Encode(plan.Networks, request.NegativePrompt, plan.Sampler.Sampler, new PassLength(plan.Sampler.Sampler.LooksIn(request.Steps)), (plan.Width, plan.Height));
    }

    /// <summary>What both say in the second pass.</summary>
    internal Guides Encode(HiresPlan second) =>
        Encode(
            plan.HiresNetworks, second.Fix.NegativePrompt ?? request.NegativePrompt, second.Sampler.Sampler,
            new PassLength(plan.Sampler.Sampler.LooksIn(request.Steps)) { HiresSteps = second.Sampler.Sampler.LooksIn(second.StepsAfter(request.Steps)) }, (second.Width, second.Height));

    private Guides Encode(NetworkPlan networks, string negative, Sampler sampler, PassLength length, (int Width, int Height) size)
    {
        PutOn(networks);
        return new PromptEncoder(model.Text, request.ClipSkip, request.Emphasis, clock, cancel) { Size = size, Embeddings = LibraryOf(networks) }
            .Encode(networks.Prompt, sampler.AsksForNegative(request.CfgScale) ? negative : null, length);
    }

    /// <summary>Exactly these networks, whatever was on before.</summary>
    private void PutOn(NetworkPlan networks) => notes.AddRange(model.Apply(networks.Set, cancel).Except(notes));

    /// <summary>Words that stand for vectors while these networks are on: some come with them.</summary>
    private EmbeddingLibrary LibraryOf(NetworkPlan networks)
    {
        if (libraries.TryGetValue(networks, out var known)) return known;
        var library = libraries[networks] = new EmbeddingLibrary(plan.Embeddings, model.Text.Widths, cancel);
        foreach (var lora in networks.Set.Loras) library.AddBundled(lora.Name, TensorFile.Open(lora.File.Path));
        return library;
    }

    /// <summary>The latents [B, 4, h, w] of a batch, as the decoder takes them.</summary>
    internal float[] Sample(int batch, Guides guides)
    {
        PutOn(plan.Networks);
        var shape = new LatentShape(request.BatchSize, model.LatentChannels, plan.LatentHeight, plan.LatentWidth);
        return Sample(shape, batch, guides, request.Steps, (sampler, noise, done) => sampler.FromNoise(plan.Sampler, request.Steps, (float)request.CfgScale, noise, done, cancel));
    }

    /// <summary>The latents of a batch after the second pass, and their height and width.</summary>
    internal (float[] Latents, int Height, int Width) SampleAgain(HiresPlan second, int batch, float[] latents, Guides guides)
    {
        var steps = second.StepsAfter(request.Steps);
        PutOn(plan.HiresNetworks);
        var (start, height, width) = HiresStart.Of(second, model, latents, request.BatchSize, (plan.LatentHeight, plan.LatentWidth), clock, cancel);
        var shape = new LatentShape(request.BatchSize, model.LatentChannels, height, width);
        var drawn = Sample(shape, batch, guides, steps, (sampler, noise, done) =>
            sampler.FromLatent(second.Sampler, steps, (float)request.CfgScale, new InitLatent(start, second.Fix.DenoisingStrength) { ExactSteps = true }, noise, done, cancel));
        return (drawn, height, width);
    }

    private float[] Sample(LatentShape shape, int batch, Guides guides, int steps, Func<LatentSampler, ImageNoise, StepDone, float[]> sample)
    {
        using var unet = model.Predict(shape, guides, clock);
        var noise = NoiseOf(batch, shape);
        var sampler = new LatentSampler(Schedule, model.Prediction, (x, timestep, cond, uncond) => unet.Predict(x, timestep, cond, uncond, cancel)) { Settings = request.Sampling, IsSdxl = model.Family.IsSdxl };
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

    /// <summary>Of a batch's images.</summary>
    private ImageNoise NoiseOf(int batch, LatentShape shape)
    {
        var images = Enumerable.Range(batch * request.BatchSize, request.BatchSize);
        return new ImageNoise(request.Rng, [.. images.Select(plan.SeedOf)], shape.Height, shape.Width, request.Ensd)
        {
            Variation = request.VariationStrength > 0 ? new SeedVariation([.. images.Select(plan.VariationSeedOf)], (float)request.VariationStrength) : null,
            ResizeFrom = request is { SeedResizeWidth: > 0, SeedResizeHeight: > 0 } ? (request.SeedResizeHeight / LatentDecoder.Factor, request.SeedResizeWidth / LatentDecoder.Factor) : null,
        };
    }

    private void Report(DrawingStage stage, Func<Imaging.Bitmap>? picture = null) => progress?.Report(new DrawingProgress(stage, stepsDone, StepsInAll, picture));
}
