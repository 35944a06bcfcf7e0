namespace DiffusionBot.FakeWeChat.Users;

/// <summary>A link that sends a text when it is tapped.</summary>
internal static class MenuLink
{
    private const string Head = "weixin://bizmsgmenu?";

    /// <exception cref="InvalidOperationException">It is none: tapping it sends nothing.</exception>
    public static (string Content, string Id) Parse(string href)
    {
        if (!href.StartsWith(Head, StringComparison.Ordinal)) throw new InvalidOperationException($"The link goes to {href}; expected {Head}…, which sends a text.");
        var parts = href[Head.Length..].Split('&').Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]));
        return parts.TryGetValue("msgmenucontent", out var content) && content.Length > 0 && parts.TryGetValue("msgmenuid", out var id) && id.Length > 0
            ? (content, id)
            : throw new InvalidOperationException($"The link {href} lacks msgmenucontent or msgmenuid.");
    }
}
