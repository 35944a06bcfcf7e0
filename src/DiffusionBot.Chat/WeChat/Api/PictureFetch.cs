using System.Net;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>Fetches the copy of a picture that a message points at (PicUrl), once.</summary>
internal sealed class PictureFetch(string account, HttpClient http, PictureHosts hosts, int mostBytes, TimeProvider clock)
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(9);

    /// <summary>The picture.</summary>
    /// <exception cref="WeChatApiException">Code 0: the address is not allowed, nobody answered in nine seconds, or what came is too large or no picture.</exception>
    public async Task<ChatPicture> GetAsync(string address, CancellationToken cancel)
    {
        if (address.Length > 2048 || !Uri.TryCreate(address, UriKind.Absolute, out var uri)) throw Failed("it is no address");
        if (!hosts.Allows(uri)) throw Failed($"{uri.Scheme}://{uri.Host}:{uri.Port} is not allowed; expected http or https and one of {hosts.All} (WeChat:PictureHosts)");
        using var late = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var response = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode != HttpStatusCode.OK) throw Failed($"{uri.Host} answered HTTP {(int)response.StatusCode}; expected 200");
            var body = await BoundedBody.ReadAsync(response.Content, mostBytes, either.Token) ?? throw Failed($"it has more than {mostBytes} bytes");
            return PictureBytes.IsPicture(body) ? new ChatPicture(body)
                : throw Failed($"{uri.Host} sent {PictureBytes.Describe(response.Content.Headers.ContentType?.MediaType, body)}; expected a PNG, JPEG, GIF, WebP or BMP");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Failed($"{uri.Host} took more than {patience.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Failed(ApiText.Plain($"no answer from {uri.Host}: {e.Message}"));
        }
    }

    // No inner error: what it says comes from a stranger.
    private WeChatApiException Failed(string why) => new($"WeChat account \"{account}\": a user's picture (PicUrl): {why}.", 0);
}
