using static DiffusionBot.Chat.Tests.WeChat.Api.ScriptedWeChat;

namespace DiffusionBot.Chat.Tests.WeChat.Api;

/// <summary>The token: shared, renewed in time, and renewed once where it is refused.</summary>
public sealed class TokenTests
{
    private static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Token(string token) => Json($$"""{"access_token":"{{token}}","expires_in":7200}""");

    private static bool Forced(Asked asked) => asked.Json.GetProperty("force_refresh").GetBoolean();

    [Fact]
    public async Task Two_hosts_share_one_token_and_many_calls_ask_once()
    {
        using var one = new ApiBench();
        var asked = new TaskCompletionSource();
        one.WeChat.On("stable_token", async (request, cancel) =>
        {
            await asked.Task.WaitAsync(cancel);
            return await Token("TOKEN-ONE-1")(request, cancel);
        }).On("message/custom/send", Ok);
        var calls = Enumerable.Range(0, 20).Select(_ => one.SendAsync()).ToArray();
        asked.SetResult();
        await Task.WhenAll(calls);
        Assert.Single(one.WeChat.To("stable_token"));

        using var two = new ApiBench(one.Clock, one.Notes);
        two.WeChat.On("message/custom/send", Ok);
        await two.SendAsync();
        Assert.Empty(two.WeChat.To("stable_token"));
        Assert.Equal("?access_token=TOKEN-ONE-1", two.WeChat.To("message/custom/send").Single().Query);
    }

    [Fact]
    public async Task It_is_asked_for_as_the_documentation_says()
    {
        using var bench = new ApiBench();
        bench.WeChat.On("message/custom/send", Ok);
        await bench.SendAsync();
        Assert.Equal($$"""{"grant_type":"client_credential","appid":"wx2c2769f8efd9abc2","secret":"{{ApiBench.Secret}}","force_refresh":false}""", bench.WeChat.To("stable_token").Single().Text);
        Assert.Equal("", bench.WeChat.To("stable_token").Single().Query);
    }

    [Fact]
    public async Task It_is_renewed_five_minutes_before_its_end_and_until_then_the_old_one_does()
    {
        using var bench = new ApiBench();
        bench.WeChat.On("stable_token", Token("TOKEN-ONE-1"), Code(50000), Token("TOKEN-TWO-2")).On("message/custom/send", Ok);
        await bench.SendAsync();
        bench.Clock.Advance(TimeSpan.FromSeconds(7200 - 301));
        await bench.SendAsync();
        Assert.Single(bench.WeChat.To("stable_token"));
        bench.Clock.Advance(TimeSpan.FromSeconds(2));
        await bench.SendAsync();   // WeChat gives none now, but the old one is good for five minutes
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        await bench.SendAsync();
        Assert.Equal(["?access_token=TOKEN-ONE-1", "?access_token=TOKEN-ONE-1", "?access_token=TOKEN-ONE-1", "?access_token=TOKEN-TWO-2"], bench.WeChat.To("message/custom/send").Select(r => r.Query));
    }

    [Theory]
    [InlineData(40001)]
    [InlineData(40014)]
    [InlineData(42001)]
    public async Task A_refused_token_is_renewed_once_and_the_call_made_again_once(int code)
    {
        using var bench = new ApiBench();
        bench.WeChat.On("stable_token", Token("TOKEN-ONE-1"), Token("TOKEN-TWO-2")).On("message/custom/send", Code(code), Ok);
        await bench.SendAsync();
        Assert.Equal(2, bench.WeChat.To("message/custom/send").Length);
        Assert.DoesNotContain(bench.WeChat.To("stable_token"), Forced);

        bench.WeChat.On("stable_token", Token("TOKEN-THREE-3")).On("message/custom/send", Code(code));
        var error = await bench.FailsAsync(_ => bench.SendAsync());
        Assert.Equal(code, error.Code);
        Assert.Contains("a new token was refused too", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, bench.WeChat.To("message/custom/send").Length);
        Assert.Equal(3, bench.WeChat.To("stable_token").Length);
    }

    [Fact]
    public async Task Another_hosts_newer_token_is_used()
    {
        using var one = new ApiBench();
        one.WeChat.On("message/custom/send", Ok);
        await one.SendAsync();
        await one.Notes.SetAsync("wechat/token/wx2c2769f8efd9abc2", $"{one.Clock.GetUtcNow().AddHours(2).ToUnixTimeSeconds()} TOKEN-OTHER", TimeSpan.FromHours(2), CancellationToken.None);
        one.WeChat.On("message/custom/send", Code(40001), Ok);
        await one.SendAsync();
        Assert.Equal("?access_token=TOKEN-OTHER", one.WeChat.To("message/custom/send")[^1].Query);
        Assert.Single(one.WeChat.To("stable_token"));
    }

    [Fact]
    public async Task The_same_token_again_is_forced_away_once_in_30_s_and_20_times_a_day_for_all_hosts()
    {
        using var one = new ApiBench();
        using var two = new ApiBench(one.Clock, one.Notes);
        var given = 0;
        // Each is refused, and stable_token repeats it until it is forced.
        foreach (var wechat in new[] { one.WeChat, two.WeChat })
        {
            wechat.On("stable_token", async (request, cancel) => await Token($"TOKEN-{((await request.Content!.ReadAsStringAsync(cancel)).Contains("true", StringComparison.Ordinal) ? ++given : given)}")(request, cancel))
                .On("message/custom/send", Code(40001));
        }
        await one.FailsAsync(_ => one.SendAsync());
        Assert.Equal(1, given);
        var wait = (await one.FailsAsync(_ => one.SendAsync())).RetryAfter;
        Assert.InRange(wait!.Value, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30));
        Assert.Equal(1, given);
        for (var i = 0; i < 60; i++)
        {
            one.Clock.Advance(TimeSpan.FromSeconds(31));
            await (i % 2 == 0 ? two : one).FailsAsync(api => api.SendTextAsync("o", "x", CancellationToken.None));
        }
        Assert.Equal(20, given);
        one.Clock.Advance(TimeSpan.FromHours(13));
        // One of them had the newest.
        await one.FailsAsync(_ => one.SendAsync());
        await two.FailsAsync(_ => two.SendAsync());
        Assert.Equal(21, given);
    }

    [Theory]
    [InlineData("""{"access_token":"","expires_in":7200}""")]
    [InlineData("""{"access_token":7,"expires_in":7200}""")]
    [InlineData("""{"access_token":"a b","expires_in":7200}""")]
    [InlineData("""{"access_token":"a","expires_in":"7200"}""")]
    [InlineData("""{"access_token":"a","expires_in":-1}""")]
    [InlineData("""{}""")]
    public async Task What_is_no_token_is_none(string answer)
    {
        using var bench = new ApiBench();
        bench.WeChat.On("stable_token", Json(answer));
        Assert.Equal(0, (await bench.FailsAsync(_ => bench.SendAsync())).Code);
    }

    [Fact]
    public async Task A_machine_that_is_not_in_the_whitelist_is_told_once_an_hour_where_to_put_it()
    {
        using var bench = new ApiBench();
        bench.WeChat.On("stable_token", Code(40164, "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 5"));
        for (var i = 0; i < 3; i++) Assert.Equal(40164, (await bench.FailsAsync(_ => bench.SendAsync())).Code);
        var line = Assert.Single(bench.Log);
        Assert.Contains("1.2.3.4", line, StringComparison.Ordinal);
        Assert.Contains("IP白名单", line, StringComparison.Ordinal);
    }
}
