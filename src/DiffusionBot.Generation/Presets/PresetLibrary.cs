using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Generation.Presets;

/// <summary>A recipe that can be tried by name.</summary>
/// <param name="Name">The file's name without extension: `hello-new-world`. Unique.</param>
/// <param name="Title">For people; either language finds it.</param>
/// <param name="About">A line about it; null where the file says none.</param>
/// <param name="Recipe">Prompt, negative prompt and parameters, as read.</param>
/// <param name="Infotext">The recipe as text.</param>
/// <param name="Path">The file.</param>
/// <param name="PicturePath">A sample: the file itself where it is a picture, else a picture of the same name beside it; null: none.</param>
public sealed record Preset(string Name, LocalText Title, LocalText? About, InfotextValues Recipe, string Infotext, string Path, string? PicturePath);

/// <summary>The presets that lie in a folder, as it is at each call.</summary>
public sealed class PresetLibrary
{
    /// <summary>All, in the order of their names.</summary>
    public IReadOnlyList<Preset> All => throw new NotSupportedException();

    /// <summary>What is amiss with files that are no presets, for the operator. May be empty.</summary>
    public IReadOnlyList<string> Problems => throw new NotSupportedException();

    /// <summary>
    /// The preset that a text begins with, by name or title in either language, however it is capitalised and spaced, and what stands behind it;
    /// the longest name wins. Null where there is none.
    /// </summary>
    public (Preset Preset, string After)? FindAtStart(string text) => throw new NotSupportedException();

    /// <summary>Names that look like a text, nearest first; for an answer to a name that is of none.</summary>
    public IReadOnlyList<Preset> Nearest(string text, int count) => throw new NotSupportedException();
}
