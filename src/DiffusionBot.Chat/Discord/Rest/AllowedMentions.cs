using System.Globalization;
using System.Text.Json.Nodes;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>Whom a message may call: always said, because Discord's own rule lets a prompt call everybody.</summary>
internal static class AllowedMentions
{
    private const string Name = "allowed_mentions";

    /// <summary>Nobody.</summary>
    public static JsonObject None() => new() { ["parse"] = new JsonArray(), ["replied_user"] = false };

    /// <summary>One user, where the text mentions them.</summary>
    public static JsonObject User(ulong id) => new() { ["parse"] = new JsonArray(), ["users"] = new JsonArray(id.ToString(CultureInfo.InvariantCulture)), ["replied_user"] = false };

    /// <summary>Refuses a message that does not say.</summary>
    /// <exception cref="ArgumentException">It lacks `allowed_mentions` with `parse`.</exception>
    public static void Require(DiscordCall call)
    {
        if (MessageOf(call) is { } message && (message[Name] as JsonObject)?["parse"] is not JsonArray)
            throw new ArgumentException($"{call.Route} has a message without {Name} that has \"parse\"; expected who may be mentioned, at least {{\"parse\":[]}}.", nameof(call));
    }

    /// <summary>The message of a body; null where it has none.</summary>
    internal static JsonObject? MessageOf(DiscordCall call) => call.Route.Says switch
    {
        MessagePlace.Body => call.Body as JsonObject ?? throw new ArgumentException($"{call.Route} has no object as body; expected a message.", nameof(call)),
        MessagePlace.Data when call.Body is JsonObject body && body["type"] is JsonValue type && type.TryGetValue(out int kind) && kind is 4 or 7 =>
            body["data"] as JsonObject ?? throw new ArgumentException($"{call.Route} of type {kind} has no data; expected a message.", nameof(call)),
        _ => null,
    };
}
