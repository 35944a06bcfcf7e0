using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>What users do with the bot, told over the gateway; and the bot's answers.</summary>
internal sealed class InteractionDesk(DiscordServer discord)
{
    private const int Command = 2, Component = 3, Autocomplete = 4, Modal = 5;

    private readonly ConcurrentDictionary<string, FakeInteraction> byToken = new(StringComparer.Ordinal);

    public FakeInteraction? Find(string token) => byToken.GetValueOrDefault(token);

    public Task<FakeInteraction> RunAsync(FakeUser user, FakeChannel channel, string command, string? focused, (string Name, object Value)[] values)
    {
        var names = command.Split(' ');
        var registered = discord.Commands.Find(channel.Guild?.Id ?? 0, names[0], 1) ?? throw new InvalidOperationException($"There is no command /{names[0]}.");
        var resolved = new JsonObject();
        var data = new JsonObject { ["id"] = (string?)registered["id"], ["name"] = names[0], ["type"] = 1 };
        if (registered["guild_id"] is { } guild) data["guild_id"] = guild.DeepClone();
        var (options, at) = (registered["options"] as JsonArray ?? [], data);
        foreach (var name in names.Skip(1))
        {
            var sub = Option(options, name);
            var inner = new JsonObject { ["type"] = (int?)sub["type"], ["name"] = name };
            at["options"] = new JsonArray(inner);
            (options, at) = (sub["options"] as JsonArray ?? [], inner);
        }
        foreach (var missing in options.OfType<JsonObject>().Where(o => focused is null && (bool?)o["required"] == true && values.All(v => v.Name != (string?)o["name"])))
            throw new InvalidOperationException($"/{command} requires {(string?)missing["name"]}.");
        at["options"] = new JsonArray([.. values.Select(v => (JsonNode)Value(Option(options, v.Name), v.Name, v.Value, v.Name == focused, channel, resolved))]);
        if (resolved.Count > 0) data["resolved"] = resolved;
        return Task.FromResult(Tell(focused is null ? Command : Autocomplete, user, channel, data, null));
    }

    public Task<FakeInteraction> RunOnAsync(FakeUser user, FakeMessage message, string command)
    {
        var registered = discord.Commands.Find(message.Channel.Guild?.Id ?? 0, command, 3) ?? throw new InvalidOperationException($"There is no message command {command}.");
        return Task.FromResult(Tell(Command, user, message.Channel, new JsonObject
        {
            ["id"] = (string?)registered["id"],
            ["name"] = command,
            ["type"] = 3,
            ["target_id"] = Ids.Text(message.Id),
            ["resolved"] = new JsonObject { ["messages"] = new JsonObject { [Ids.Text(message.Id)] = message.ToJson() } },
        }, null));
    }

    public Task<FakeInteraction> PressAsync(FakeUser user, FakeMessage message, string customId, string[] values, bool isForged)
    {
        var component = message.Component(customId);
        if (!isForged && (component is null || (bool?)component["disabled"] == true || message.IsDeleted))
            throw new InvalidOperationException($"Message {message.Id} has no \"{customId}\" that can be pressed; it has {string.Join(", ", message.CustomIds)}.");
        var data = new JsonObject { ["custom_id"] = customId, ["component_type"] = (int?)component?["type"] ?? 2 };
        if (values.Length > 0) data["values"] = new JsonArray([.. values.Select(v => (JsonNode)v)]);
        return Task.FromResult(Tell(Component, user, message.Channel, data, message));
    }

