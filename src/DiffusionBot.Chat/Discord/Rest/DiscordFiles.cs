using System.Net;
using DiffusionBot.Chat.WeChat.Api;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>Fetches what users attached: from where Discord keeps it and nowhere else, and no further than it is allowed. To be asked for at once: the addresses expire.</summary>
internal sealed class DiscordFiles : IDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient http;
    private readonly DiscordHosts hosts;
    private readonly int mostBytes;
    private readonly TimeProvider clock;

    /// <param name="options">Hosts and the largest size.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="handler">Null: the network. Must not follow redirects.</param>
    public DiscordFiles(IOptions<DiscordOptions> options, TimeProvider clock, HttpMessageHandler? handler = null)
    {
        http = new HttpClient(handler ?? DiscordRest.Network()) { Timeout = Timeout.InfiniteTimeSpan };
        hosts = new DiscordHosts(options.Value.CdnHosts);
        mostBytes = options.Value.LargestPicture;
        this.clock = clock;
    }

    /// <summary>The picture of an attachment's `url` (not `proxy_url`, which is another file).</summary>
    /// <exception cref="DiscordException">The address is not allowed, nobody answered in time, or what came is too large or no picture. Its signature is in no text.</exception>
    public async Task<ChatPicture> GetAsync(string url, CancellationToken cancel)
    {
        if (url.Length > 2048 || !Uri.TryCreate(url, UriKind.Absolute, out var uri)) throw Failed(0, "it is no address");
        if (!hosts.Allows(uri)) throw Failed(0, $"{uri.Scheme}://{uri.Host}:{uri.Port} is not allowed; expected https and one of {hosts.All} ({DiscordOptions.Section}:{nameof(DiscordOptions.CdnHosts)})");
        using var late = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var response = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode != HttpStatusCode.OK) throw Failed((int)response.StatusCode, $"{uri.Host} answered HTTP {(int)response.StatusCode}; expected 200");
            var body = await BoundedBody.ReadAsync(response.Content, mostBytes, either.Token) ?? throw Failed(200, $"it has more than {mostBytes} bytes ({DiscordOptions.Section}:{nameof(DiscordOptions.LargestPicture)})");
            return PictureBytes.IsPicture(body) ? new ChatPicture(body, NameOf(uri))
                : throw Failed(200, $"{uri.Host} sent {PictureBytes.Describe(response.Content.Headers.ContentType?.MediaType, body)}; expected a PNG, JPEG, GIF, WebP or BMP");
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw Failed(0, $"{uri.Host} took more than {patience.TotalSeconds} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Failed(0, $"no answer from {uri.Host}: {e.Message}", e);
        }
    }

    public void Dispose() => http.Dispose();

    private static string? NameOf(Uri uri) => Uri.UnescapeDataString(uri.Segments[^1]) is { Length: > 0 and <= 200 } name && name != "/" ? name : null;

    private static DiscordException Failed(int status, string why, Exception? inner = null) => new(status, 0, $"Discord: an attachment: {why}.", inner: inner);
}
