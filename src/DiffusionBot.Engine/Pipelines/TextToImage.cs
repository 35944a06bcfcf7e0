using System.Diagnostics;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>Text to image, and image to image: prompt to conditioning, noise or a picture to latent, latent to picture, batch after batch.</summary>
/// <param name="checkpoint">What draws, and begins each batch.</param>
/// <param name="plan">What to draw.</param>
/// <param name="preview">Shows latents that a model draws whose autoencoder has this hash.</param>
/// <param name="progress">Told at every stage and step; may be null.</param>
/// <param name="cancel">Stops within a step.</param>
internal sealed class TextToImage(LoadedModel checkpoint, DrawingPlan plan, Func<LoadedModel, string, LatentPreview> preview, IProgress<DrawingProgress>? progress, CancellationToken cancel)
{
    // What draws now; null: the plan's own checkpoint.
    private (LoadedModel Model, OtherCheckpoint? Other) current = (checkpoint, null);
    private Guides? secondGuides;
    private Guides? refinedGuides;

    private readonly NativeClock clock = new();
    private readonly ImageRequest request = plan.Request;
    private readonly List<LocalText> notes = [.. plan.Notes];
    private readonly Dictionary<(NetworkPlan, LoadedModel), EmbeddingLibrary> libraries = [];
    private int stepsDone;

    /// <summary>Gives another checkpoint, or the plan's own again (null); what drew before may have gone to make room.</summary>
    public Func<OtherCheckpoint?, LoadedModel> Load { get; init; } = _ => checkpoint;

    /// <summary>Enlarges pictures before a second pass. Default: by no network.</summary>
    public UpscalerCache Upscalers { get; init; } = new(() => throw new InvalidOperationException("No device for an upscaler's network."));

    private LoadedModel Model => current.Model;

    private bool IsRefined => plan.Refiner is not null && current.Other == plan.Refiner;

    private int FirstSteps => request.Init?.StepsOf(request.Steps) ?? request.Steps;

    private int StepsInAll => (FirstSteps + (plan.Hires?.StepsAfter(request.Steps) ?? 0)) * request.BatchCount;

    /// <summary>Draws all images of the plan.</summary>
    /// <param name="load">How long the model took to load, for the timings.</param>
    public ImageResult Draw(TimeSpan load)
    {
        var started = Stopwatch.GetTimestamp();
        var guides = Encode();
        // What another checkpoint understands of them is seen when it is there.
        if (plan.Hires is { Other: null } hires) secondGuides = Encode(hires);
        var embeddingHashes = EmbeddingHashes.Of(plan.Networks.Prompt, request.NegativePrompt, plan.FirstPass, request.Emphasis, LibraryOf(plan.Networks));
        var text = Stopwatch.GetElapsedTime(started);
        var start = request.Init is null ? null : new PictureStart(plan, Model, plan.SeedsOf(0), clock, cancel);
        var told = start is { IsMasked: false } ? request with { Init = request.Init! with { Inpaint = null } } : request;

        var (sampling, decode) = (TimeSpan.Zero, TimeSpan.Zero);
        var images = new List<DrawnImage>(request.BatchCount * request.BatchSize);
        for (var batch = 0; batch < request.BatchCount; batch++)
        {
            var stage = Stopwatch.GetTimestamp();
            Use(null);
            var latents = Sample(batch, guides, start);
            var (height, width) = (plan.LatentHeight, plan.LatentWidth);
            if (plan.Hires is { } second) (latents, height, width) = SampleAgain(second, batch, latents);
            sampling += Stopwatch.GetElapsedTime(stage);
            stage = Stopwatch.GetTimestamp();
            Report(DrawingStage.Decoding);
            var each = latents.Length / request.BatchSize;
            for (var i = 0; i < request.BatchSize; i++)
            {
                var index = batch * request.BatchSize + i;
                var latent = latents.AsSpan(i * each, each);
                var pixels = Model.Decoder.Decode(latent, height, width, clock, cancel);
                var facts = plan.FactsOf(index, IsRefined, embeddingHashes, guides.IsPadded || secondGuides is { IsPadded: true });
                images.Add(new DrawnImage(start?.Finish(pixels) ?? pixels, plan.SeedOf(index), InfotextWriter.Write(told, facts)));
            }
            decode += Stopwatch.GetElapsedTime(stage);
        }
        foreach (var library in libraries.Values) notes.AddRange(library.Notes.Except(notes));
        return new ImageResult(images, new StageTimings(load, text, sampling, decode, load + Stopwatch.GetElapsedTime(started), clock.Elapsed), notes);
    }

