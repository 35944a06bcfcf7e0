using DiffusionBot.Generation.Presets;

namespace DiffusionBot.Web.Pictures;

/// <summary>Sample pictures of presets.</summary>
public static class PresetPictures
{
    /// <summary>Where a preset's sample is, at most so wide.</summary>
    public static string Url(Preset preset, int width) => $"/presets/{Uri.EscapeDataString(preset.Name)}.jpg?w={width}";
}
