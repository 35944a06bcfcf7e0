using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Generation.Presets;

/// <summary>A recipe that can be tried by name.</summary>
/// <param name="Name">The file's name without extension: `hello-new-world`. Unique.</param>
/// <param name="Title">For people; either language finds it.</param>
/// <param name="About">A line about it; null where the file says none.</param>
/// <param name="Recipe">Prompt, negative prompt and parameters, as read.</param>
/// <param name="Infotext">The recipe as text, in WebUI's form.</param>
/// <param name="Path">The file.</param>
/// <param name="PicturePath">A sample: the file itself where it is a picture, else a picture of the same name beside it; null: none.</param>
public sealed record Preset(string Name, LocalText Title, LocalText? About, InfotextValues Recipe, string Infotext, string Path, string? PicturePath);
