using System.Globalization;
using System.Text.RegularExpressions;

namespace DiffusionBot.Engine.Prompts;

/// <summary>A prompt among several that are drawn together.</summary>
/// <param name="Text">Its own edits and emphasis are still in it.</param>
/// <param name="Weight">How much it counts; 1 where it says none, and it may be negative.</param>
internal readonly record struct WeightedPrompt(string Text, double Weight);

/// <summary>WebUI's `AND`: prompts that each pull the picture their way (composable diffusion, arXiv:2206.01714).</summary>
internal static partial class PromptComposition
{
    /// <summary>The prompts between `AND`s, each with the weight behind its last colon.</summary>
    public static IReadOnlyList<WeightedPrompt> Split(string prompt)
    {
        var parts = new List<WeightedPrompt>();
        var from = 0;
        foreach (var match in And().EnumerateMatches(prompt))
        {
            parts.Add(Part(prompt.AsSpan(from, match.Index - from)));
            from = match.Index + match.Length;
        }
        parts.Add(Part(prompt.AsSpan(from)));
        return parts;
    }

    private static WeightedPrompt Part(ReadOnlySpan<char> part)
    {
        var text = part.TrimEnd();
        var colon = text.LastIndexOf(':');
        if (colon >= 0 && text[(colon + 1)..].TrimStart() is { Length: > 0 } number && IsWeight(number) && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight))
            return new WeightedPrompt(text[..colon].TrimEnd().ToString(), weight);
        return new WeightedPrompt(text.ToString(), 1);
    }

    /// <summary>1, 1., .5, 1.5, with a sign or without.</summary>
    private static bool IsWeight(ReadOnlySpan<char> text)
    {
        if (text[0] is '-' or '+') text = text[1..];
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits < 0) return text.Length > 0;
        return text[digits] == '.' && (digits > 0 || text.Length > 1) && text[(digits + 1)..].IndexOfAnyExceptInRange('0', '9') < 0;
    }

    [GeneratedRegex(@"\bAND\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex And();
}
