using System.Globalization;
using System.Numerics;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Infotext;

/// <summary>What only the drawing itself knows about a picture.</summary>
/// <param name="Seed">This picture's own.</param>
/// <param name="Width">In pixels, as asked or as the checkpoint suggests; not yet cut to a multiple of 8.</param>
/// <param name="Height">Likewise.</param>
/// <param name="Sampler">By WebUI's name, without a schedule.</param>
/// <param name="ScheduleType">As WebUI writes it: the sampler's own by name where it has one, else Automatic.</param>
/// <param name="SamplerUsesEnsd">Whether the sampler adds noise between steps from its own generator (the ancestral ones).</param>
/// <param name="ModelHash">The first 10 digits of the checkpoint's sha256; null: not written.</param>
/// <param name="Model">The checkpoint's name, without extension; null: not written.</param>
/// <param name="VaeHash">The first 10 digits of a separate VAE's sha256; null where the checkpoint's own was used.</param>
/// <param name="Vae">The file name of a separate VAE; null where the checkpoint's own was used.</param>
public sealed record DrawingFacts(
    long Seed, int Width, int Height, string Sampler, string ScheduleType, bool SamplerUsesEnsd,
    string? ModelHash = null, string? Model = null, string? VaeHash = null, string? Vae = null)
{
    /// <summary>This picture's own variation seed; null: the request's.</summary>
    public long? VariationSeed { get; init; }

    /// <summary>`name: hash, ...` of the LoRAs that were on; null: none.</summary>
    public string? LoraHashes { get; init; }

    /// <summary>`name: hash, ...` of the embeddings that the prompts have; null: none.</summary>
    public string? EmbeddingHashes { get; init; }

    /// <summary>Whether it was drawn by an inpainting model, which looks at the picture besides.</summary>
    public bool LooksAtPicture { get; init; }

    /// <summary>The second pass' sampler, where that is another one; else null.</summary>
    public string? HiresSampler { get; init; }

    /// <summary>The refiner's name and hash, where it has drawn; else null.</summary>
    public string? Refiner { get; init; }

    /// <summary>Whether prompt and negative prompt were of different lengths, and made of one.</summary>
    public bool IsPadded { get; init; }

    /// <summary>Whether prompt editing's old times make a difference.</summary>
    public bool UsesOldTimelines { get; init; }

    /// <summary>The second pass' schedule, where that is another one; else null.</summary>
    public string? HiresScheduleType { get; init; }
}

