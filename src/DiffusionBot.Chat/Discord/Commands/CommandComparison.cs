using System.Text.Json;
using System.Text.Json.Nodes;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>Compares our commands with those that Discord keeps, which have more in them: ids, versions, defaults.</summary>
internal static class CommandComparison
{
    // What we may have set before and have no longer. All else that is there and not ours is Discord's.
    private static readonly string[] managed =
    [
        "name_localizations", "description_localizations", "options", "choices", "required", "autocomplete", "min_value", "max_value", "min_length", "max_length", "channel_types",
        "default_member_permissions", "nsfw",
    ];

    /// <summary>What differs, a command each: `imagine (changed)`, `queue (missing)`, `old (not ours)`. Empty: nothing is to be done.</summary>
    /// <param name="ours">As for PUT.</param>
    /// <param name="there">As GET gave them, with localisations; whatever it is.</param>
    public static IReadOnlyList<string> Differences(JsonArray ours, JsonElement there)
    {
        if (there.ValueKind != JsonValueKind.Array) return [.. ours.Select(command => $"{command?["name"]} (missing)")];
        var differences = new List<string>();
        var left = there.EnumerateArray().ToList();
        foreach (var command in JsonSerializer.SerializeToElement(ours).EnumerateArray())
        {
            var index = left.FindIndex(other => KeyOf(other) == KeyOf(command));
            if (index < 0) differences.Add($"{command.TextOf("name")} (missing)");
            else if (!IsSame(command, left[index])) differences.Add($"{command.TextOf("name")} (changed)");
            if (index >= 0) left.RemoveAt(index);
        }
        differences.AddRange(left.Select(other => $"{NameOf(other)} (not ours)"));
        return differences;
    }

    private static (long Type, string? Name) KeyOf(JsonElement command) => (command.NumberOf("type") ?? 1, command.TextOf("name"));

    // For the log.
    private static string NameOf(JsonElement command) => string.Concat((command.TextOf("name") ?? "?").Take(32).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));

    // As deep as ours goes, whatever is there.
    private static bool IsSame(JsonElement ours, JsonElement there)
    {
        if (ours.ValueKind != there.ValueKind) return false;
        return ours.ValueKind switch
        {
            JsonValueKind.Object => ours.EnumerateObject().All(property => there.Of(property.Name) is { } other && IsSame(property.Name, property.Value, other))
                && managed.All(name => ours.Of(name) is not null || there.Of(name) is not { } other || IsNothing(other)),
            JsonValueKind.Array => ours.GetArrayLength() == there.GetArrayLength() && ours.EnumerateArray().Zip(there.EnumerateArray()).All(pair => IsSame(pair.First, pair.Second)),
            _ => JsonElement.DeepEquals(ours, there),
        };
    }

    private static bool IsSame(string property, JsonElement ours, JsonElement there) => property switch
    {
        // A language that we have no more would stay.
        "name_localizations" or "description_localizations" => IsSame(ours, there) && there.EnumerateObject().Count(text => text.Value.ValueKind != JsonValueKind.Null) == ours.EnumerateObject().Count(),
        "contexts" or "integration_types" => IsSameSet(ours, there),
        _ => IsSame(ours, there),
    };

    private static bool IsSameSet(JsonElement ours, JsonElement there) =>
        there.ValueKind == JsonValueKind.Array && ours.EnumerateArray().Select(n => n.GetRawText()).ToHashSet(StringComparer.Ordinal).SetEquals(there.EnumerateArray().Select(n => n.GetRawText()));

    private static bool IsNothing(JsonElement there) => there.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => there.GetArrayLength() == 0,
        JsonValueKind.Object => !there.EnumerateObject().Any(),
        _ => false,
    };
}
