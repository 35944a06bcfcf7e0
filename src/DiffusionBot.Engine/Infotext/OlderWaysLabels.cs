namespace DiffusionBot.Engine.Infotext;

/// <summary>What a parameter text says of how older versions of WebUI drew, by the version that wrote it or by WebUI's labels.</summary>
internal static class OlderWaysLabels
{
    private const string Downcast = "Downcast alphas_cumprod", Timelines = "Old prompt editing timelines", StepCount = "Refiner switch by sampling steps", Padding = "Pad conds v0";

    /// <summary>The ways of the version that wrote the text, and those that it names; null: it speaks of neither.</summary>
    public static OlderWays? Read(InfotextValues values)
    {
        var parameters = values.Parameters;
        if (!parameters.ContainsKey("Version") && !Array.Exists([Downcast, Timelines, StepCount, Padding], parameters.ContainsKey)) return null;
        var version = WebUiVersion.TryParse(parameters.GetValueOrDefault("Version", ""), out var known) ? known : WebUiVersion.RefinerByTimestep;
        return new OlderWays
        {
            DowncastAlphas = version < WebUiVersion.WholeAlphas || IsTrue(Downcast),
            OldPromptEditing = (version < WebUiVersion.NewPromptEditing && values.Prompt.Contains('[', StringComparison.Ordinal)) || IsTrue(Timelines),
            PadsNegative = (version < WebUiVersion.NewPromptEditing && parameters.GetValueOrDefault("Sampler", "") is "DDIM" or "PLMS") || IsTrue(Padding),
            RefinerByStepCount = (version < WebUiVersion.RefinerByTimestep && parameters.ContainsKey("Refiner")) || IsTrue(StepCount),
        };

        bool IsTrue(string label) => parameters.GetValueOrDefault(label, "").Trim().Equals("True", StringComparison.OrdinalIgnoreCase);
    }
}
