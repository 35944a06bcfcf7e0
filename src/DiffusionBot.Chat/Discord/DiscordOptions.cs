using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace DiffusionBot.Chat.Discord;

/// <summary>Discord. Section `Discord`.</summary>
public sealed class DiscordOptions : IValidatableObject
{
    public const string Section = "Discord";

    internal const string NoWebsite = "https://diffusionbot.example";

    /// <summary>The bot's token, as the developer portal shows it once under Bot. A secret. Empty: this bot is not on Discord. Default empty.</summary>
    public string Token { get; set; } = "";

    /// <summary>Where the interface is, with its version. Default Discord's own.</summary>
    public string ApiBase { get; set; } = "https://discord.com/api/v10";

    /// <summary>Where the gateway is (wss://…); null: where Discord says. Default null.</summary>
    public string? GatewayUrl { get; set; }

    /// <summary>Hosts that users' pictures are fetched from, by https; an entry that begins with http:// allows that. Default Discord's own.</summary>
    public IList<string> CdnHosts { get; } = [];

    /// <summary>The largest picture that is fetched, in bytes, 10,000 to 100,000,000. Default 20,000,000.</summary>
    [Range(10_000, 100_000_000)] public int LargestPicture { get; set; } = 20_000_000;

    /// <summary>The page that Discord's staff finds in our User-Agent, where they ask for one. At most 200 characters. Default the bot's own address, where that is told (Web:PublicUrl), else a place holder.</summary>
    [StringLength(200)] public string Website { get; set; } = NoWebsite;

    /// <summary>Calls a second, other than answers to interactions, 1 to 1000; Discord allows 50 unless it told you more. Default 50.</summary>
    [Range(1, 1000)] public int CallsPerSecond { get; set; } = 50;

    /// <summary>For how many seconds a host that does not say so any more still counts as the one that holds the gateway, 5 to 300. Default 20.</summary>
    [Range(5, 300)] public int LeaseSeconds { get; set; } = 20;

    /// <summary>Between two changes of the same message while its picture is drawn, in seconds, 3 to 60. Default 3.</summary>
    [Range(3, 60)] public int ProgressSeconds { get; set; } = 3;

    /// <summary>Whether it talks to people in direct messages. Default true.</summary>
    public bool DirectMessages { get; set; } = true;

    /// <summary>Whether the gallery shows what is drawn on servers without its user having shared it. Default false.</summary>
    public bool IsPublicPlace { get; set; }

    /// <summary>What holds on single servers, by their id; `default`: on all others. Default nothing.</summary>
    public IDictionary<string, DiscordServerOptions> Servers { get; } = new Dictionary<string, DiscordServerOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The ids of servers that have the commands, 15 to 20 digits each; on these a changed command is there at once, and nowhere else is one. A server that is taken off
    /// this list keeps what it has. Default none: the commands are everywhere, direct messages included.
    /// </summary>
    public IList<string> CommandServers { get; } = [];

    /// <summary>Whether there is a token.</summary>
    internal bool IsOn => Token.Length > 0;

    /// <summary>What holds on a server; null: nothing in particular.</summary>
    internal DiscordServerOptions? RulesOf(ulong server) => server == 0 ? null :
        Servers.TryGetValue(server.ToString(CultureInfo.InvariantCulture), out var own) || Servers.TryGetValue(DiscordServerOptions.Others, out own) ? own : null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsOn && (Token.Length > 200 || !Token.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')))
            yield return Problem(nameof(Token), $"has {Token.Length} characters; expected at most 200, and only letters, digits, '.', '-' and '_', as the developer portal shows it under Bot (without \"Bot \" before it)");
        if (!IsAddress(ApiBase, "http", "https")) yield return Problem(nameof(ApiBase), $"is \"{ApiBase}\"; expected an address like https://discord.com/api/v10");
        if (GatewayUrl is not null && !IsAddress(GatewayUrl, "ws", "wss")) yield return Problem(nameof(GatewayUrl), $"is \"{GatewayUrl}\"; expected an address like wss://gateway.discord.gg");
        foreach (var (server, rules) in Servers)
        {
            if (server != DiscordServerOptions.Others && !IsId(server)) yield return Problem($"{nameof(Servers)}:{server}", "is no server's id; expected about 18 digits (right-click the server, Copy Server ID), or default");
            foreach (var id in rules.Channels.Concat(rules.ModeratorRoles).Concat(rules.Roles.Keys).Where(id => !IsId(id)))
                yield return Problem($"{nameof(Servers)}:{server}", $"has \"{id}\", which is no id of a channel or role; expected about 18 digits");
            foreach (var (role, limits) in rules.Roles)
            {
                if (limits.Problem is { } problem) yield return Problem($"{nameof(Servers)}:{server}:{nameof(rules.Roles)}:{role}", problem);
            }
        }
        if (!IsAddress(Website, "http", "https") || Website.Any(c => c is '(' or ')' or ',' or ' ')) yield return Problem(nameof(Website), $"is \"{Website}\"; expected an address without spaces, commas and parentheses");
        foreach (var id in CommandServers.Where(id => !IsId(id)))
            yield return Problem(nameof(CommandServers), $"has \"{id}\"; expected a server's id, 15 to 20 digits, as Copy Server ID gives it in developer mode");
    }

    private static bool IsId(string text) => text.Length is >= 15 and <= 20 && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static ValidationResult Problem(string member, string what) => new($"{Section}:{member} {what}.", [member]);

    private static bool IsAddress(string text, params ReadOnlySpan<string> schemes) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.UserInfo.Length == 0 && schemes.Contains(uri.Scheme) && text.All(char.IsAscii);
}
