using System.Globalization;
using System.Text.Json.Nodes;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>What a message may be (resources/message, components/reference).</summary>
internal static class MessageRules
{
    private const int V2 = 1 << 15;

    /// <summary>What is wrong with it, by place.</summary>
    public static List<(string Path, string Message)> Problems(JsonObject message, string at = "")
    {
        var problems = new List<(string, string)>();
        void Add(string path, string what) => problems.Add((at + path, what));
        if (Length(message["content"]) > 2000) Add("content", "Must be 2000 or fewer in length.");
        var embeds = message["embeds"] as JsonArray ?? [];
        if (embeds.Count > 10) Add("embeds", "Must be 10 or fewer in length.");
        var total = 0;
        for (var i = 0; i < embeds.Count; i++)
        {
            if (embeds[i] is not JsonObject embed)
            {
                Add($"embeds.{i}", "Only dictionaries may be used.");
                continue;
            }
            total += Embed(embed, (path, most, text) =>
            {
                if (text > most) Add($"embeds.{i}.{path}", $"Must be {most} or fewer in length.");
            });
            if (embed["fields"] is JsonArray { Count: > 25 }) Add($"embeds.{i}.fields", "Must be 25 or fewer in length.");
        }
        if (total > 6000) Add("embeds", "Embed size exceeds maximum size of 6000");
        if (message["components"] is JsonArray components) Components(components, ((int?)message["flags"] & V2) == V2, Add);
        if (message["nonce"] is { } nonce && nonce.ToString().Length > 25) Add("nonce", "Must be 25 or fewer in length.");
        if (message["allowed_mentions"] is JsonObject { } allowed && allowed["parse"] is JsonArray parse && allowed["users"] is JsonArray { Count: > 0 } && parse.Any(p => (string?)p == "users"))
            Add("allowed_mentions", "parse:[\"users\"] and users: [ids...] are mutually exclusive.");
        return problems;
    }

    /// <summary>What is wrong with a modal.</summary>
    public static List<(string Path, string Message)> ModalProblems(JsonObject modal)
    {
        var problems = new List<(string, string)>();
        if (Length(modal["title"]) is 0 or > 45) problems.Add(("data.title", "Must be between 1 and 45 in length."));
        if (Length(modal["custom_id"]) is 0 or > 100) problems.Add(("data.custom_id", "Must be between 1 and 100 in length."));
        if (modal["components"] is not JsonArray { Count: >= 1 and <= 5 } components) problems.Add(("data.components", "Must be between 1 and 5 in length."));
        else
        {
            var inputs = FakeMessage.Flat(components).Where(c => (int?)c["type"] == 4).ToArray();
            foreach (var input in inputs.Where(i => Length(i["custom_id"]) is 0 or > 100)) problems.Add(("data.components", "custom_id: Must be between 1 and 100 in length."));
            foreach (var input in inputs.Where(i => Length(i["value"]) > Math.Min(4000, (int?)i["max_length"] ?? 4000))) problems.Add(("data.components", "value: Must be 4000 or fewer in length."));
            foreach (var input in inputs.Where(i => Length(i["placeholder"]) > 100)) problems.Add(("data.components", "placeholder: Must be 100 or fewer in length."));
            foreach (var label in components.OfType<JsonObject>().Where(c => (int?)c["type"] == 18 && Length(c["label"]) is 0 or > 45)) problems.Add(("data.components", "label: Must be between 1 and 45 in length."));
            if (inputs.Select(i => (string?)i["custom_id"]).Distinct(StringComparer.Ordinal).Count() < inputs.Length) problems.Add(("data.components", "Component custom id cannot be duplicated"));
            if (components.OfType<JsonObject>().Any(c => (int?)c["type"] is not (1 or 10 or 18))) problems.Add(("data.components", "The specified component type is invalid in modals"));
        }
        return problems;
    }

    private static int Embed(JsonObject embed, Action<string, int, int> check)
    {
        var total = 0;
        void Count(string path, int most, JsonNode? text, bool counts = true)
        {
            check(path, most, Length(text));
            if (counts) total += Length(text);
        }
        Count("title", 256, embed["title"]);
        Count("description", 4096, embed["description"]);
        Count("footer.text", 2048, embed["footer"]?["text"]);
        Count("author.name", 256, embed["author"]?["name"]);
        foreach (var (field, i) in (embed["fields"] as JsonArray ?? []).OfType<JsonObject>().Select((f, i) => (f, i)))
        {
            Count(string.Create(CultureInfo.InvariantCulture, $"fields.{i}.name"), 256, field["name"]);
            Count(string.Create(CultureInfo.InvariantCulture, $"fields.{i}.value"), 1024, field["value"]);
        }
        return total;
    }

    private static void Components(JsonArray components, bool isV2, Action<string, string> add)
    {
        var all = FakeMessage.Flat(components).ToArray();
        if (isV2 ? all.Length > 40 : components.Count > 5) add("components", isV2 ? "Must be 40 or fewer components." : "Must be 5 or fewer in length.");
        var ids = all.Select(c => (string?)c["custom_id"]).OfType<string>().ToArray();
        if (ids.Distinct(StringComparer.Ordinal).Count() < ids.Length) add("components", "Component custom id cannot be duplicated");
        foreach (var id in ids.Where(id => id.Length is 0 or > 100)) add("components", "custom_id: Must be between 1 and 100 in length.");
        if (!isV2)
        {
            for (var i = 0; i < components.Count; i++)
            {
                if ((int?)components[i]?["type"] != 1) add($"components.{i}", "Only action rows are allowed at the top level.");
                var inner = components[i]?["components"] as JsonArray ?? [];
                var selects = inner.Count(c => (int?)c?["type"] is 3 or 5 or 6 or 7 or 8);
                if (inner.Count is 0 or > 5 || selects > 1 || selects == 1 && inner.Count > 1) add($"components.{i}.components", "Must be between 1 and 5 buttons, or one select.");
            }
        }
        foreach (var button in all.Where(c => (int?)c["type"] == 2))
        {
            var style = (int?)button["style"] ?? 0;
            if (style is < 1 or > 6) add("components", "style: Must be between 1 and 6.");
            if (style is >= 1 and <= 4 && (button["custom_id"] is null || button["url"] is not null)) add("components", "A custom id is required, and no url allowed.");
            if (style == 5 && (button["url"] is null || button["custom_id"] is not null)) add("components", "A url is required, and no custom id allowed.");
            if (Length(button["label"]) > 80) add("components", "label: Must be 80 or fewer in length.");
            if (Length(button["label"]) == 0 && button["emoji"] is null) add("components", "A label or an emoji is required.");
        }
        foreach (var select in all.Where(c => (int?)c["type"] == 3))
        {
            if (select["options"] is not JsonArray { Count: >= 1 and <= 25 } options) add("components", "options: Must be between 1 and 25 in length.");
            else if (options.Any(o => Length(o?["label"]) is 0 or > 100 || Length(o?["value"]) is 0 or > 100 || Length(o?["description"]) > 100)) add("components", "options: label, value: Must be between 1 and 100 in length.");
            if (Length(select["placeholder"]) > 150) add("components", "placeholder: Must be 150 or fewer in length.");
        }
    }

    internal static int Length(JsonNode? text) => text is JsonValue value && value.TryGetValue(out string? words) ? new StringInfo(words).String.EnumerateRunes().Count() : 0;
}
