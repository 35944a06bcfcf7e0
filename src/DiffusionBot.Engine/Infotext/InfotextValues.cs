namespace DiffusionBot.Engine.Infotext;

/// <summary>What a parameter text says, still in its own words.</summary>
/// <param name="Prompt">May be empty, may have several lines.</param>
/// <param name="NegativePrompt">May be empty, may have several lines.</param>
/// <param name="Parameters">
/// Only what the text itself names, by WebUI's labels, in the text's order. A size is one entry ("Size": "512x768"); where only
/// one edge was named, it has WebUI's own name for it: "Size-1" is the width, "Size-2" the height.
/// </param>
public sealed record InfotextValues(string Prompt, string NegativePrompt, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>A text without parameters.</summary>
    public InfotextValues(string prompt, string negativePrompt)
        : this(prompt, negativePrompt, new OrderedDictionary<string, string>(StringComparer.Ordinal))
    {
    }
}
