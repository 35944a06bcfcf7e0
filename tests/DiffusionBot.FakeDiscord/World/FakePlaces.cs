using System.Text.Json.Nodes;

namespace DiffusionBot.FakeDiscord;

/// <summary>A server.</summary>
public sealed class FakeGuild
{
    private readonly DiscordServer discord;
    private readonly List<FakeChannel> channels = [];

    internal FakeGuild(DiscordServer discord, string name, string locale) => (this.discord, Name, Locale, Id) = (discord, name, locale, discord.Ids.Next());

    public ulong Id { get; }

    public string Name { get; }

    public string Locale { get; }

    public IReadOnlyList<FakeChannel> Channels => channels;

    public FakeChannel AddChannel(string name)
    {
        var channel = discord.Add(new FakeChannel(discord, this, name, null));
        channels.Add(channel);
        return channel;
    }

    internal JsonObject ToJson() => new()
    {
        ["id"] = Ids.Text(Id),
        ["name"] = Name,
        ["preferred_locale"] = Locale,
        ["unavailable"] = false,
        ["large"] = false,
        ["member_count"] = 2,
        ["owner_id"] = Ids.Text(Id),
        ["joined_at"] = "2026-01-01T00:00:00+00:00",
        ["roles"] = new JsonArray(new JsonObject { ["id"] = Ids.Text(Id), ["name"] = "@everyone", ["permissions"] = "2147600448", ["position"] = 0, ["color"] = 0, ["hoist"] = false, ["managed"] = false, ["mentionable"] = false }),
        ["emojis"] = new JsonArray(),
        ["features"] = new JsonArray(),
        ["stickers"] = new JsonArray(),
        ["members"] = new JsonArray(),
        ["voice_states"] = new JsonArray(),
        ["presences"] = new JsonArray(),
        ["threads"] = new JsonArray(),
        ["stage_instances"] = new JsonArray(),
        ["guild_scheduled_events"] = new JsonArray(),
        ["channels"] = new JsonArray([.. channels.Select(c => (JsonNode)c.ToJson())]),
    };
}

/// <summary>A channel of a server, or two people's own.</summary>
public sealed class FakeChannel
{
    private readonly DiscordServer discord;

    internal FakeChannel(DiscordServer discord, FakeGuild? guild, string name, FakeUser? with) => (this.discord, Guild, Name, With, Id) = (discord, guild, name, with, discord.Ids.Next());

    public ulong Id { get; }

    /// <summary>Null: direct messages.</summary>
    public FakeGuild? Guild { get; }

    public string Name { get; }

    /// <summary>Who is in it besides the bot; null: a server.</summary>
    public FakeUser? With { get; }

    /// <summary>Whether the bot may write there; else 50013.</summary>
    public bool MayWrite { get; set; } = true;

    /// <summary>Whether the bot sees it; else 50001.</summary>
    public bool MaySee { get; set; } = true;

    /// <summary>What everybody there sees, in order.</summary>
    public Feed<Shown> Shown { get; } = new();

    /// <summary>What stands there now, but what is only for one.</summary>
    public IReadOnlyList<FakeMessage> Messages => [.. discord.Messages(this).Where(m => !m.IsEphemeral && !m.IsDeleted)];

    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["id"] = Ids.Text(Id), ["type"] = Guild is null ? 1 : 0 };
        if (Guild is null) json["recipients"] = new JsonArray(With!.ToJson());
        else (json["name"], json["guild_id"], json["position"], json["permission_overwrites"]) = (Name, Ids.Text(Guild.Id), 0, new JsonArray());
        return json;
    }
}
