using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>What a command may be (interactions/application-commands, reference#locales).</summary>
internal static partial class CommandRules
{
    private const int Subcommand = 1, Group = 2, Text = 3, Whole = 4, Number = 10, MostOptions = 25, LongestName = 32, LongestText = 100, MostCharacters = 8000;

    private static readonly string[] locales =
    [
        "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN",
        "ja", "zh-TW", "ko",
    ];

    /// <summary>What is wrong with it, by place.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(JsonObject command, string at)
    {
        var isTyped = ((int?)command["type"] ?? 1) == 1;
        foreach (var problem in Texts(command, "name", at, text => isTyped ? IsTypedName(text) : Length(text) is > 0 and <= LongestName, "Command name is invalid")) yield return problem;
        if (isTyped)
        {
            foreach (var problem in Texts(command, "description", at, IsShort, "Must be between 1 and 100 in length.")) yield return problem;
        }
        else if (Length(command["description"]) > 0 || command["description_localizations"] is JsonObject { Count: > 0 } || command["options"] is JsonArray { Count: > 0 })
        {
            yield return ($"{at}.description", "Descriptions and options are only for CHAT_INPUT commands.");
        }
        if (command["default_member_permissions"] is { } permissions && !(permissions.GetValueKind() == System.Text.Json.JsonValueKind.String && ulong.TryParse((string?)permissions, out _)))
            yield return ($"{at}.default_member_permissions", "Expected a set of permissions in a string.");
        foreach (var (name, most) in new[] { ("contexts", 2), ("integration_types", 1) })
        {
            if (command[name] is { } places && !(places is JsonArray { Count: > 0 } many && many.All(n => (int?)n is { } number && number >= 0 && number <= most) && many.Select(n => (int?)n).Distinct().Count() == many.Count))
                yield return ($"{at}.{name}", $"Must be one or more of 0 to {most}, each once.");
        }
        if (Characters(command) is > MostCharacters and var characters) yield return (at, $"Command exceeds maximum size ({characters} of {MostCharacters})");
        foreach (var problem in Options(command["options"] as JsonArray ?? [], at, depth: 0)) yield return problem;
    }

    private static IEnumerable<(string, string)> Options(JsonArray options, string at, int depth)
    {
        if (options.Count > MostOptions) yield return ($"{at}.options", "Must be 25 or fewer in length.");
        foreach (var locale in locales.Append(""))
        {
            var names = options.OfType<JsonObject>().Select(o => (string?)o["name_localizations"]?[locale] ?? (string?)o["name"]).ToArray();
            if (names.Distinct(StringComparer.Ordinal).Count() < names.Length) yield return ($"{at}.options", $"Option names must be unique ({locale})");
        }
        var types = options.OfType<JsonObject>().Select(o => (int?)o["type"] ?? 0).ToArray();
        if (types.Any(IsSub) && (!types.All(IsSub) || depth > 1 || depth == 1 && types.Contains(Group))) yield return ($"{at}.options", "Sub-command and sub-command group option types are mutually exclusive to all other types");
        var isOptional = false;
        foreach (var (option, i) in options.OfType<JsonObject>().Select((o, i) => (o, i)))
        {
            var here = $"{at}.options.{i}";
            if ((bool?)option["required"] == true && isOptional) yield return ($"{here}.required", "Required options must be placed before non-required options");
            isOptional |= (bool?)option["required"] != true;
            foreach (var problem in Option(option, here, depth)) yield return problem;
        }
    }

    private static IEnumerable<(string, string)> Option(JsonObject option, string here, int depth)
    {
        var type = (int?)option["type"] ?? 0;
        if (type is < 1 or > 11) yield return ($"{here}.type", "Value must be one of 1 to 11.");
        foreach (var problem in Texts(option, "name", here, IsTypedName, "Option name is invalid")) yield return problem;
        foreach (var problem in Texts(option, "description", here, IsShort, "Must be between 1 and 100 in length.")) yield return problem;
        foreach (var problem in Choices(option, type, here)) yield return problem;
        if ((bool?)option["autocomplete"] == true && type is not (Text or Whole or Number)) yield return ($"{here}.autocomplete", "Only for STRING, INTEGER and NUMBER.");
        if ((option["min_length"] ?? option["max_length"]) is not null && type != Text) yield return ($"{here}.max_length", "Only for STRING.");
        if ((int?)option["max_length"] is < 1 or > 6000 || (int?)option["min_length"] is < 0 or > 6000) yield return ($"{here}.max_length", "Must be between 1 and 6000.");
        var (least, most) = ((double?)option["min_value"], (double?)option["max_value"]);
        if ((least ?? most) is not null && type is not (Whole or Number)) yield return ($"{here}.min_value", "Only for INTEGER and NUMBER.");
        if (least > most || Math.Abs(least ?? 0) > 1L << 53 || Math.Abs(most ?? 0) > 1L << 53) yield return ($"{here}.max_value", "Must be between min_value and 2^53.");
        if (type == Whole && new[] { least, most }.Any(n => n is { } number && number != Math.Floor(number))) yield return ($"{here}.min_value", "Must be an integer.");
        if (IsSub(type))
        {
            foreach (var problem in Options(option["options"] as JsonArray ?? [], here, depth + 1)) yield return problem;
        }
        else if (option["options"] is JsonArray { Count: > 0 })
        {
            yield return ($"{here}.options", "Only for sub-commands and groups.");
        }
    }

    private static IEnumerable<(string, string)> Choices(JsonObject option, int type, string here)
    {
        if (option["choices"] is not JsonArray { Count: > 0 } choices) yield break;
        if (choices.Count > MostOptions) yield return ($"{here}.choices", "Must be 25 or fewer in length.");
        if (type is not (Text or Whole or Number)) yield return ($"{here}.choices", "Only for STRING, INTEGER and NUMBER.");
        if ((bool?)option["autocomplete"] == true) yield return ($"{here}.autocomplete", "Cannot have choices and autocomplete.");
        foreach (var choice in choices)
        {
            foreach (var problem in Texts(choice as JsonObject ?? [], "name", $"{here}.choices", IsShort, "Must be between 1 and 100 in length.")) yield return problem;
            if (choice?["value"] is not { } value || value.GetValueKind() == System.Text.Json.JsonValueKind.String != (type == Text) || type == Text && !IsShort(value)) yield return ($"{here}.choices", "value: expected the option's type, 1 to 100 characters.");
        }
        if (choices.Select(c => c?["name"]?.ToString()).Distinct(StringComparer.Ordinal).Count() < choices.Count) yield return ($"{here}.choices", "Choice names must be unique");
    }

    private static IEnumerable<(string, string)> Texts(JsonObject owner, string property, string at, Func<JsonNode?, bool> isRight, string problem)
    {
        if (!isRight(owner[property])) yield return ($"{at}.{property}", problem);
        foreach (var (locale, text) in owner[$"{property}_localizations"] as JsonObject ?? [])
        {
            if (!locales.Contains(locale)) yield return ($"{at}.{property}_localizations", $"{locale}: unknown locale");
            if (text is not null && !isRight(text)) yield return ($"{at}.{property}_localizations", $"{locale}: {problem}");
        }
    }

    // Of each text the longest language counts.
    private static int Characters(JsonObject owner)
    {
        int Longest(string property) => (owner[$"{property}_localizations"] as JsonObject ?? []).Select(l => Length(l.Value)).Append(Length(owner[property])).Max();
        var inner = new[] { "options", "choices" }.SelectMany(name => (owner[name] as JsonArray ?? []).OfType<JsonObject>());
        return Longest("name") + Longest("description") + Length(owner["value"]) + inner.Sum(Characters);
    }

    private static bool IsSub(int type) => type is Subcommand or Group;

    private static bool IsTypedName(JsonNode? name) => name is JsonValue value && value.TryGetValue(out string? text) && TypedName().IsMatch(text) && !text.Any(char.IsUpper);

    private static bool IsShort(JsonNode? text) => Length(text) is > 0 and <= LongestText;

    private static int Length(JsonNode? text) => MessageRules.Length(text);

    [GeneratedRegex(@"^[-_'\p{L}\p{N}\u0900-\u097F\u0E00-\u0E7F]{1,32}$", RegexOptions.None, 1000)]
    private static partial Regex TypedName();
}
