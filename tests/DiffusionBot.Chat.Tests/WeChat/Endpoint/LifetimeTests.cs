using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DiffusionBot.Chat.Tests.WeChat.Wire;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.Tests.WeChat.Endpoint;

/// <summary>Calls that end otherwise than by an answer: too large, too slow, silent, hung up.</summary>
public sealed class LifetimeTests : IAsyncLifetime
{
    private static readonly SignedPost Post = SignedPost.Of(WeChatMode.Secure, SignedPost.Text);

    private EndpointHost host = null!;

    public async ValueTask InitializeAsync() => host = await EndpointHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_length_that_is_too_much_is_turned_away_unread()
    {
        await using var client = await ConnectAsync("Content-Length: 10000000\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", await ReadToEndAsync(client), StringComparison.Ordinal);
        Assert.Equal(0, host.Taken.Count);
        Assert.Empty(host.Desk.Calls);
    }

    [Fact]
    public async Task Of_ten_megabytes_without_a_length_no_more_is_read_than_a_message_may_have()
    {
        await using var client = await ConnectAsync("Transfer-Encoding: chunked\r\n");
        var piece = Encoding.ASCII.GetBytes($"4000\r\n{new string('x', 0x4000)}\r\n");
        var sent = 0;
        try
        {
            for (; sent < 10_000_000; sent += 0x4000) await client.WriteAsync(piece, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // Hung up on.
        }
        // The connection ends with the refusal, or was reset on top of it.
        var answer = await ReadToEndAsync(client);
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 413 ", StringComparison.Ordinal), answer);
        // None, where the server saw the end before the endpoint saw the beginning.
        await host.Taken.BegunAsync;
        Assert.InRange(host.Taken.Count, 0, WeChatEndpointBody.Most + 0x4000);
        Assert.Empty(host.Desk.Calls);
        Assert.Empty(host.Log.Warnings);
    }

    [Theory]
    [InlineData(WeChatEndpointBody.Most, HttpStatusCode.OK)]
    [InlineData(WeChatEndpointBody.Most + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task The_largest_body_is_read(int length, HttpStatusCode expected)
    {
        foreach (var isChunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/wechat/Plaintext{Post.QueryString}") { Content = new ByteArrayContent(new byte[length]) };
            request.Headers.TransferEncodingChunked = isChunked;
            using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_body_that_trickles_in_is_given_up()
    {
        await using var client = await ConnectAsync("Content-Length: 100\r\n");
        await client.WriteAsync("<"u8.ToArray(), TestContext.Current.CancellationToken);
        await host.Taken.BegunAsync;
        host.Clock.Advance(TimeSpan.FromSeconds(4.5));
        Assert.Empty(await ReadToEndAsync(client));
        Assert.Empty(host.Log.Warnings);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n", "<xml>")]
    [InlineData("Transfer-Encoding: chunked\r\n", "zz\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\n")]
    public async Task A_body_that_is_none_leaves_no_trace(string header, string body)
    {
        await using var client = await ConnectAsync(header);
        await client.WriteAsync(Encoding.ASCII.GetBytes(body), TestContext.Current.CancellationToken);
        await host.Taken.BegunAsync;
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.DoesNotContain(" 200 ", await ReadToEndAsync(client), StringComparison.Ordinal);
        Assert.Empty(host.Desk.Calls);
        Assert.Empty(host.Log.Warnings);
    }

    [Fact]
    public async Task Silence_lasts_until_nobody_can_be_listening_any_more()
    {
        host.Desk.Answer = (_, _) => Task.FromResult(new WeChatAnswer(new PassiveReply.Text("never")) { IsSilent = true });
        var call = host.PostAsync(WeChatMode.Secure, Post);
        await host.Desk.AskedAsync;
        host.Clock.Advance(TimeSpan.FromSeconds(5.4));
        Assert.Empty(host.Desk.Written);
        Assert.False(call.IsCompleted);
        host.Clock.Advance(TimeSpan.FromSeconds(0.1));
        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.False(await host.Desk.WrittenAsync);
        Assert.Single(host.Desk.Written);
        Assert.Empty(host.Log.Warnings);
    }

    [Fact]
    public async Task Silence_ends_when_wechat_hangs_up()
    {
        host.Desk.Answer = (_, _) => Task.FromResult(new WeChatAnswer((PassiveReply?)null) { IsSilent = true });
        await HangUpAsync();
        Assert.False(await host.Desk.WrittenAsync);
        Assert.Empty(host.Log.Warnings);
    }

    [Fact]
    public async Task A_desk_is_told_that_wechat_hung_up()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Desk.Answer = async (_, hungUp) =>
        {
            using var registration = hungUp.Register(told.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, hungUp);
            return WeChatAnswer.Success;
        };
        await HangUpAsync();
        await told.Task.WaitAsync(TestContext.Current.CancellationToken);
        await host.DisposeAsync();
        Assert.Empty(host.Log.Warnings);
        Assert.Empty(host.Desk.Written);
        await InitializeAsync();
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_is_told_so()
    {
        host.Desk.Answer = async (_, hungUp) =>
        {
            var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = hungUp.Register(gone.SetResult);
            await gone.Task;
            return new WeChatAnswer(new PassiveReply.Text("late"));
        };
        await HangUpAsync();
        Assert.False(await host.Desk.WrittenAsync);
        Assert.Single(host.Desk.Written);
        Assert.Empty(host.Log.Warnings);
    }

    [Fact]
    public async Task A_desk_that_never_ends_is_told_to()
    {
        host.Desk.Answer = async (_, hungUp) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, hungUp);
            return WeChatAnswer.Success;
        };
        var call = host.PostAsync(WeChatMode.Secure, Post);
        await host.Desk.AskedAsync;
        host.Clock.Advance(TimeSpan.FromSeconds(5.5));
        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.Empty(host.Log.Warnings);
    }

    private async Task HangUpAsync()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var call = host.PostAsync(WeChatMode.Secure, Post, cancel.Token);
        await host.Desk.AskedAsync;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    /// <summary>Sends a head that is signed, and waits for no answer.</summary>
    private async Task<NetworkStream> ConnectAsync(string header)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, host.Address.Port, TestContext.Current.CancellationToken);
        var client = new NetworkStream(socket, ownsSocket: true);
        var head = string.Create(CultureInfo.InvariantCulture, $"POST /wechat/Secure{Post.QueryString} HTTP/1.1\r\nHost: a\r\n{header}\r\n");
        await client.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>What comes until the connection ends, however it does.</summary>
    private static async Task<string> ReadToEndAsync(NetworkStream client)
    {
        var (text, piece) = (new StringBuilder(), new byte[4096]);
        try
        {
            while (await client.ReadAsync(piece, TestContext.Current.CancellationToken) is > 0 and var count) text.Append(Encoding.ASCII.GetString(piece, 0, count));
        }
        catch (IOException)
        {
            // Reset: that is an end, too.
        }
        return text.ToString();
    }
}
