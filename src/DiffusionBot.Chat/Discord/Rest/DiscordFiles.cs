using DiffusionBot.Chat.Fetching;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>Fetches what users attached: from where Discord keeps it and nowhere else, and no further than it is allowed. To be asked for at once: the addresses expire.</summary>
internal sealed class DiscordFiles : IDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient http;
    private readonly PictureFetch pictures;

    /// <param name="options">Hosts and the largest size.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="handler">Null: the network. Must not follow redirects.</param>
    public DiscordFiles(IOptions<DiscordOptions> options, TimeProvider clock, HttpMessageHandler? handler = null)
    {
        http = new HttpClient(handler ?? Network.NewHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        var hosts = new DiscordHosts(options.Value.CdnHosts);
        pictures = new PictureFetch(http, hosts.Allows, $"https and one of {hosts.All} ({DiscordOptions.Section}:{nameof(DiscordOptions.CdnHosts)})", options.Value.LargestPicture, patience, clock);
    }

    /// <summary>The picture of an attachment's `url` (not `proxy_url`, which is another file).</summary>
    /// <exception cref="DiscordException">The address is not allowed, nobody answered in time, or what came is too large or no picture. Its signature is in no text.</exception>
    public async Task<ChatPicture> GetAsync(string url, CancellationToken cancel)
    {
        try
        {
            return new ChatPicture(await pictures.GetAsync(url, cancel), NameOf(new Uri(url)));
        }
        catch (PictureLostException e)
        {
            throw new DiscordException(e.Status, 0, $"Discord: an attachment: {e.Message}.", inner: e);
        }
    }

    public void Dispose() => http.Dispose();

    private static string? NameOf(Uri uri) => Uri.UnescapeDataString(uri.Segments[^1]) is { Length: > 0 and <= 200 } name && name != "/" ? name : null;
}
