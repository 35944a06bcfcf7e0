using System.Text.Json;
using System.Text.Json.Nodes;
using static DiffusionBot.Chat.Discord.Commands.CommandNames;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>What Discord shows while somebody types into an option.</summary>
internal sealed class Autocomplete(ISuggestions suggestions)
{
    private const int MostChoices = 25, LongestTyped = 100, LongestLocale = 20, DeepestOption = 3;

    private static readonly Dictionary<(string Command, string Option), SuggestionKind> kinds = new()
    {
        [(Imagine, Sampler)] = SuggestionKind.Sampler,
        [(Imagine, Schedule)] = SuggestionKind.Schedule,
        [(Imagine, Model)] = SuggestionKind.Model,
        [(Imagine, Preset)] = SuggestionKind.Preset,
        [(Imagine, Style)] = SuggestionKind.Style,
        [(Imagine, Lora)] = SuggestionKind.Lora,
        [(Preset, Name)] = SuggestionKind.Preset,
        [(Cancel, Code)] = SuggestionKind.WaitingRequest,
        [(History, Code)] = SuggestionKind.DrawnRequest,
    };

    /// <summary>The `choices` for an interaction's `data`, whatever stands there: at most 25, empty where nothing is known.</summary>
    /// <param name="data">Of an interaction of type 4.</param>
    /// <param name="userId">Who types (<see cref="ChatAuthor.Id"/>).</param>
    /// <param name="locale">Of the user, as Discord says it: `zh-CN`.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<JsonArray> ChoicesAsync(JsonElement data, string userId, string locale, CancellationToken cancel)
    {
        if (data.TextOf("name") is not { } command || Focused(data) is not { } option || option.TextOf("name") is not { } name) return [];
        var typed = ChoiceText.Cut((option.TextOf("value") ?? "").Trim(), LongestTyped);
        if (command == Imagine && name == Size) return ToJson(SizeSuggestions.For(typed));
        if (!kinds.TryGetValue((command, name), out var kind)) return [];
        // A weight behind a name goes with whatever is chosen.
        var (wanted, weight) = kind == SuggestionKind.Lora ? LoraTag.Split(typed) : (typed, null);
        var found = await suggestions.SuggestAsync(kind, wanted, userId, locale.Length <= LongestLocale ? locale : "en", cancel);
        return ToJson(weight is null ? found : found.Select(one => new Suggestion($"{one.Label}:{weight}", $"{one.Value}:{weight}")));
    }

    private static JsonElement? Focused(JsonElement data)
    {
        JsonElement? at = data;
        for (var depth = 0; depth < DeepestOption && at is { } owner; depth++)
        {
            var options = owner.ManyOf("options").Take(OptionValues.Most).ToArray();
            if (Array.FindIndex(options, option => option.FlagOf("focused") == true) is >= 0 and var index) return options[index];
            at = Array.FindIndex(options, option => option.Of("options") is not null) is >= 0 and var sub ? options[sub] : null;
        }
        return null;
    }

    private static JsonArray ToJson(IEnumerable<Suggestion> found) =>
    [
        .. found.Where(one => ChoiceText.IsValue(one.Value)).DistinctBy(one => one.Value, StringComparer.Ordinal).Take(MostChoices)
            .Select(one => (JsonNode)new JsonObject { ["name"] = ChoiceText.Label(one.Label) ?? one.Value, ["value"] = one.Value }),
    ];
}