    /// <summary>What prompt and negative prompt say; the negative one has no say at a guidance of 1.</summary>
    /// <exception cref="InvalidRequestException">The text encoder has fewer layers than are to be left out.</exception>
    internal Guides Encode()
    {
        Report(DrawingStage.Reading);
        return Encode(plan.Networks, AskedFor(plan.Sampler.Sampler, request.CfgScale, request.NegativePrompt), plan.FirstPass, (plan.Width, plan.Height));
    }

    /// <summary>What both say in the second pass.</summary>
    internal Guides Encode(HiresPlan second) => Encode(
        plan.HiresNetworks, AskedFor(second.Sampler.Sampler, second.CfgScaleAfter(request.CfgScale), second.Fix.NegativePrompt ?? request.NegativePrompt),
        plan.SecondPass(second), (second.Width, second.Height));

    private static string? AskedFor(Sampler sampler, double cfgScale, string negative) => sampler.AsksForNegative(cfgScale) ? negative : null;

    private Guides Encode(NetworkPlan networks, string? negative, PassLength length, (int Width, int Height) size)
    {
        if (Model.Text.Layers is { } layers && request.ClipSkip > layers)
        {
            var name = (current.Other?.Checkpoint ?? plan.Checkpoint).Name;
            throw new InvalidRequestException(new(
                $"Clip skip is {request.ClipSkip}; the text encoder of {name} has {layers} layers.", $"CLIP 跳过层是 {request.ClipSkip}，而 {name} 的文本编码器只有 {layers} 层。"));
        }
        PutOn(networks);
        var encoder = new PromptEncoder(Model.Text, request.ClipSkip, request.Emphasis, clock, cancel)
        {
            Size = size,
            Embeddings = LibraryOf(networks),
            PadsNegative = request.OlderWays.PadsNegative,
            PadConds = request.PadConds,
        };
        return encoder.Encode(networks.Prompt, negative, length);
    }

    /// <summary>What draws from here on; null: the plan's own checkpoint.</summary>
    private void Use(OtherCheckpoint? other)
    {
        if (other != current.Other) current = (Load(other), other);
    }

    /// <summary>Exactly these networks, whatever was on before.</summary>
    private void PutOn(NetworkPlan networks) => notes.AddRange(Model.Apply(networks.Set, cancel).Except(notes));

    /// <summary>Words that stand for vectors while these networks are on: some come with them.</summary>
    private EmbeddingLibrary LibraryOf(NetworkPlan networks)
    {
        if (libraries.TryGetValue((networks, Model), out var known)) return known;
        var library = libraries[(networks, Model)] = new EmbeddingLibrary(plan.Embeddings, Model.Text.Widths, cancel);
        foreach (var lora in networks.Set.Loras) library.AddBundled(lora.Name, TensorFile.Open(lora.File.Path));
        return library;
    }

    /// <summary>The latents [B, 4, h, w] of a batch, as the decoder takes them.</summary>
    /// <param name="batch">Which, from 0.</param>
    /// <param name="guides">What the prompts say.</param>
    /// <param name="start">What to start from; null: noise.</param>
    internal float[] Sample(int batch, Guides guides, PictureStart? start = null)
    {
        PutOn(plan.Networks);
        var shape = new LatentShape(request.BatchSize, Model.LatentChannels, plan.LatentHeight, plan.LatentWidth);
        // As WebUI's default has it, a refiner comes in the second pass where there is one.
        return Sample(shape, batch, guides, start?.Beside, FirstSteps, plan.Hires is null ? Encode : null, (sampler, noise, done) => start is null
            ? sampler.FromNoise(plan.Sampler, request.Steps, (float)request.CfgScale, noise, done, cancel)
            : sampler.FromLatent(plan.Sampler, request.Steps, (float)request.CfgScale, start.Latent, noise, done, cancel));
    }