    public Task<FakeInteraction> SubmitAsync(FakeUser user, FakeInteraction modal, (string CustomId, string Value)[] values)
    {
        var shown = modal.Modal ?? throw new InvalidOperationException($"Interaction {modal.Id} was not answered with a modal.");
        var inputs = FakeMessage.Flat(shown["components"]).Where(c => (int?)c["type"] == 4).Select(c => (string?)c["custom_id"]).ToArray();
        foreach (var (id, _) in values.Where(v => !inputs.Contains(v.CustomId))) throw new InvalidOperationException($"The modal has no \"{id}\"; it has {string.Join(", ", inputs)}.");
        var components = (JsonArray)shown["components"]!.DeepClone();
        foreach (var input in FakeInputs(components))
        {
            var value = values.FirstOrDefault(v => v.CustomId == (string?)input["custom_id"]).Value ?? (string?)input["value"] ?? "";
            foreach (var name in input.Select(p => p.Key).Where(k => k is not ("type" or "id" or "custom_id")).ToArray()) input.Remove(name);
            input["value"] = value;
        }
        foreach (var label in components.OfType<JsonObject>())
        {
            label.Remove("label");
            label.Remove("description");
        }
        return Task.FromResult(Tell(Modal, user, modal.Channel, new JsonObject { ["custom_id"] = (string?)shown["custom_id"], ["components"] = components }, modal.On));
    }

    /// <summary>Tells what no app would send: any kind, with any data, changed as one likes.</summary>
    public FakeInteraction Invent(FakeUser user, FakeChannel channel, int type, JsonObject data, FakeMessage? on, Action<JsonObject>? change) => Tell(type, user, channel, data, on, change);

    /// <summary>POST /interactions/{interaction}/{token}/callback.</summary>
    public ApiAnswer Answer(ApiCall call)
    {
        var now = discord.Options.Clock.GetUtcNow();
        if (Find(call.Value("token")) is not { } interaction || interaction.Id != call.Id("interaction")) return ApiAnswer.NotFound(10062, "interaction");
        lock (interaction)
        {
            if (interaction.AnswerType != 0) return ApiAnswer.Error(400, 40060, "Interaction has already been acknowledged.");
            if (interaction.IsExpired(now)) return ApiAnswer.NotFound(10062, "interaction");
            if (call.Object is not { } body) return ApiAnswer.Error(400, 50035, "Invalid Form Body");
            var type = (int?)body["type"] ?? 0;
            var data = body["data"] as JsonObject ?? [];
            if (Problem(interaction, type, data) is { } problem)
            {
                discord.Violate($"{call.Route}: type {type} for interaction type {interaction.Type}: {problem}");
                return ApiAnswer.Invalid([("type", problem)]);
            }
            if (type == 9 && MessageRules.ModalProblems(data) is { Count: > 0 } problems)
            {
                foreach (var (path, message) in problems) discord.Violate($"{call.Route}: {path}: {message}");
                return ApiAnswer.Invalid(problems);
            }
            switch (type)
            {
                case 4:
                    var (created, refused) = discord.MessageDesk.Create(call, data, interaction.Channel, "data.", interaction);
                    if (refused is not null) return refused;
                    interaction.Original = created;
                    break;
                case 5:
                    interaction.Original = discord.MessageDesk.Promise(interaction, (int?)data["flags"] ?? 0);
                    break;
                case 6:
                    interaction.Original = interaction.On;
                    break;
                case 7:
                    if (discord.MessageDesk.Edit(call, data, interaction.On!, "data.") is { } wrong) return wrong;
                    interaction.Original = interaction.On;
                    break;
            }
            interaction.Answer(body, type, now);
            interaction.Tell(body);
            if (call.Http.Request.Query["with_response"] != "true") return ApiAnswer.Done;
            var response = new JsonObject { ["interaction"] = new JsonObject { ["id"] = Ids.Text(interaction.Id), ["type"] = interaction.Type }, ["resource"] = new JsonObject { ["type"] = type } };
            if (interaction.Original is not null) response["resource"]!["message"] = interaction.Original.ToJson();
            return ApiAnswer.Ok(response);
        }
    }

