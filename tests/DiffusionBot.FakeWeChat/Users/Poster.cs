using System.Net;
using System.Text;
using DiffusionBot.FakeWeChat.Wire;

namespace DiffusionBot.FakeWeChat.Users;

/// <summary>The platform's client: posts to callbacks and hangs up when its patience ends.</summary>
internal sealed class Poster(FakePlatformOptions options, TimeProvider clock) : IDisposable
{
    // Without reuse of connections a try is one request: .NET repeats what a reused connection loses.
    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = options.KeepsConnections ? Timeout.InfiniteTimeSpan : TimeSpan.Zero,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 1 << 20,
    };

    public async Task<Verification> VerifyAsync(FakeAccount account, CancellationToken cancel)
    {
        var echo = ((ulong)clock.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_003).ToString();
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(account, PostSigner.VerifyQuery(account, PostStamp.New(clock), echo)));
        var made = await TryAsync(request, cancel);
        return new Verification(made.End == TryEnd.Answered && made.Body == echo, made);
    }

    /// <param name="account">Whose callback.</param>
    /// <param name="post">What goes out.</param>
    /// <param name="sent">Told when all of it is on its way.</param>
    /// <param name="cancel">Ends the test.</param>
    public async Task<DeliveryTry> PostAsync(FakeAccount account, SignedPost post, Action? sent, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(account, post.Query)) { Content = new PostContent(post.Body, sent) };
        return await TryAsync(request, cancel);
    }

    public void Dispose() => client.Dispose();

    private static Uri Address(FakeAccount account, string query)
    {
        var callback = account.Callback ?? throw new InvalidOperationException($"Account \"{account.Name}\" has no callback; expected its URL.");
        return new UriBuilder(callback) { Query = query }.Uri;
    }

    private async Task<DeliveryTry> TryAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var (begun, start) = (clock.GetUtcNow(), clock.GetTimestamp());
        using var patience = new CancellationTokenSource(options.Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        try
        {
            using var response = await client.SendAsync(request, either.Token);
            // UTF-8 whatever the server says, and a mark before it is no XML: WeChat refuses that.
            var body = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(either.Token));
            return Ended(response.StatusCode == HttpStatusCode.OK ? TryEnd.Answered : TryEnd.Refused, (int)response.StatusCode, body);
        }
        catch (HttpRequestException)
        {
            return Ended(TryEnd.Closed, 0, null);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return Ended(TryEnd.TimedOut, 0, null);
        }

        DeliveryTry Ended(TryEnd end, int status, string? body) => new(begun, clock.GetElapsedTime(start), end, status, body);
    }

    private sealed class PostContent : ByteArrayContent
    {
        private readonly Action? sent;

        public PostContent(byte[] body, Action? sent)
            : base(body)
        {
            this.sent = sent;
            Headers.TryAddWithoutValidation("Content-Type", "text/xml");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await base.SerializeToStreamAsync(stream, context, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            sent?.Invoke();
        }
    }
}
