using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Infotext;

/// <summary>
/// A parameter text as the fields of WebUI 1.10's pages: both prompts among them, sizes split in "-1" and "-2", and what the text
/// does not name set to what its absence means. Numbers and True/False are written out.
/// </summary>
internal static class WebUiFields
{
    private static readonly (string Name, string Value)[] absent =
    [
        ("Clip skip", "1"), ("Hires resize-1", "0"), ("Hires resize-2", "0"), ("Hires sampler", "Use same sampler"),
        ("Hires schedule type", "Use same scheduler"), ("Hires checkpoint", "Use same checkpoint"), ("Hires prompt", ""),
        ("Hires negative prompt", ""), ("Mask mode", "Inpaint masked"), ("Masked content", "original"),
        ("Inpaint area", "Whole picture"), ("Masked area padding", "32"), ("RNG", "GPU"), ("Schedule type", "Automatic"),
        ("Schedule max sigma", "0"), ("Schedule min sigma", "0"), ("Schedule rho", "0"), ("VAE Encoder", "Full"),
        ("VAE Decoder", "Full"), ("FP8 weight", "Disable"), ("Refiner switch by sampling steps", "False"),
    ];

    /// <summary>The fields by name.</summary>
    public static IReadOnlyDictionary<string, string> Of(InfotextValues values)
    {
        var fields = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in values.Parameters)
        {
            if (!IsSize(value))
            {
                fields[key] = value;
                continue;
            }
            var by = value.IndexOf('x', StringComparison.Ordinal);
            fields[key + "-1"] = value[..by];
            fields[key + "-2"] = value[(by + 1)..];
        }
        fields["Prompt"] = values.Prompt;
        fields["Negative prompt"] = values.NegativePrompt;

        AddBackwardCompatibility(fields);
        foreach (var (name, value) in absent) fields.TryAdd(name, value);
        if (fields["FP8 weight"] != "Disable") fields.TryAdd("Cache FP16 weight for LoRA", "False");
        if (UsesEmphasis(values.Prompt) || UsesEmphasis(values.NegativePrompt)) fields.TryAdd("Emphasis", "Original");
        return fields;
    }

    private static bool IsSize(string value)
    {
        var by = value.IndexOf('x', StringComparison.Ordinal);
        return by > 0 && by < value.Length - 1 && value.AsSpan(0, by).IndexOfAnyExceptInRange('0', '9') < 0
            && value.AsSpan(by + 1).IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static bool UsesEmphasis(string prompt) => PromptAttention.Parse(prompt).Any(p => p.Weight is not 1 && p.Text != PromptAttention.Break.Text);

    /// <summary>Older versions drew otherwise; WebUI switches back to their ways by the version that the text names.</summary>
    private static void AddBackwardCompatibility(OrderedDictionary<string, string> fields)
    {
        if (!fields.TryGetValue("Version", out var text) || !WebUiVersion.TryParse(text, out var version)) return;
        if (version < WebUiVersion.NewPromptEditing && fields["Prompt"].Contains('[', StringComparison.Ordinal)) fields["Old prompt editing timelines"] = "True";
        if (version < WebUiVersion.NewPromptEditing && fields.GetValueOrDefault("Sampler") is "DDIM" or "PLMS") fields["Pad conds v0"] = "True";
        if (version < WebUiVersion.WholeAlphas) fields["Downcast alphas_cumprod"] = "True";
        if (version < WebUiVersion.RefinerByTimestep && fields.ContainsKey("Refiner")) fields["Refiner switch by sampling steps"] = "True";
    }
}
