using System.Globalization;
using System.Text.RegularExpressions;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>Sizes to choose from.</summary>
internal static partial class SizeSuggestions
{
    private static readonly string[] common =
    [
        "512x512", "512x768", "768x512", "768x768", "1024x1024", "832x1216", "1216x832", "640x960", "960x640", "576x1024", "1024x576", "768x1024", "1024x768", "896x1152", "1152x896",
    ];

    /// <summary>What was typed, where it is a size; then those that contain it.</summary>
    public static IReadOnlyList<Suggestion> For(string typed)
    {
        var wanted = typed.Trim();
        string[] own = [];
        if (Form().Match(wanted) is { Success: true } size)
        {
            wanted = $"{Edge(size.Groups["w"])}x{Edge(size.Groups["h"])}";
            own = [wanted];
        }
        return [.. own.Concat(common.Where(known => known.Contains(wanted, StringComparison.OrdinalIgnoreCase))).Distinct(StringComparer.Ordinal).Select(known => new Suggestion(known, known))];
    }

    private static string Edge(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<w>[1-9][0-9]{1,3})\s?[xX×*]\s?(?<h>[1-9][0-9]{1,3})$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
