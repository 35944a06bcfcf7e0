namespace DiffusionBot.Chat.Fetching;

/// <summary>From where a user's picture is fetched: the address comes in a message and must not make us ask anything else.</summary>
/// <param name="configured">`example.org`, `*.example.org`, `example.org:8080`.</param>
/// <param name="usual">In their place where there are none.</param>
internal sealed class HostList(IEnumerable<string> configured, IEnumerable<string> usual)
{
    private readonly string[] entries = configured.ToArray() is { Length: > 0 } some ? some : [.. usual];

    /// <summary>The list, for a message.</summary>
    public string All => string.Join(", ", entries);

    /// <summary>Whether it may be fetched: http or https, no user name, a host of the list; port 80 or 443 unless the entry names another.</summary>
    public bool Allows(Uri uri) =>
        uri.IsAbsoluteUri && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.UserInfo.Length == 0 && entries.Any(entry => Allows(entry.Trim(), uri));

    private static bool Allows(string entry, Uri uri)
    {
        // The colons of an IPv6 address stand within brackets.
        var colon = entry.LastIndexOf(':');
        var hasPort = colon > entry.LastIndexOf(']');
        var host = hasPort ? entry[..colon] : entry;
        if (hasPort ? entry[(colon + 1)..] != $"{uri.Port}" : uri.Port is not (80 or 443)) return false;
        if (!host.StartsWith("*.", StringComparison.Ordinal)) return host.Equals(uri.IdnHost, StringComparison.OrdinalIgnoreCase) || host.Equals(uri.Host, StringComparison.OrdinalIgnoreCase);
        return uri.HostNameType == UriHostNameType.Dns && uri.IdnHost.Length >= host.Length && uri.IdnHost.EndsWith(host[1..], StringComparison.OrdinalIgnoreCase);
    }
}
