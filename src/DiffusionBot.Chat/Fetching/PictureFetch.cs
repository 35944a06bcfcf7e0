using System.Net;

namespace DiffusionBot.Chat.Fetching;

/// <summary>A user's picture was not got.</summary>
/// <param name="why">What was found and what was expected. No secrets.</param>
/// <param name="status">HTTP; 0 where nothing came.</param>
internal sealed class PictureLostException(string why, int status = 0) : Exception(why)
{
    public int Status => status;
}

/// <summary>Fetches users' pictures: from where they may be and nowhere else, and no further than they may go. Once.</summary>
/// <param name="http">Must not follow redirects.</param>
/// <param name="allows">Whether it may be fetched from there.</param>
/// <param name="allowed">What may, for a message: `https and one of ...`.</param>
/// <param name="mostBytes">Of a picture.</param>
/// <param name="patience">How long it may take.</param>
/// <param name="clock">What time it is.</param>
internal sealed class PictureFetch(HttpClient http, Func<Uri, bool> allows, string allowed, int mostBytes, TimeSpan patience, TimeProvider clock)
{
    private const int LongestAddress = 2048, LongestReason = 300;

    /// <summary>The picture at an address.</summary>
    /// <exception cref="PictureLostException">The address is not allowed, nobody answered in time, or what came is too large or no picture.</exception>
    public async Task<byte[]> GetAsync(string address, CancellationToken cancel)
    {
        if (address.Length > LongestAddress || !Uri.TryCreate(address, UriKind.Absolute, out var uri)) throw new PictureLostException("it is no address");
        if (!allows(uri)) throw new PictureLostException($"{uri.Scheme}://{uri.Host}:{uri.Port} is not allowed; expected {allowed}");
        using var late = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var response = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var status = (int)response.StatusCode;
            if (response.StatusCode != HttpStatusCode.OK) throw new PictureLostException($"{uri.Host} answered HTTP {status}; expected 200", status);
            var body = await BoundedBody.ReadAsync(response.Content, mostBytes, either.Token) ?? throw new PictureLostException($"it has more than {mostBytes} bytes", status);
            return PictureBytes.IsPicture(body) ? body
                : throw new PictureLostException($"{uri.Host} sent {PictureBytes.Describe(response.Content.Headers.ContentType?.MediaType, body)}; expected a PNG, JPEG, GIF, WebP or BMP", status);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new PictureLostException($"{uri.Host} took more than {patience.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Not the error itself: what it says may come from a stranger, and the address is signed.
            throw new PictureLostException($"no answer from {uri.Host}: {string.Concat(e.Message.Take(LongestReason).Select(c => char.IsControl(c) ? ' ' : c))}");
        }
    }
}
