using DiffusionBot.Chat.Fetching;
using DiffusionBot.Chat.WeChat.Api;
using DiffusionBot.Chat.WeChat.Wire;
using static DiffusionBot.Chat.Tests.WeChat.Api.ScriptedWeChat;

namespace DiffusionBot.Chat.Tests.WeChat.Api;

/// <summary>Calls: what leaves, what is tried again, and what hostile answers end in.</summary>
public sealed class CallTests
{
    private const string Send = "message/custom/send", Typing = "message/custom/typing";

    [Fact]
    public async Task Nothing_leaves_with_an_escape_that_wechat_refuses()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Send, Ok);
        var text = "一只猫 \"🐱\" 👨‍👩‍👧 <a href='x'>&+é\u2028\u2029\u00a0\ue000\u007f\\ \t\r\n\b\f 𠮷 \U0010fffd";
        await bench.SendAsync(text + "\u0001\ud83d");
        var body = bench.WeChat.To(Send).Single();
        Assert.DoesNotContain("\\u", body.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(text + "\ufffd", body.Json.GetProperty("text").GetProperty("content").GetString());
        Assert.Equal("oUser", body.Json.GetProperty("touser").GetString());
        Assert.Equal("text", body.Json.GetProperty("msgtype").GetString());
    }

    [Fact]
    public async Task Pictures_and_cards_have_their_form()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Send, Ok);
        await bench.Api.SendImageAsync("oUser", "M1", TestContext.Current.CancellationToken);
        await bench.Api.SendNewsAsync("oUser", new NewsArticle("猫", "说明", new Uri("https://d.example/p.jpg"), new Uri("https://d.example/p?a=1&b=2")), TestContext.Current.CancellationToken);
        Assert.Equal(
            ["""{"touser":"oUser","msgtype":"image","image":{"media_id":"M1"}}""",
             """{"touser":"oUser","msgtype":"news","news":{"articles":[{"title":"猫","description":"说明","url":"https://d.example/p?a=1&b=2","picurl":"https://d.example/p.jpg"}]}}"""],
            bench.WeChat.To(Send).Select(r => r.Text));
    }

    [Fact]
    public async Task Typing_too_late_or_again_is_no_error()
    {
        using var bench = new ApiBench();
        bench.WeChat.On("message/custom/typing", Code(45080), Code(45081), Ok, Code(40003));
        for (var i = 0; i < 3; i++) await bench.Api.ShowTypingAsync("o", TestContext.Current.CancellationToken);
        Assert.Equal(40003, (await bench.FailsAsync(api => api.ShowTypingAsync("o", CancellationToken.None))).Code);
        Assert.Equal("""{"touser":"o","command":"Typing"}""", bench.WeChat.To("message/custom/typing")[0].Text);
    }

    [Fact]
    public async Task A_refusal_says_account_call_code_and_rid_and_is_not_tried_again()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Send, Code(45047, $"out of response count limit {ApiBench.Secret} TOKEN-ONE-1 rid: 65-ab"));
        var error = await bench.FailsAsync(_ => bench.SendAsync());
        Assert.Equal("WeChat account \"main\": message/custom/send: 45047 out of response count limit *** *** rid: 65-ab.", error.Message);
        Assert.Single(bench.WeChat.To(Send));
    }

    [Fact]
    public async Task Busy_is_asked_three_times_in_all_at_the_same_host()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Send, Code(-1), Code(-1), Ok);
        await bench.SendAsync();
        bench.WeChat.On(Send, Code(-1));
        Assert.Equal(-1, (await bench.FailsAsync(_ => bench.SendAsync())).Code);
        Assert.Equal(6, bench.WeChat.To(Send).Length);
        Assert.All(bench.WeChat.To(Send), asked => Assert.Equal("api.weixin.qq.com", asked.Host));
    }

    [Fact]
    public async Task A_host_that_fails_is_left_for_five_minutes()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Typing, Refused, Status(502), Ok);
        await bench.TypeAsync();
        await bench.TypeAsync();
        bench.Clock.Advance(TimeSpan.FromMinutes(6));
        await bench.TypeAsync();
        Assert.Equal(["api.weixin.qq.com", "api2.weixin.qq.com", "sh.api.weixin.qq.com", "sh.api.weixin.qq.com", "api.weixin.qq.com"], bench.WeChat.To(Typing).Select(r => r.Host));
    }

    [Fact]
    public async Task Silence_ends_each_try()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Typing, Silent(bench.Clock));
        var error = await bench.FailsAsync(_ => bench.TypeAsync());
        Assert.Equal(0, error.Code);
        Assert.Contains("within 10 s", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, bench.WeChat.To(Typing).Length);
    }

    [Fact]
    public async Task What_users_see_is_not_sent_again_once_it_may_have_arrived()
    {
        using var bench = new ApiBench();
        foreach (var lost in new[] { Silent(bench.Clock), Status(502), Json("<html>") })
        {
            bench.WeChat.On(Send, lost);
            Assert.True((await bench.FailsAsync(_ => bench.SendAsync())).MayBeDone);
        }
        Assert.Equal(3, bench.WeChat.To(Send).Length);
        // Where no connection came to be, it has not.
        bench.WeChat.On(Send, Refused, Ok);
        await bench.SendAsync();
        bench.WeChat.On(Send, Refused);
        Assert.False((await bench.FailsAsync(_ => bench.SendAsync())).MayBeDone);
        bench.WeChat.On(Send, Code(45015));
        Assert.False((await bench.FailsAsync(_ => bench.SendAsync())).MayBeDone);
    }

    [Fact]
    public async Task Who_asks_may_leave()
    {
        using var bench = new ApiBench();
        using var leaving = new CancellationTokenSource();
        bench.WeChat.On(Send, async (_, cancel) =>
        {
            await leaving.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancel);
            return new HttpResponseMessage();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Api.SendTextAsync("o", "x", leaving.Token));
        Assert.Single(bench.WeChat.To(Send));
    }

    public static TheoryData<string> OddAnswers => new(
        "", "ok", "<html>", "[]", "null", "7", """{"errcode":"x"}""", """{"errcode":1e99}""", """{"errcode":{}}""", """{"errcode":0""", "{\"errmsg\":\"\xff\"",
        new string('[', 100_000), string.Concat(Enumerable.Repeat("{\"a\":", 5000)), new string(' ', (1 << 20) + 1));

    [Theory]
    [MemberData(nameof(OddAnswers), DisableDiscoveryEnumeration = true)]
    public async Task What_is_no_answer_is_an_error(string answer)
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Send, Json(answer));
        Assert.Equal(0, (await bench.FailsAsync(_ => bench.SendAsync())).Code);
        Assert.Single(bench.WeChat.To(Send));
    }

    [Fact]
    public async Task An_endless_answer_is_left_after_a_megabyte()
    {
        using var bench = new ApiBench();
        var endless = new EndlessStream();
        bench.WeChat.On(Send, Body(endless));
        Assert.Contains("more than 1048576 bytes", (await bench.FailsAsync(_ => bench.SendAsync())).Message, StringComparison.Ordinal);
        Assert.InRange(endless.Given, 1 << 20, 2 << 20);
    }

    [Fact]
    public async Task A_lone_half_of_a_pair_and_other_statuses_are_told()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Send, Json("""{"errcode":45002,"errmsg":"\ud83d"}"""), Status(302), Status(404));
        Assert.Equal(45002, (await bench.FailsAsync(_ => bench.SendAsync())).Code);
        Assert.Contains("HTTP 302", (await bench.FailsAsync(_ => bench.SendAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("HTTP 404", (await bench.FailsAsync(_ => bench.SendAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_cookies_no_redirects_and_a_limit_for_connecting()
    {
        using var network = Network.NewHandler();
        Assert.False(network.UseCookies);
        Assert.False(network.AllowAutoRedirect);
        Assert.True(network.ConnectTimeout <= TimeSpan.FromSeconds(10));
    }
}

/// <summary>Gives spaces for ever.</summary>
internal sealed class EndlessStream : MemoryStream
{
    public long Given { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer.Span.Fill((byte)' ');
        Given += buffer.Length;
        return ValueTask.FromResult(buffer.Length);
    }
}
