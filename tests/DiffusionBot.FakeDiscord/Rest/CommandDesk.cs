using System.Text.Json.Nodes;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>The bot's commands, of all servers and of single ones.</summary>
internal sealed class CommandDesk(DiscordServer discord)
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
        var problems = all.SelectMany((c, i) => CommandRules.Problems(c as JsonObject ?? [], $"{i}")).ToList();
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
                stored["description"] ??= "";
                // What nobody says comes back all the same.
                foreach (var name in new[] { "name_localizations", "description_localizations", "default_member_permissions", "contexts" }) stored.TryAdd(name, null);
                stored.TryAdd("nsfw", false);
                if (guild == 0)
                {
                    stored.TryAdd("dm_permission", true);
                    stored.TryAdd("integration_types", new JsonArray(0));
                }
                else
                {
                    // Only global ones have them.
                    (stored["contexts"], stored["integration_types"]) = (null, new JsonArray(0));
                }
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

    /// <summary>As GET without `with_localizations` gives it: without them.</summary>
    public JsonArray GetPlain(ulong guild)
    {
        var all = Get(guild);
        foreach (var command in all) WithoutLocalizations(command);
        return all;

        static void WithoutLocalizations(JsonNode? node)
        {
            if (node is JsonArray many)
            {
                foreach (var one in many) WithoutLocalizations(one);
            }
            if (node is not JsonObject json) return;
            json.Remove("name_localizations");
            json.Remove("description_localizations");
            WithoutLocalizations(json["options"]);
            WithoutLocalizations(json["choices"]);
        }
    }
}
