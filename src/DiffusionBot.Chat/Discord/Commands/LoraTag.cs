using System.Globalization;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>A LoRA that was chosen beside the prompt, as prompts name it: `&lt;lora:NAME:1>`.</summary>
internal static class LoraTag
{
    private const string Prefix = "lora:";

    // Behind any of these a prompt is more than words: what is added at its end would belong to a flag's value, or to a parameter.
    private static readonly string[] notWords = ["--", "——", "－－", "—", "–", "―", ": ", "：", "\n"];

    /// <summary>The prompt with it: behind the words, or before a prompt that has flags or parameters.</summary>
    /// <param name="prompt">Any.</param>
    /// <param name="chosen">`NAME`, or `NAME:0.8`.</param>
    public static string Add(string prompt, string chosen)
    {
        var name = string.Concat(chosen.Where(c => c is not ('<' or '>'))).Trim();
        if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) name = name[Prefix.Length..].Trim();
        var (file, weight) = Split(name);
        if (file.Length == 0) return prompt;
        var tag = $"<lora:{file}:{weight ?? "1"}>";
        return Array.Exists(notWords, mark => prompt.Contains(mark, StringComparison.Ordinal)) ? $"{tag} {prompt}" : $"{prompt} {tag}".Trim();
    }

    /// <summary>`NAME:0.8` in two; a name without a weight of its own (-10 to 10) is whole, and its weight null.</summary>
    public static (string File, string? Weight) Split(string name)
    {
        var colon = name.LastIndexOf(':');
        if (colon < 0) return (name, null);
        var weight = name[(colon + 1)..].Trim();
        if (weight.Length == 0) return (name[..colon].Trim(), null);
        var isWeight = weight.Length <= 8 && double.TryParse(weight, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= 10;
        return isWeight ? (name[..colon].Trim(), weight) : (name, null);
    }
}
