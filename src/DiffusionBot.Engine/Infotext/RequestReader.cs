using System.Globalization;
using System.Numerics;

namespace DiffusionBot.Engine.Infotext;

/// <summary>Takes values out of a text; what does not parse is noted and left at its default.</summary>
internal sealed class RequestReader(IReadOnlyDictionary<string, string> parameters, ICollection<LocalText> notes)
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

    public string? Refiner(string? otherwise) => Named("Refiner", none: "None", otherwise);

    /// <summary>A name, but for WebUI's word for none.</summary>
    private string? Named(string label, string none, string? otherwise) => Text(label) is not { } name ? otherwise : name.Equals(none, StringComparison.OrdinalIgnoreCase) ? null : name;

    /// <summary>Whether a text has what only a second pass has.</summary>
    private bool HasHires => parameters.Keys.Any(label => label is "Hires upscale" or "Hires upscaler" or "Hires resize");

    /// <summary>A second pass, where the text has what only one has.</summary>
    public HiresFix? Hires(HiresFix? otherwise)
    {
        if (!HasHires) return otherwise;
        var fix = new HiresFix();
        // Forks write it in either way.
        var cfg = Number(Text("Hires CFG scale") is null ? "Hires CFG Scale" : "Hires CFG scale", 0.0);
        var resize = Text("Hires resize") is { } text && ImageSize.TryParse(text, out var size) ? size : (ImageSize?)null;
        return fix with
        {
            Scale = Number("Hires upscale", fix.Scale),
            Width = resize is { Width: > 0 } ? resize.Value.Width : null,
            Height = resize is { Height: > 0 } ? resize.Value.Height : null,
            Upscaler = Text("Hires upscaler") ?? fix.Upscaler,
            Checkpoint = Named("Hires checkpoint", none: "Use same checkpoint", otherwise: null),
            CfgScale = cfg == 0 ? null : cfg,
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
        if (HasHires || (!isMasked && Text("Denoising strength") is null)) return otherwise;
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