    private static string? Problem(FakeInteraction interaction, int type, JsonObject data) => type switch
    {
        4 => interaction.Type == Autocomplete ? "expected 8" : null,
        5 => interaction.Type == Autocomplete ? "expected 8" : ((int?)data["flags"] ?? 0) is not (0 or FakeMessage.Ephemeral) ? "only the flag EPHEMERAL may be set" : null,
        6 or 7 => interaction is { Type: Component or Modal, On: not null } ? null : "there is no message to change",
        8 => interaction.Type != Autocomplete ? "only for autocomplete"
            : data["choices"] is not JsonArray { Count: <= 25 } choices ? "expected at most 25 choices"
            : choices.Any(c => MessageRules.Length(c?["name"]) is 0 or > 100 || c?["value"] is null || MessageRules.Length(c["value"]) > 100) ? "a choice's name and value have 1 to 100 characters" : null,
        9 => interaction.Type is Modal or Autocomplete ? "no modal may follow" : null,
        _ => "expected 4 to 9",
    };

    private FakeInteraction Tell(int type, FakeUser user, FakeChannel channel, JsonObject data, FakeMessage? on, Action<JsonObject>? change = null)
    {
        var interaction = new FakeInteraction(discord, type, user, channel, on);
        byToken[interaction.Token] = interaction;
        var told = new JsonObject
        {
            ["id"] = Ids.Text(interaction.Id),
            ["application_id"] = Ids.Text(discord.ApplicationId),
            ["type"] = type,
            ["token"] = interaction.Token,
            ["version"] = 1,
            ["data"] = data,
            ["channel_id"] = Ids.Text(channel.Id),
            ["channel"] = channel.ToJson(),
            ["locale"] = user.Locale,
            ["app_permissions"] = "2147600448",
            ["entitlements"] = new JsonArray(),
            ["authorizing_integration_owners"] = new JsonObject { ["0"] = channel.Guild is { } g ? Ids.Text(g.Id) : "0" },
            ["context"] = channel.Guild is null ? 1 : 0,
            ["attachment_size_limit"] = discord.Options.AttachmentLimit,
        };
        if (channel.Guild is { } guild) (told["guild_id"], told["guild_locale"], told["guild"], told["member"]) = (Ids.Text(guild.Id), guild.Locale, new JsonObject { ["id"] = Ids.Text(guild.Id), ["locale"] = guild.Locale, ["features"] = new JsonArray() }, user.ToMember());
        else told["user"] = user.ToJson();
        if (on is not null) told["message"] = on.ToJson();
        change?.Invoke(told);
        interaction.Event = told;
        discord.Gateway.Dispatch("INTERACTION_CREATE", told, channel.Guild?.Id);
        return interaction;
    }

    private static JsonObject Option(JsonArray options, string name) =>
        options.OfType<JsonObject>().FirstOrDefault(o => (string?)o["name"] == name) ?? throw new InvalidOperationException($"There is no option \"{name}\"; there are {string.Join(", ", options.Select(o => (string?)o?["name"]))}.");

    private JsonObject Value(JsonObject option, string name, object value, bool isFocused, FakeChannel channel, JsonObject resolved)
    {
        var json = new JsonObject { ["name"] = name, ["type"] = (int?)option["type"] };
        if (value is (string fileName, byte[] bytes))
        {
            var file = new FakeFile(discord.Ids.Next(), fileName, "image/png", bytes, null);
            var attachments = (JsonObject)(resolved["attachments"] ??= new JsonObject());
            attachments[Ids.Text(file.Id)] = file.ToJson(discord, channel.Id);
            json["value"] = Ids.Text(file.Id);
        }
        else
        {
            json["value"] = value switch { string text => text, long n => n, int n => n, double n => n, bool b => b, ulong id => Ids.Text(id), _ => throw new ArgumentException($"{name} is a {value.GetType().Name}.", nameof(value)) };
        }
        if (isFocused) json["focused"] = true;
        return json;
    }

    private static IEnumerable<JsonObject> FakeInputs(JsonArray components) =>
        components.OfType<JsonObject>().SelectMany(c => c["component"] is JsonObject one ? [one] : (c["components"] as JsonArray ?? []).OfType<JsonObject>()).Where(c => (int?)c["type"] == 4);
}
