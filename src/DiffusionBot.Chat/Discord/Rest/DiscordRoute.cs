using System.Globalization;
using System.Text;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>What can be asked of Discord, and what its limits go by.</summary>
internal sealed record DiscordRoute
{
    private DiscordRoute(HttpMethod method, string template, params ReadOnlySpan<string> values)
    {
        (Method, Template) = (method, template);
        var (path, major) = (new StringBuilder(), new StringBuilder());
        var next = 0;
        foreach (var part in template.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var value = part[0] == '{' ? values[next++] : part;
            path.Append('/').Append(Uri.EscapeDataString(value).Replace("%40", "@", StringComparison.Ordinal));
            if (part is "{channel}" or "{guild}" or "{webhook}" or "{token}") major.Append('/').Append(value);
            if (part == "{token}") Secret = value.Length is > 0 and <= 512 ? value : throw new ArgumentException($"An interaction's token has {value.Length} characters; expected 1 to 512.", nameof(values));
        }
        (Path, Major) = (path.ToString(), major.ToString());
    }

    public HttpMethod Method { get; }

    /// <summary>For messages and limits: `/webhooks/{webhook}/{token}/messages/@original`.</summary>
    public string Template { get; }

    /// <summary>Below the interface's base. May contain a secret.</summary>
    public string Path { get; }

    /// <summary>What of the path has limits of its own: channel, guild, webhook with its token.</summary>
    public string Major { get; }

    /// <summary>The interaction's token; null: the bot's own is sent along.</summary>
    public string? Secret { get; }

    /// <summary>Where the message stands in the body; null: it says nothing.</summary>
    public MessagePlace? Says { get; private init; }

    /// <summary>After the path: `with_response=true`.</summary>
    public string Query { get; init; } = "";

    /// <summary>Outside of the global limit, and without the bot's token (interactions/receiving-and-responding).</summary>
    public bool IsInteraction => Secret is not null;

    public static DiscordRoute GatewayBot { get; } = new(HttpMethod.Get, "/gateway/bot");

    /// <summary>The bot's application.</summary>
    public static DiscordRoute Application { get; } = new(HttpMethod.Get, "/applications/@me");

    /// <summary>The bot's user.</summary>
    public static DiscordRoute Me { get; } = new(HttpMethod.Get, "/users/@me");

    /// <summary>`recipient_id` → the channel for direct messages.</summary>
    public static DiscordRoute OpenDirect { get; } = new(HttpMethod.Post, "/users/@me/channels");

    public static DiscordRoute GetCommands(ulong application) => new(HttpMethod.Get, "/applications/{application}/commands", Id(application));

    /// <summary>Overwrites all.</summary>
    public static DiscordRoute PutCommands(ulong application) => new(HttpMethod.Put, "/applications/{application}/commands", Id(application));

    public static DiscordRoute GetCommands(ulong application, ulong guild) => new(HttpMethod.Get, "/applications/{application}/guilds/{guild}/commands", Id(application), Id(guild));

    /// <summary>Overwrites all.</summary>
    public static DiscordRoute PutCommands(ulong application, ulong guild) => new(HttpMethod.Put, "/applications/{application}/guilds/{guild}/commands", Id(application), Id(guild));

    /// <summary>The first answer to an interaction, within 3 s.</summary>
    public static DiscordRoute Answer(ulong interaction, string token) =>
        new(HttpMethod.Post, "/interactions/{interaction}/{token}/callback", Id(interaction), token) { Says = MessagePlace.Data };

    /// <summary>The message that the first answer made.</summary>
    public static DiscordRoute GetOriginal(ulong application, string token) => new(HttpMethod.Get, "/webhooks/{webhook}/{token}/messages/@original", Id(application), token);

    /// <summary>Writes the message that the first answer made, or promised.</summary>
    public static DiscordRoute EditOriginal(ulong application, string token) =>
        new(HttpMethod.Patch, "/webhooks/{webhook}/{token}/messages/@original", Id(application), token) { Says = MessagePlace.Body };

    public static DiscordRoute DeleteOriginal(ulong application, string token) => new(HttpMethod.Delete, "/webhooks/{webhook}/{token}/messages/@original", Id(application), token);

    /// <summary>Another answer.</summary>
    public static DiscordRoute FollowUp(ulong application, string token) => new(HttpMethod.Post, "/webhooks/{webhook}/{token}", Id(application), token) { Says = MessagePlace.Body };

    public static DiscordRoute EditFollowUp(ulong application, string token, ulong message) =>
        new(HttpMethod.Patch, "/webhooks/{webhook}/{token}/messages/{message}", Id(application), token, Id(message)) { Says = MessagePlace.Body };

    public static DiscordRoute DeleteFollowUp(ulong application, string token, ulong message) =>
        new(HttpMethod.Delete, "/webhooks/{webhook}/{token}/messages/{message}", Id(application), token, Id(message));

    public static DiscordRoute GetChannel(ulong channel) => new(HttpMethod.Get, "/channels/{channel}", Id(channel));

    public static DiscordRoute Say(ulong channel) => new(HttpMethod.Post, "/channels/{channel}/messages", Id(channel)) { Says = MessagePlace.Body };

    public static DiscordRoute GetMessage(ulong channel, ulong message) => new(HttpMethod.Get, "/channels/{channel}/messages/{message}", Id(channel), Id(message));

    public static DiscordRoute EditMessage(ulong channel, ulong message) =>
        new(HttpMethod.Patch, "/channels/{channel}/messages/{message}", Id(channel), Id(message)) { Says = MessagePlace.Body };

    public static DiscordRoute DeleteMessage(ulong channel, ulong message) => new(HttpMethod.Delete, "/channels/{channel}/messages/{message}", Id(channel), Id(message));

    public static DiscordRoute Typing(ulong channel) => new(HttpMethod.Post, "/channels/{channel}/typing", Id(channel));

    public static DiscordRoute GetGuild(ulong guild) => new(HttpMethod.Get, "/guilds/{guild}", Id(guild));

    public static DiscordRoute GetMember(ulong guild, ulong user) => new(HttpMethod.Get, "/guilds/{guild}/members/{user}", Id(guild), Id(user));

    /// <summary>For messages: no values, no secrets.</summary>
    public override string ToString() => $"{Method} {Template}";

    private static string Id(ulong id) => id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Where in a body the message stands.</summary>
internal enum MessagePlace
{
    Body,

    /// <summary>In `data`, of an interaction's answer that shows one (types 4 and 7).</summary>
    Data,
}
