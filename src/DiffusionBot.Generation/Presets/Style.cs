using DiffusionBot.Engine;

namespace DiffusionBot.Generation.Presets;

/// <summary>Words that go with other words, as WebUI's styles: a row of a styles.csv.</summary>
/// <param name="Name">Unique in its folder.</param>
/// <param name="Prompt">May be empty; may have <see cref="Place"/> in it.</param>
/// <param name="NegativePrompt">Likewise.</param>
public sealed record Style(string Name, string Prompt, string NegativePrompt)
{
    /// <summary>Where in a style the prompt's own words go; without it they go before the style.</summary>
    public const string Place = "{prompt}";

    /// <summary>The request with this style over its prompts.</summary>
    public ImageRequest Over(ImageRequest request) =>
        request with { Prompt = Merged(request.Prompt, Prompt), NegativePrompt = Merged(request.NegativePrompt, NegativePrompt) };

    private static string Merged(string words, string style)
    {
        if (style.Contains(Place, StringComparison.Ordinal)) return style.Replace(Place, words, StringComparison.Ordinal);
        return string.Join(", ", new[] { words.Trim(), style.Trim() }.Where(part => part.Length > 0));
    }
}
