using System.Globalization;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Infotext;

/// <summary>The one place that knows both vocabularies: a parameter text's labels and a request's properties.</summary>
public static class InfotextMapping
{
    /// <summary>What WebUI can do and a text may ask for, but what is not drawn yet: labels, or how they begin.</summary>
    private static readonly string[] notDrawn =
    [
        "Hires Module", "Hires VAE", "Face restoration", "Image CFG scale", "Hires refiner",
        "Tiling", "Token merging ratio",
        "NGMS all steps", "ControlNet", "Conditional mask weight", "Init image hash", "FP8 weight", "Distilled CFG Scale", "ADetailer",
    ];

    private static readonly Dictionary<string, EmphasisMode> emphasisModes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Original"] = EmphasisMode.Original,
        ["No norm"] = EmphasisMode.NoNorm,
        ["Ignore"] = EmphasisMode.Ignore,
        ["None"] = EmphasisMode.None,
    };

    /// <summary>How much of the masked part an inpainting model is not shown; another weight is not drawn.</summary>
    private const string WholeMaskWeight = "1.0";

    /// <summary>Values that say no more than what is done anyway.</summary>
    private static readonly string[] noChange = ["", "0", "0x0", "None", "False", "Disable", "Original", WholeMaskWeight];

    /// <summary>A request as the text asks for it. Only what the text names changes <paramref name="defaults"/>.</summary>
    /// <param name="values">What a reader found.</param>
    /// <param name="defaults">Where the text says nothing.</param>
    /// <param name="notes">For the one who asked: what could not be understood, what is not drawn. May be empty.</param>
    /// <returns>Numbers as they are: whether they are in range is checked where requests are checked.</returns>
    public static ImageRequest ToRequest(InfotextValues values, ImageRequest defaults, out IReadOnlyList<LocalText> notes)
    {
        var found = new List<LocalText>();
        var request = ToRequest(values, defaults, found);
        var skipped = NotDrawn(values);
        if (skipped.Count > 0) found.Add(new($"not drawn: {string.Join(", ", skipped)}", $"还不支持，已略过：{string.Join("、", skipped.Select(ParameterLabels.InChinese))}"));
        notes = found;
        return request;
    }

    /// <summary>What the text asks for and is not drawn yet, by its labels.</summary>
    public static IReadOnlyList<string> NotDrawn(InfotextValues values) =>
        [.. values.Parameters.Where(p => IsNotDrawn(p.Key) && !noChange.Contains(p.Value)).Select(p => p.Key)];

    /// <summary>A request as the text asks for it. Only what the text names changes <paramref name="defaults"/>.</summary>
    /// <param name="values">What a reader found.</param>
    /// <param name="defaults">Where the text says nothing.</param>
    /// <param name="notes">Gets what could not be understood, in words for the one who asked.</param>
    public static ImageRequest ToRequest(InfotextValues values, ImageRequest defaults, ICollection<LocalText> notes)
    {
        var text = new RequestReader(values.Parameters, notes);
        var (size, from) = (text.Size("Size"), text.Size("Seed resize from"));
        var namesModel = values.Parameters.ContainsKey("Model") || values.Parameters.ContainsKey("Model hash");
        if (text.Text("VAE hash") is { } hash && text.Text("VAE") is null)
            notes.Add(new LocalText($"VAE hash: {hash} comes without the VAE's name, by which it is looked up.", $"VAE hash：{hash} 没有附上 VAE 的名字，无法按哈希查找。"));
        return defaults with
        {
            Prompt = values.Prompt,
            NegativePrompt = values.NegativePrompt,
            Steps = text.Number("Steps", defaults.Steps),
            Sampler = text.Text("Sampler") ?? defaults.Sampler,
            // A sampler that comes without a schedule brings its own: the default schedule was chosen for another one.
            Schedule = text.Text("Schedule type") ?? (text.Text("Sampler") is null ? defaults.Schedule : new ImageRequest().Schedule),
            CfgScale = text.Number("CFG scale", defaults.CfgScale),
            Seed = text.Number("Seed", defaults.Seed),
            // One alone is of no use: the strength says that there is one.
            VariationSeed = text.Number("Variation seed", defaults.VariationSeed),
            VariationStrength = text.Number("Variation seed strength", defaults.VariationStrength),
            SeedResizeWidth = from.Width ?? defaults.SeedResizeWidth,
            SeedResizeHeight = from.Height ?? defaults.SeedResizeHeight,
            Width = size.Width ?? defaults.Width,
            Height = size.Height ?? defaults.Height,
            Aspect = size.Width is null && size.Height is null ? defaults.Aspect : null,
            ClipSkip = text.Number("Clip skip", defaults.ClipSkip),
            Ensd = text.Number("ENSD", defaults.Ensd),
            Rng = text.Rng(defaults.Rng),
            Emphasis = text.OneOf("Emphasis", emphasisModes, defaults.Emphasis),
            Sampling = text.Sampling(defaults.Sampling),
            Checkpoint = namesModel ? text.Text("Model") : defaults.Checkpoint,
            LoraHashes = text.Text("Lora hashes") ?? defaults.LoraHashes,
            CheckpointHash = namesModel ? text.Text("Model hash") : defaults.CheckpointHash,
            Vae = text.Text("VAE") ?? defaults.Vae,
            Hires = text.Hires(defaults.Hires),
            Init = text.Init(defaults.Init),
            PadConds = text.Flag("Pad conds", defaults.PadConds),
            Refiner = text.Refiner(defaults.Refiner),
            RefinerSwitchAt = text.Number("Refiner switch at", defaults.RefinerSwitchAt),
            OlderWays = OlderWaysLabels.Read(values) ?? defaults.OlderWays,
        };
    }

    /// <summary>A drawn picture's parameters, in WebUI's order and words. The default source of noise is not written.</summary>
    public static InfotextValues ToValues(ImageRequest request, DrawingFacts facts) =>
        Listed(request, facts, facts.Seed, new ImageSize(facts.Width, facts.Height).ToString(), InfotextWriter.Version);

    /// <summary>The parameters of a request that is not drawn yet: what only the drawing decides is not among them.</summary>
    public static InfotextValues ToValues(ImageRequest request)
    {
        var match = SamplerMatch.Of(request.Sampler, request.Schedule);
        var choice = match is { KnowsSampler: true, KnowsSchedule: true } ? SamplerTable.Find(request.Sampler, request.Schedule) : null;
        var facts = new DrawingFacts(
            request.Seed, 0, 0, choice?.Sampler.Name ?? request.Sampler, choice?.ScheduleLabel ?? request.Schedule, choice?.Sampler.UsesEnsd ?? true,
            request.CheckpointHash, request.Checkpoint, Vae: request.Vae)
        {
            LoraHashes = request.LoraHashes,
            Refiner = request.Refiner,
            HiresCheckpoint = request.Hires?.Checkpoint,
            HiresSampler = request.Hires?.Sampler,
            HiresScheduleType = request.Hires?.Schedule,
            UsesOldTimelines = request.OlderWays.OldPromptEditing,
            IsPadded = true,
        };
        var size = request is { Width: { } width, Height: { } height } ? new ImageSize(width, height).ToString() : null;
        return Listed(request, facts, request.Seed < 0 ? null : request.Seed, size, version: null);
    }

    private static InfotextValues Listed(ImageRequest request, DrawingFacts facts, long? seed, string? size, string? version)
    {
        var parameters = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        void Add(string label, string? value)
        {
            if (value is not null) parameters.Add(label, value);
        }

        Add("Steps", request.Steps.ToString(CultureInfo.InvariantCulture));
        Add("Sampler", facts.Sampler);
        Add("Schedule type", facts.ScheduleType);
        Add("CFG scale", request.CfgScale.ToString(CultureInfo.InvariantCulture));
        Add("Seed", seed?.ToString(CultureInfo.InvariantCulture));
        Add("Size", size);
        Add("Model hash", facts.ModelHash);
        Add("Model", facts.Model);
        Add("VAE hash", facts.VaeHash);
        Add("VAE", facts.Vae);
        if (request.VariationStrength > 0)
        {
            var variation = facts.VariationSeed ?? request.VariationSeed;
            Add("Variation seed", variation < 0 ? null : variation.ToString(CultureInfo.InvariantCulture));
            Add("Variation seed strength", request.VariationStrength.ToString(CultureInfo.InvariantCulture));
        }
        if (request is { SeedResizeWidth: > 0, SeedResizeHeight: > 0 }) Add("Seed resize from", new ImageSize(request.SeedResizeWidth, request.SeedResizeHeight).ToString());
        Add("Denoising strength", (request.Hires?.DenoisingStrength ?? request.Init?.DenoisingStrength)?.ToString(CultureInfo.InvariantCulture));
        Add("Conditional mask weight", facts.LooksAtPicture ? WholeMaskWeight : null);
        Add("Clip skip", request.ClipSkip > 1 ? request.ClipSkip.ToString(CultureInfo.InvariantCulture) : null);
        Add("ENSD", request.Ensd != 0 && facts.SamplerUsesEnsd && request.Sampling.Eta != 0 ? request.Ensd.ToString(CultureInfo.InvariantCulture) : null);
        Add("RNG", request.Rng == NoiseSource.Cpu ? "CPU" : null);
        if (request.Hires is { } hires)
        {
            Add("Hires checkpoint", facts.HiresCheckpoint);
            Add("Hires sampler", facts.HiresSampler);
            Add("Hires prompt", hires.Prompt);
            Add("Hires negative prompt", hires.NegativePrompt);
            Add("Hires schedule type", facts.HiresScheduleType);
            Add("Hires CFG Scale", hires.CfgScale is { } cfg && cfg != request.CfgScale ? cfg.ToString(CultureInfo.InvariantCulture) : null);
            var isSized = hires.Width is not null || hires.Height is not null;
            Add("Hires upscale", isSized ? null : hires.Scale.ToString(CultureInfo.InvariantCulture));
            Add("Hires resize", isSized ? new ImageSize(hires.Width ?? 0, hires.Height ?? 0).ToString() : null);
            Add("Hires steps", hires.Steps > 0 ? hires.Steps.ToString(CultureInfo.InvariantCulture) : null);
            Add("Hires upscaler", hires.Upscaler);
        }
        foreach (var (label, value) in InitLabels.Of(request.Init)) Add(label, value);
        Add("Lora hashes", facts.LoraHashes);
        if (facts.UsesOldTimelines) Add("Old prompt editing timelines", "True");
        Add("TI hashes", facts.EmbeddingHashes);
        // As WebUI: only where there is something that it changes.
        if (request.Emphasis != EmphasisMode.Original && HasBrackets(request.Prompt + request.NegativePrompt)) Add("Emphasis", emphasisModes.First(word => word.Value == request.Emphasis).Key);
        if (request.OlderWays.DowncastAlphas) Add("Downcast alphas_cumprod", "True");
        if (request.Sampling.ZeroTerminalSnr) Add("Noise Schedule", "Zero Terminal SNR");
        if (SamplerMatch.Of(request.Sampler, request.Schedule) is { KnowsSampler: true, KnowsSchedule: true })
        {
            foreach (var (label, value) in SamplingLabels.Of(SamplerTable.Find(request.Sampler, request.Schedule), request.Sampling)) Add(label, value);
        }
        if (request is { OlderWays.RefinerByStepCount: true, Refiner: not null }) Add("Refiner switch by sampling steps", "True");
        if (facts.Refiner is not null)
        {
            Add("Refiner", facts.Refiner);
            Add("Refiner switch at", request.RefinerSwitchAt.ToString(CultureInfo.InvariantCulture));
        }
        if (facts.IsPadded && request.OlderWays.PadsNegative) Add("Pad conds v0", "True");
        else if (facts.IsPadded && request.PadConds) Add("Pad conds", "True");
        Add("Version", version);
        return new InfotextValues(request.Prompt, request.NegativePrompt, parameters);
    }

    private static bool HasBrackets(string prompt) => prompt.AsSpan().IndexOfAny('(', '[') >= 0;

    private static bool IsNotDrawn(string label) => Array.Exists(notDrawn, l => label.StartsWith(l, StringComparison.OrdinalIgnoreCase));
}
