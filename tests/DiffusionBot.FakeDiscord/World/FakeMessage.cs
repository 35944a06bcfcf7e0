using System.Text.Json.Nodes;

namespace DiffusionBot.FakeDiscord;

/// <summary>A message, as it is now.</summary>
public sealed class FakeMessage
{
    internal const int Ephemeral = 1 << 6, Loading = 1 << 7;

    private readonly DiscordServer discord;

    internal FakeMessage(DiscordServer discord, FakeChannel channel, FakeUser author, int flags)
    {
        (this.discord, Channel, Author, Flags) = (discord, channel, author, flags);
        Id = discord.Ids.Next();
        Timestamp = discord.Options.Clock.GetUtcNow();
    }

    public ulong Id { get; }

    public FakeChannel Channel { get; }

    public FakeUser Author { get; }

    public DateTimeOffset Timestamp { get; }

    public DateTimeOffset? EditedAt { get; internal set; }

    public string Content { get; internal set; } = "";

    public JsonArray Embeds { get; internal set; } = [];

    public JsonArray Components { get; internal set; } = [];

    public IReadOnlyList<FakeFile> Files { get; internal set; } = [];

    public int Flags { get; internal set; }

    public string? Nonce { get; internal set; }

    /// <summary>Only for the one who asked.</summary>
    public bool IsEphemeral => (Flags & Ephemeral) != 0;

    /// <summary>"… is thinking".</summary>
    public bool IsLoading => (Flags & Loading) != 0;

    public bool IsDeleted { get; internal set; }

    /// <summary>Null: it answers none.</summary>
    public FakeMessage? RepliesTo { get; internal set; }

    /// <summary>Whom it called.</summary>
    public IReadOnlyList<ulong> Mentions { get; internal set; } = [];

    /// <summary>The interaction that it came of; null: none.</summary>
    public FakeInteraction? Interaction { get; internal set; }

    /// <summary>What can be pressed or chosen on it.</summary>
    public IEnumerable<string> CustomIds => Flat(Components).Select(c => (string?)c["custom_id"]).OfType<string>();

    /// <summary>The component with that custom_id; null: there is none.</summary>
    public JsonObject? Component(string customId) => Flat(Components).FirstOrDefault(c => (string?)c["custom_id"] == customId);

    internal static IEnumerable<JsonObject> Flat(JsonNode? components)
    {
        foreach (var component in (components as JsonArray ?? []).OfType<JsonObject>())
        {
            yield return component;
            foreach (var inner in Flat(component["components"]).Concat(Flat(component["component"] is JsonObject one ? new JsonArray(one.DeepClone()) : null))) yield return inner;
            if (component["accessory"] is JsonObject accessory) yield return accessory;
        }
    }

    internal JsonObject ToJson(bool withContent = true)
    {
        var json = new JsonObject
        {
            ["id"] = Ids.Text(Id),
            ["channel_id"] = Ids.Text(Channel.Id),
            ["author"] = Author.ToJson(),
            ["content"] = withContent ? Content : "",
            ["timestamp"] = Timestamp.ToString("O"),
            ["edited_timestamp"] = EditedAt?.ToString("O"),
            ["tts"] = false,
            ["mention_everyone"] = false,
            ["mentions"] = new JsonArray([.. Mentions.Select(id => discord.User(id)).OfType<FakeUser>().Select(u => (JsonNode)u.ToJson())]),
            ["mention_roles"] = new JsonArray(),
            ["attachments"] = withContent ? new JsonArray([.. Files.Select(f => (JsonNode)f.ToJson(discord, Channel.Id))]) : [],
            ["embeds"] = withContent ? Embeds.DeepClone() : new JsonArray(),
            ["components"] = withContent ? Components.DeepClone() : new JsonArray(),
            ["pinned"] = false,
            ["type"] = Interaction is not null ? 20 : RepliesTo is not null ? 19 : 0,
            ["flags"] = Flags,
        };
        if (Nonce is not null) json["nonce"] = Nonce;
        if (RepliesTo is not null)
        {
            json["message_reference"] = new JsonObject { ["type"] = 0, ["message_id"] = Ids.Text(RepliesTo.Id), ["channel_id"] = Ids.Text(RepliesTo.Channel.Id) };
            json["referenced_message"] = RepliesTo.IsDeleted ? null : Without(RepliesTo.ToJson(withContent), "referenced_message");
        }
        if (Interaction is not null)
        {
            json["application_id"] = Ids.Text(discord.ApplicationId);
            json["webhook_id"] = Ids.Text(discord.ApplicationId);
            json["interaction_metadata"] = new JsonObject { ["id"] = Ids.Text(Interaction.Id), ["type"] = Interaction.Type, ["user"] = Interaction.User.ToJson(), ["authorizing_integration_owners"] = Interaction.Event["authorizing_integration_owners"]?.DeepClone() };
        }
        return json;
    }

    private static JsonObject Without(JsonObject json, string name)
    {
        json.Remove(name);
        return json;
    }
}

/// <summary>What became of a message.</summary>
public enum ShownAs
{
    New,
    Edited,
    Deleted,
}

/// <summary>What somebody sees.</summary>
/// <param name="How">What became of it.</param>
/// <param name="Message">As it is now.</param>
/// <param name="Content">As it was then.</param>
/// <param name="Files">As they were then.</param>
public sealed record Shown(ShownAs How, FakeMessage Message, string Content, IReadOnlyList<FakeFile> Files);
