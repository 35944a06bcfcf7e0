using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>The bot's commands, of all servers and of single ones.</summary>
internal sealed partial class CommandDesk(DiscordServer discord)
{
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, JsonArray> scopes = [];

    /// <param name="guild">0: global.</param>
    public JsonArray Get(ulong guild)
    {
        lock (gate) return scopes.TryGetValue(guild, out var all) ? all.DeepClone().AsArray() : [];
    }

    public ApiAnswer Put(ApiCall call, ulong guild)
    {
        if (call.Body is not JsonArray all) return ApiAnswer.Error(400, 50035, "Invalid Form Body");
        var problems = all.SelectMany((c, i) => Problems(c as JsonObject ?? [], $"{i}")).ToList();
        foreach (var (type, most) in new[] { (1, 100), (2, 15), (3, 15) })
        {
            var names = all.OfType<JsonObject>().Where(c => ((int?)c["type"] ?? 1) == type).Select(c => (string?)c["name"] ?? "").ToArray();
            if (names.Length > most) problems.Add(("0", $"Maximum number of application commands of type {type} reached ({most})"));
            if (names.Distinct(StringComparer.Ordinal).Count() < names.Length) problems.Add(("0.name", "Application command names must be unique"));
        }
        if (problems.Count > 0) return ApiAnswer.Invalid(problems);
        lock (gate)
        {
            var before = scopes.GetValueOrDefault(guild) ?? [];
            var now = new JsonArray();
            foreach (var command in all.OfType<JsonObject>())
            {
                var stored = command.DeepClone().AsObject();
                stored["type"] ??= 1;
                var known = before.OfType<JsonObject>().FirstOrDefault(c => (string?)c["name"] == (string?)stored["name"] && (int?)c["type"] == (int?)stored["type"]);
                stored["id"] = (string?)known?["id"] ?? Ids.Text(discord.Ids.Next());
                stored["application_id"] = Ids.Text(discord.ApplicationId);
                stored["version"] = Ids.Text(discord.Ids.Next());
                if (guild != 0) stored["guild_id"] = Ids.Text(guild);
                now.Add(stored);
            }
            scopes[guild] = now;
            return ApiAnswer.Ok(now.DeepClone());
        }
    }

    /// <summary>As a user finds it: the server's before the global one. Null: there is none.</summary>
    public JsonObject? Find(ulong guild, string name, int type) =>
        new[] { guild, 0UL }.SelectMany(Get).OfType<JsonObject>().FirstOrDefault(c => (string?)c["name"] == name && (int?)c["type"] == type);

    private static IEnumerable<(string, string)> Problems(JsonObject command, string at)
    {
        var type = (int?)command["type"] ?? 1;
        var name = (string?)command["name"] ?? "";
        if (type == 1 ? !ChatName().IsMatch(name) || name.Any(char.IsUpper) : name.Length is 0 or > 32) yield return ($"{at}.name", "Command name is invalid");
        if (type == 1 ? MessageRules.Length(command["description"]) is 0 or > 100 : MessageRules.Length(command["description"]) > 0) yield return ($"{at}.description", "Must be between 1 and 100 in length, and empty for USER and MESSAGE.");
        foreach (var (locale, text) in (command["description_localizations"] as JsonObject ?? []).Where(l => MessageRules.Length(l.Value) is 0 or > 100)) yield return ($"{at}.description_localizations", $"{locale}: {text} must be between 1 and 100 in length.");
        foreach (var problem in Options(command["options"] as JsonArray ?? [], at)) yield return problem;
    }

    private static IEnumerable<(string, string)> Options(JsonArray options, string at)
    {
        if (options.Count > 25) yield return ($"{at}.options", "Must be 25 or fewer in length.");
        var isOptional = false;
        foreach (var (option, i) in options.OfType<JsonObject>().Select((o, i) => (o, i)))
        {
            var here = $"{at}.options.{i}";
            var type = (int?)option["type"] ?? 0;
            var name = (string?)option["name"] ?? "";
            if (type is < 1 or > 11) yield return ($"{here}.type", "Value must be one of 1 to 11.");
            if (!ChatName().IsMatch(name) || name.Any(char.IsUpper)) yield return ($"{here}.name", "Option name is invalid");
            if (MessageRules.Length(option["description"]) is 0 or > 100) yield return ($"{here}.description", "Must be between 1 and 100 in length.");
            foreach (var l in (option["description_localizations"] as JsonObject ?? []).Where(l => MessageRules.Length(l.Value) is 0 or > 100)) yield return ($"{here}.description_localizations", $"{l.Key}: Must be between 1 and 100 in length.");
            if ((bool?)option["required"] == true && isOptional) yield return ($"{here}.required", "Required options must be placed before non-required options");
            isOptional |= (bool?)option["required"] != true;
            if (option["choices"] is JsonArray choices)
            {
                if (choices.Count > 25) yield return ($"{here}.choices", "Must be 25 or fewer in length.");
                if (choices.Any(c => MessageRules.Length(c?["name"]) is 0 or > 100)) yield return ($"{here}.choices", "name: Must be between 1 and 100 in length.");
                if ((bool?)option["autocomplete"] == true) yield return ($"{here}.autocomplete", "Cannot have choices and autocomplete.");
            }
            if ((bool?)option["autocomplete"] == true && type is not (3 or 4 or 10)) yield return ($"{here}.autocomplete", "Only for STRING, INTEGER and NUMBER.");
            if (type is 1 or 2)
            {
                foreach (var problem in Options(option["options"] as JsonArray ?? [], here)) yield return problem;
            }
        }
    }

    [GeneratedRegex(@"^[-_'\p{L}\p{N}]{1,32}$", RegexOptions.None, 1000)]
    private static partial Regex ChatName();
}
