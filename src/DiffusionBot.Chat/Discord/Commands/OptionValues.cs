using System.Globalization;
using System.Text.Json;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>What stands in a command's options. What is missing, of another type than expected or too long is null.</summary>
internal sealed class OptionValues
{
    /// <summary>Discord's own limit.</summary>
    public const int Most = 25;

    // Discord counts characters, and the longest option has 4000; one that takes two of ours is as good.
    private const int LongestText = 8000;
    private const double LargestNumber = 1000;

    private readonly Dictionary<string, JsonElement> options = new(StringComparer.Ordinal);

    /// <param name="owner">A command's `data`, or a subcommand.</param>
    public OptionValues(JsonElement owner)
    {
        foreach (var option in owner.ManyOf("options").Take(Most))
        {
            if (option.TextOf("name") is { } name) options.TryAdd(name, option);
        }
    }

    /// <summary>Trimmed text of several lines, not empty. Of control characters only line breaks are left.</summary>
    public string? Text(string name) =>
        Raw(name)?.ReplaceLineEndings("\n") is { } text && string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? ' ' : c)).Trim() is { Length: > 0 } clean ? clean : null;

    /// <summary>Trimmed text of one line, not empty. What would break the line is a space.</summary>
    public string? Line(string name) => Text(name)?.Replace('\n', ' ');

    /// <summary>A name or a code: trimmed, not empty; null where it has control characters.</summary>
    public string? Name(string name) => Raw(name)?.Trim() is { Length: > 0 } text && !text.Any(char.IsControl) ? text : null;

    /// <summary>A whole number, as it is written.</summary>
    public string? Whole(string name) => Find(name) is { } option && option.NumberOf("value") is { } number ? number.ToString(CultureInfo.InvariantCulture) : null;

    /// <summary>A number between -1000 and 1000, as it is written: at most four digits behind the point.</summary>
    public string? Number(string name) =>
        Find(name)?.Of("value") is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && Math.Abs(number) <= LargestNumber
            ? number.ToString("0.####", CultureInfo.InvariantCulture) : null;

    /// <summary>Whether something was chosen there.</summary>
    public bool Has(string name) => options.ContainsKey(name);

    /// <summary>A user's id.</summary>
    public string? User(string name) => Find(name)?.IdOf("value")?.ToString(CultureInfo.InvariantCulture);

    private JsonElement? Find(string name) => options.TryGetValue(name, out var option) ? option : null;

    private string? Raw(string name) => Find(name)?.TextOf("value") is { Length: <= LongestText } text ? text : null;
}