/// <summary>The one place that knows both vocabularies: a parameter text's labels and a request's properties.</summary>
public static class InfotextMapping
{
    /// <summary>What WebUI can do and a text may ask for, but what is not drawn yet: labels, or how they begin.</summary>
    private static readonly string[] notDrawn =
    [
        "Hires checkpoint", "Hires Module", "Hires CFG", "Hires VAE", "Face restoration", "Image CFG scale", "Hires refiner",
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

    /// <summary>Whether a text has what only a second pass has.</summary>
    private static bool HasHires(IReadOnlyDictionary<string, string> parameters) => parameters.Keys.Any(label => label is "Hires upscale" or "Hires upscaler" or "Hires resize");

    /// <summary>A request as the text asks for it. Only what the text names changes <paramref name="defaults"/>.</summary>
    /// <param name="values">What a reader found.</param>
    /// <param name="defaults">Where the text says nothing.</param>
    /// <param name="notes">Gets what could not be understood, in words for the one who asked.</param>
    public static ImageRequest ToRequest(InfotextValues values, ImageRequest defaults, ICollection<LocalText> notes)
    {
        var text = new Reader(values.Parameters, notes);
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
            Add("Hires sampler", facts.HiresSampler);
            Add("Hires prompt", hires.Prompt);
            Add("Hires negative prompt", hires.NegativePrompt);
            Add("Hires schedule type", facts.HiresScheduleType);
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
        if (request.OlderWays.DowncastAlphas) Add("Downcast alphas_cumprod", "True");
        if (request.Sampling.ZeroTerminalSnr) Add("Noise Schedule", "Zero Terminal SNR");
        if (SamplerMatch.Of(request.Sampler, request.Schedule) is { KnowsSampler: true, KnowsSchedule: true })
        {
            foreach (var (label, value) in SamplingLabels.Of(SamplerTable.Find(request.Sampler, request.Schedule), request.Sampling)) Add(label, value);
        }
        // As WebUI: only where there is something that it changes.
        if (request.Emphasis != EmphasisMode.Original && HasBrackets(request.Prompt + request.NegativePrompt)) Add("Emphasis", emphasisModes.First(word => word.Value == request.Emphasis).Key);
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

    /// <summary>Takes values out of a text; what does not parse is noted and left at its default.</summary>
    private sealed class Reader(IReadOnlyDictionary<string, string> parameters, ICollection<LocalText> notes)
    {
        public string? Text(string label) => parameters.TryGetValue(label, out var value) && value.Trim().Length > 0 ? value.Trim() : null;

        public T Number<T>(string label, T otherwise) where T : struct, INumberBase<T>
        {
            if (Text(label) is not { } text) return otherwise;
            var whole = typeof(T) != typeof(double);
            if (T.TryParse(text, whole ? NumberStyles.Integer : NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && T.IsFinite(value)) return value;
            var used = otherwise.ToString(null, CultureInfo.InvariantCulture);
            notes.Add(new(
                $"{label}: \"{text}\" is no {(whole ? "whole number" : "number")} that fits; {used} is used.",
                $"{ParameterLabels.InChinese(label)}：“{text}”不是合适的{(whole ? "整数" : "数")}，改用 {used}。"));
            return otherwise;
        }

        public SamplingSettings Sampling(SamplingSettings otherwise) => otherwise with
        {
            Eta = Number("Eta", otherwise.Eta),
            EtaDdim = Number("Eta DDIM", otherwise.EtaDdim),
            SigmaChurn = Number("Sigma churn", otherwise.SigmaChurn),
            SigmaTmin = Number("Sigma tmin", otherwise.SigmaTmin),
            SigmaTmax = Number("Sigma tmax", otherwise.SigmaTmax),
            SigmaNoise = Number("Sigma noise", otherwise.SigmaNoise),
            DiscardPenultimateSigma = Flag("Discard penultimate sigma", otherwise.DiscardPenultimateSigma),
            SgmNoiseMultiplier = Flag("SGM noise multiplier", otherwise.SgmNoiseMultiplier),
            ZeroTerminalSnr = OneOf("Noise Schedule", SamplingLabels.NoiseSchedules, otherwise.ZeroTerminalSnr),
            ScheduleMinSigma = Number("Schedule min sigma", otherwise.ScheduleMinSigma),
            ScheduleMaxSigma = Number("Schedule max sigma", otherwise.ScheduleMaxSigma),
            ScheduleRho = Number("Schedule rho", otherwise.ScheduleRho),
            BetaAlpha = Number("Beta schedule alpha", otherwise.BetaAlpha),
            BetaBeta = Number("Beta schedule beta", otherwise.BetaBeta),
            NegativeGuidanceMinimumSigma = Number("NGMS", otherwise.NegativeGuidanceMinimumSigma),
            UniPcVariant = OneOf("UniPC variant", SamplingLabels.Variants, otherwise.UniPcVariant),
            UniPcSkip = OneOf("UniPC skip type", SamplingLabels.Skips, otherwise.UniPcSkip),
            UniPcOrder = Number("UniPC order", otherwise.UniPcOrder),
            UniPcLowerOrderFinal = Flag("UniPC lower order final", otherwise.UniPcLowerOrderFinal),
        };

        private static readonly Dictionary<string, bool> flags = new(StringComparer.OrdinalIgnoreCase) { ["True"] = true, ["False"] = false };

        public bool Flag(string label, bool otherwise) => OneOf(label, flags, otherwise);

        public T OneOf<T>(string label, IReadOnlyDictionary<string, T> words, T otherwise) where T : struct
        {
            if (Text(label) is not { } text) return otherwise;
            if (words.TryGetValue(text, out var value)) return value;
            var used = words.First(word => EqualityComparer<T>.Default.Equals(word.Value, otherwise)).Key;
            notes.Add(new(
                $"{label}: \"{text}\" is none of {string.Join(", ", words.Keys)}; {used} is used.",
                $"{ParameterLabels.InChinese(label)}：“{text}”不是 {string.Join("、", words.Keys)} 之一，改用 {used}。"));
            return otherwise;
        }

        public (int? Width, int? Height) Size(string label)
        {
            if (Text(label) is not { } text) return (Edge($"{label}-1"), Edge($"{label}-2"));
            if (ImageSize.TryParse(text, out var size)) return (size.Width, size.Height);
            notes.Add(new(
                $"{label}: \"{text}\" is no size like 512x768; the usual one is used.", $"{ParameterLabels.InChinese(label)}：“{text}”不是 512x768 这样的尺寸，改用默认尺寸。"));
            return (null, null);
        }

        public string? Refiner(string? otherwise) => Text("Refiner") is not { } name ? otherwise : name.Equals("None", StringComparison.OrdinalIgnoreCase) ? null : name;

        /// <summary>A second pass, where the text has what only one has.</summary>
        public HiresFix? Hires(HiresFix? otherwise)
        {
            if (!HasHires(parameters)) return otherwise;
            var fix = new HiresFix();
            var resize = Text("Hires resize") is { } text && ImageSize.TryParse(text, out var size) ? size : (ImageSize?)null;
            return fix with
            {
                Scale = Number("Hires upscale", fix.Scale),
                Width = resize is { Width: > 0 } ? resize.Value.Width : null,
                Height = resize is { Height: > 0 } ? resize.Value.Height : null,
                Upscaler = Text("Hires upscaler") ?? fix.Upscaler,
                Steps = Number("Hires steps", fix.Steps),
                DenoisingStrength = Number("Denoising strength", fix.DenoisingStrength),
                Sampler = Text("Hires sampler"),
                Schedule = Text("Hires schedule type"),
                Prompt = Text("Hires prompt"),
                NegativePrompt = Text("Hires negative prompt"),
            };
        }

        /// <summary>A picture to draw from, where the text has what only such a one has. The picture itself is not in the text.</summary>
        public InitImage? Init(InitImage? otherwise)
        {
            var isMasked = InitLabels.AreMasked(parameters);
            if (HasHires(parameters) || (!isMasked && Text("Denoising strength") is null)) return otherwise;
            var init = otherwise ?? new InitImage();
            return init with
            {
                DenoisingStrength = Number("Denoising strength", init.DenoisingStrength),
                NoiseMultiplier = Number("Noise multiplier", init.NoiseMultiplier),
                ExtraNoise = Number("Extra noise", init.ExtraNoise),
                Inpaint = isMasked ? Inpaint(init.Inpaint) : init.Inpaint,
            };
        }

        /// <summary>What a text does not say of a mask has the value that WebUI does not write.</summary>
        private Inpainting Inpaint(Inpainting? otherwise)
        {
            var usual = new Inpainting();
            return usual with
            {
                Mask = otherwise?.Mask,
                MaskBlur = Number("Mask blur", 0),
                Content = OneOf("Masked content", InitLabels.Contents, usual.Content),
                Area = OneOf("Inpaint area", InitLabels.Areas, usual.Area),
                Padding = Number("Masked area padding", usual.Padding),
                Inverted = OneOf("Mask mode", InitLabels.Modes, usual.Inverted),
            };
        }

        private int? Edge(string label)
        {
            if (Text(label) is not { } text) return null;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var edge)) return edge;
            notes.Add(new(
                $"{(label == "Size-1" ? "Width" : "Height")}: \"{text}\" is no number of pixels; the usual one is used.",
                $"{ParameterLabels.InChinese(label)}：“{text}”不是像素数，改用默认值。"));
            return null;
        }

        public NoiseSource Rng(NoiseSource otherwise)
        {
            switch (Text("RNG")?.ToUpperInvariant())
            {
                case null: return otherwise;
                case "GPU" or "NV": return NoiseSource.Gpu;
                case "CPU": return NoiseSource.Cpu;
                default:
                    notes.Add(new($"RNG: \"{Text("RNG")}\" is none of GPU, NV, CPU; {otherwise} is used.", $"RNG：“{Text("RNG")}”不是 GPU、NV 或 CPU，改用 {otherwise}。"));
                    return otherwise;
            }
        }
    }
}
