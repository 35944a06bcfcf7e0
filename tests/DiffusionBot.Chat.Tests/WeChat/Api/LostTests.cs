using System.Net.Sockets;
using DiffusionBot.Chat.Fetching;
using DiffusionBot.Chat.WeChat.Api;
using static DiffusionBot.Chat.Tests.WeChat.Api.ScriptedWeChat;

namespace DiffusionBot.Chat.Tests.WeChat.Api;

/// <summary>What nothing is known of: whether a message was shown, and what a stranger says instead of an answer.</summary>
public sealed class LostTests
{
    private const string Send = "message/custom/send", Typing = "message/custom/typing";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_for_which_there_was_no_token_was_not_shown()
    {
        using var bench = new ApiBench();
        bench.WeChat.On("stable_token", Status(502));
        Assert.False((await bench.FailsAsync(_ => bench.SendAsync())).MayBeDone);
        Assert.Empty(bench.WeChat.To(Send));
    }

    [Fact]
    public async Task An_upload_that_was_lost_shows_nothing()
    {
        using var bench = new ApiBench();
        bench.WeChat.On("media/upload", Status(502));
        Assert.False((await bench.FailsAsync(api => api.UploadImageAsync(new byte[] { 1 }, "a.jpg", Cancel))).MayBeDone);
    }

    [Fact]
    public async Task A_host_that_takes_no_connection_in_time_was_sent_nothing()
    {
        using var network = Network.NewHandler();
        network.ConnectTimeout = TimeSpan.FromMilliseconds(50);
        network.ConnectCallback = async (_, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            throw new SocketException();
        };
        using var http = new HttpMessageInvoker(network, disposeHandler: false);
        using var bench = new ApiBench(network: new TokenThen(http));
        Assert.False((await bench.FailsAsync(_ => bench.SendAsync())).MayBeDone);
    }

    [Fact]
    public async Task Another_token_is_asked_for_once_even_where_the_answer_is_lost()
    {
        using var bench = new ApiBench();
        var forced = 0;
        bench.WeChat.On(Send, Code(40001)).On("stable_token", async (request, cancel) =>
        {
            var another = (await request.Content!.ReadAsStringAsync(cancel)).Contains("true", StringComparison.Ordinal);
            if (another) forced++;
            return await (another ? Status(502) : Json("""{"access_token":"TOKEN-ONE-1","expires_in":7200}"""))(request, cancel);
        });
        await bench.FailsAsync(_ => bench.SendAsync());
        Assert.Equal(1, forced);
    }

    [Theory]
    [InlineData("""{"\ud83dabcdefgh":1}""")]
    [InlineData("""{"errcode":0,"\ud83dabcdefgh":1}""")]
    public async Task Half_a_pair_in_a_name_is_an_error_or_nothing(string answer)
    {
        using var bench = new ApiBench();
        bench.WeChat.On("media/upload", Json(answer));
        Assert.Equal(0, (await bench.FailsAsync(api => api.UploadImageAsync(new byte[] { 1 }, "a.jpg", Cancel))).Code);
    }

    [Fact]
    public async Task What_a_broken_host_says_is_clean_in_the_log()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Typing, (_, _) => throw new HttpRequestException("invalid status line: TOKEN-ONE-1\r\nforged \u001b[31m"), Ok);
        await bench.TypeAsync();
        Assert.DoesNotContain(Assert.Single(bench.Log), char.IsControl);
    }

    [Fact]
    public async Task A_busy_WeChat_does_not_open_what_is_used_up()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Send, Code(45009), Code(-1));
        await bench.FailsAsync(_ => bench.SendAsync());
        bench.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(-1, (await bench.FailsAsync(_ => bench.SendAsync())).Code);
        Assert.Equal(45009, (await bench.FailsAsync(_ => bench.SendAsync())).Code);
        Assert.Equal(4, bench.WeChat.To(Send).Length);
    }

    [Fact]
    public void A_token_says_nothing_of_itself() => Assert.DoesNotContain("TOKEN", new ApiToken("TOKEN-ONE-1", DateTimeOffset.UnixEpoch).ToString(), StringComparison.Ordinal);

    // The token at once, everything else through the network.
    private sealed class TokenThen(HttpMessageInvoker network) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.AbsolutePath.EndsWith("stable_token", StringComparison.Ordinal)
                ? Json("""{"access_token":"TOKEN-ONE-1","expires_in":7200}""")(request, cancellationToken)
                : network.SendAsync(request, cancellationToken);
    }
}
