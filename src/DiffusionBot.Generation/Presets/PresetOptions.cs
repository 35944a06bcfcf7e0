namespace DiffusionBot.Generation.Presets;

/// <summary>Where presets lie: the section `Presets`.</summary>
public sealed class PresetOptions
{
    public const string Section = "Presets";

    /// <summary>The folder with presets. Default null: `presets` in the working folder, else beside the program.</summary>
    public string? Folder { get; set; }
}