    /// <summary>The latents of a batch after the second pass, and their height and width.</summary>
    internal (float[] Latents, int Height, int Width) SampleAgain(HiresPlan second, int batch, float[] latents)
    {
        var steps = second.StepsAfter(request.Steps);
        var (start, height, width) = HiresStart.Of(second, Model, Next, Upscalers, latents, request.BatchSize, (plan.LatentHeight, plan.LatentWidth), clock, cancel);
        secondGuides ??= Encode(second);
        PutOn(plan.HiresNetworks);
        var shape = new LatentShape(request.BatchSize, Model.LatentChannels, height, width);
        var drawn = Sample(shape, batch, secondGuides, beside: null, steps, () => Encode(second), (sampler, noise, done) =>
            sampler.FromLatent(second.Sampler, steps, (float)second.CfgScaleAfter(request.CfgScale), new InitLatent(start, second.Fix.DenoisingStrength) { ExactSteps = true }, noise, done, cancel));
        return (drawn, height, width);

        LoadedModel Next()
        {
            Use(second.Other);
            return Model;
        }
    }

    /// <param name="shape">Of the batch.</param>
    /// <param name="batch">Which, from 0.</param>
    /// <param name="guides">What the prompts say.</param>
    /// <param name="beside">What an inpainting model sees; null: nothing of a picture.</param>
    /// <param name="steps">How many are done.</param>
    /// <param name="encode">What the prompts say to a model that takes over; null: none does.</param>
    /// <param name="sample">Runs the sampler.</param>
    private float[] Sample(LatentShape shape, int batch, Guides guides, InpaintingChannels? beside, int steps, Func<Guides>? encode, Func<LatentSampler, ImageNoise, StepDone, float[]> sample)
    {
        using var unet = Model.Predict(shape, guides, clock, beside);
        UnetRun? refiner = null;
        var noise = NoiseOf(batch, shape);
        var schedule = NoiseSchedule.Of(request.OlderWays.DowncastAlphas, request.Sampling.ZeroTerminalSnr || Model.EndsInNoise);
        var sampler = new LatentSampler(schedule, Model.Prediction, (x, timestep, cond, uncond) => unet.Predict(x, timestep, cond, uncond, cancel))
        {
            Settings = request.Sampling,
            IsSdxl = Model.Family.IsSdxl,
            Refinement = encode is null || plan.Refiner is null ? null : new Refinement(request.RefinerSwitchAt, request.OlderWays.RefinerByStepCount, Refine),
        };
        var before = stepsDone;
        Report(DrawingStage.Sampling);
        try
        {
            var latents = sample(sampler, noise, (step, x0) =>
            {
                stepsDone = before + step;
                if (progress is null) return;
                var (first, drawing, vae) = (x0[..shape.Each].ToArray(), Model, current.Other?.VaeHash ?? plan.VaeHash);
                Report(DrawingStage.Sampling, () => preview(drawing, vae).Draw(first, shape.Height, shape.Width));
            });
            stepsDone = before + steps;
            return latents;
        }
        finally
        {
            refiner?.Dispose();
        }

        SampledModel Refine(int looks)
        {
            unet.Dispose();   // its model may have to go
            Use(plan.Refiner);
            PutOn(plan.Hires is null ? plan.Networks : plan.HiresNetworks);
            refinedGuides ??= encode();
            refiner = Model.Predict(shape, refinedGuides, clock, firstLook: looks);
            return new SampledModel(
                (x, timestep, cond, uncond) => refiner.Predict(x, timestep, cond, uncond, cancel), NoiseSchedule.Of(inHalf: false, Model.EndsInNoise), Model.Prediction);
        }
    }

    /// <summary>Of a batch's images.</summary>
    private ImageNoise NoiseOf(int batch, LatentShape shape)
    {
        var images = Enumerable.Range(batch * request.BatchSize, request.BatchSize);
        return new ImageNoise(request.Rng, plan.SeedsOf(batch), shape.Height, shape.Width, request.Ensd)
        {
            Variation = request.VariationStrength > 0 ? new SeedVariation([.. images.Select(plan.VariationSeedOf)], (float)request.VariationStrength) : null,
            ResizeFrom = request is { SeedResizeWidth: > 0, SeedResizeHeight: > 0 } ? (request.SeedResizeHeight / LatentDecoder.Factor, request.SeedResizeWidth / LatentDecoder.Factor) : null,
        };
    }

    private void Report(DrawingStage stage, Func<Imaging.Bitmap>? picture = null) => progress?.Report(new DrawingProgress(stage, stepsDone, StepsInAll, picture));
}
