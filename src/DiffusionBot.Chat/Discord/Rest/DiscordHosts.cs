using DiffusionBot.Chat.Fetching;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>From where users' pictures are fetched: by https, unless an entry begins with http://.</summary>
internal sealed class DiscordHosts(IEnumerable<string> configured)
{
    private const string Plain = "http://";

    private static readonly string[] discords = ["cdn.discordapp.com", "media.discordapp.net"];

    private readonly string[] entries = [.. (configured.ToArray() is { Length: > 0 } some ? some : discords).Select(entry => entry.Trim().TrimEnd('/'))];

    /// <summary>The list, for a message.</summary>
    public string All => string.Join(", ", entries);

    public bool Allows(Uri uri)
    {
        var isPlain = uri.IsAbsoluteUri && uri.Scheme == Uri.UriSchemeHttp;
        var hosts = entries.Where(entry => entry.StartsWith(Plain, StringComparison.OrdinalIgnoreCase) == isPlain).Select(entry => isPlain ? entry[Plain.Length..] : entry).ToArray();
        return new HostList(hosts, []).Allows(uri);
    }
}
