using System.Text.Json.Nodes;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>An application command.</summary>
/// <param name="Name">Of one that is typed, as an option's; of one on messages 1 to 32 characters. In each language.</param>
/// <param name="About">1 to 100 characters, in each language; null: it is a command on messages, which has no description.</param>
internal sealed record Command(Wording Name, Wording? About)
{
    private const int TypedType = 1, MessageType = 3, InGuilds = 0, InDirectMessages = 1, InstalledByGuilds = 0;

    /// <summary>Required ones first; at most 25.</summary>
    public IReadOnlyList<CommandOption> Options { get; init; } = [];

    /// <summary>Who sees it on a server, until its settings say otherwise: a set of permissions; null: everybody.</summary>
    public ulong? Permissions { get; init; }

    /// <summary>Whether it means nothing outside of servers.</summary>
    public bool IsForGuilds { get; init; }

    /// <summary>As Discord takes it.</summary>
    /// <param name="forServer">Whether it is put on one server: it says nothing then about where it may be used, which only global ones do.</param>
    public JsonObject ToJson(bool forServer)
    {
        var json = new JsonObject { ["type"] = About is null ? MessageType : TypedType };
        Name.Write(json, "name");
        About?.Write(json, "description");
        if (Options.Count > 0) json["options"] = new JsonArray([.. Options.Select(option => (JsonNode)option.ToJson())]);
        if (Permissions is { } permissions) json["default_member_permissions"] = permissions.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (forServer) return json;
        json["contexts"] = IsForGuilds ? new JsonArray(InGuilds) : new JsonArray(InGuilds, InDirectMessages);
        json["integration_types"] = new JsonArray(InstalledByGuilds);
        return json;
    }
}
