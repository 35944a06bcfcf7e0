using DiffusionBot.FakeWeChat;
using DiffusionBot.FakeWeChat.Users;
using DiffusionBot.FakeWeChat.Wire;

namespace DiffusionBot.Chat.Tests.WeChat.Fake;

/// <summary>How the fake brings messages, and what it makes of answers.</summary>
public sealed class FakeDeliveryTests
{
    private const string Open = "oUser1";

    private static readonly TimeSpan patience = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Three_tries_of_five_seconds_with_the_same_message_then_unavailable()
    {
        await using var bot = await StubBot.StartAsync();
        bot.Answer = _ => null;
        var user = bot.Account.User(Open);
        var says = user.SaysAsync("画猫");
        var posts = new List<(string Query, string Body)>();
        for (var i = 0; i < 3; i++)
        {
            posts.Add(await bot.CameAsync());
            bot.Clock.Advance(patience);
        }
        var delivery = await says;
        Assert.Equal(Outcome.Unavailable, delivery.Outcome);
        Assert.All(delivery.Tries, made => Assert.Equal((TryEnd.TimedOut, patience), (made.End, made.Latency)));
        Assert.Equal(3, delivery.Tries.Count);
        Assert.Single(posts.Select(post => post.Body).Distinct());
        Assert.Equal(3, posts.Select(post => post.Query).Distinct().Count());
        Assert.IsType<SeenUnavailable>(await user.SeesAsync(cancel: TestContext.Current.CancellationToken));
        Assert.Empty(bot.Platform.Violations);
    }

    [Fact]
    public async Task An_answer_to_the_third_try_is_shown()
    {
        await using var bot = await StubBot.StartAsync();
        var count = 0;
        bot.Answer = _ => ++count < 3 ? null : bot.Text(Open, """好 <a href="weixin://bizmsgmenu?msgmenucontent=%E5%8F%96%201&msgmenuid=7">取</a>""");
        var user = bot.Account.User(Open);
        var says = user.SaysAsync("画猫");
        for (var i = 0; i < 3; i++)
        {
            await bot.CameAsync();
            if (i < 2) bot.Clock.Advance(patience);
        }
        Assert.Equal([TryEnd.TimedOut, TryEnd.TimedOut, TryEnd.Answered], (await says).Tries.Select(t => t.End));
        var seen = await user.SeesAsync<SeenText>(cancel: TestContext.Current.CancellationToken);
        Assert.Equal(("好 取", "取"), (seen.Shown, seen.Links.Single().Text));
        var tap = await user.TapsLinkAsync("取");
        Assert.Contains("<Content><![CDATA[取 1]]></Content>", tap.Message, StringComparison.Ordinal);
        Assert.Contains("<bizmsgmenuid>7</bizmsgmenuid>", tap.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FakeMode.Plaintext)]
    [InlineData(FakeMode.Compatible)]
    [InlineData(FakeMode.Secure)]
    public async Task Each_mode_has_its_form(FakeMode mode)
    {
        await using var bot = await StubBot.StartAsync(account: new FakeAccount { Name = "stub", Mode = mode });
        var cipher = new PushCipher(bot.Account.EncodingAesKey, bot.Account.AppId);
        bot.Answer = _ => mode == FakeMode.Plaintext ? bot.Text(Open, "好") : Sealed(bot, cipher.Encrypt(bot.Text(Open, "好")));
        Assert.True((await bot.Account.VerifyAsync()).IsRight);
        var delivery = await bot.Account.User(Open).SaysAsync("你好]]>");
        var (query, body) = await bot.CameAsync();
        Assert.Equal(mode != FakeMode.Plaintext, query.Contains("&encrypt_type=aes&msg_signature=", StringComparison.Ordinal));
        Assert.Contains($"&openid={Open}", query, StringComparison.Ordinal);
        Assert.Equal(mode != FakeMode.Secure, body.Contains("你好", StringComparison.Ordinal));
        Assert.Equal(mode != FakeMode.Plaintext, body.Contains("<Encrypt>", StringComparison.Ordinal));
        Assert.Equal("好", Assert.IsType<SeenText>(delivery.Reply).Text);
        Assert.Empty(bot.Platform.Violations);
    }

    [Theory]
    [InlineData("{\"errcode\":0}", "no XML")]
    [InlineData("<xml><Encrypt>x</Encrypt></xml>", "plaintext mode")]
    [InlineData("<xml><ToUserName>oOther</ToUserName></xml>", "ToUserName is \"oOther\"")]
    [InlineData("<xml><ToUserName>oUser1</ToUserName><FromUserName>oUser1</FromUserName></xml>", "FromUserName")]
    [InlineData("<!DOCTYPE xml><xml/>", "no XML")]
    [InlineData("\uFEFF<xml/>", "no XML")]
    [InlineData(" success", "no XML")]
    public async Task Garbage_is_shown_as_unavailable_at_once_and_told(string answer, string told)
    {
        await using var bot = await StubBot.StartAsync();
        bot.Answer = _ => answer;
        var delivery = await bot.Account.User(Open).SaysAsync("x");
        Assert.Equal((Outcome.Unavailable, 1), (delivery.Outcome, delivery.Tries.Count));
        Assert.Contains(told, Assert.Single(bot.Platform.Violations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_of_replies_hold_to_the_byte()
    {
        await using var bot = await StubBot.StartAsync();
        var user = bot.Account.User(Open);
        const string Item = "<item><Title>t</Title><Description>d</Description><PicUrl>http://d.example/p.jpg</PicUrl><Url>http://d.example/u</Url></item>";
        await AssertAsync(bot.Text(Open, new string('猫', 682) + "ab"), Outcome.Reply);
        await AssertAsync(bot.Text(Open, new string('猫', 683)), Outcome.Unavailable);
        await AssertAsync(bot.Text(Open, ""), Outcome.Unavailable);
        await AssertAsync(bot.Reply(Open, $"<MsgType>news</MsgType><ArticleCount>1</ArticleCount><Articles>{Item}</Articles>"), Outcome.Reply);
        await AssertAsync(bot.Reply(Open, $"<MsgType>news</MsgType><ArticleCount>2</ArticleCount><Articles>{Item}{Item}</Articles>"), Outcome.Unavailable);
        await AssertAsync(bot.Reply(Open, "<MsgType>image</MsgType><Image><MediaId>none</MediaId></Image>"), Outcome.Unavailable);
        await AssertAsync(bot.Text(Open, "x").Replace("<CreateTime>", "<CreateTime>000", StringComparison.Ordinal), Outcome.Reply);
        await AssertAsync(bot.Text(Open, "x").Replace("</CreateTime>", "000</CreateTime>", StringComparison.Ordinal), Outcome.Unavailable);

        bot.Answer = _ => bot.Reply(Open, $"<MsgType>news</MsgType><ArticleCount>2</ArticleCount><Articles>{Item}{Item}</Articles>");
        Assert.Equal(Outcome.Reply, (await user.TapsMenuAsync("k")).Outcome);   // events may have eight

        async Task AssertAsync(string answer, Outcome expected)
        {
            bot.Answer = _ => answer;
            Assert.Equal(expected, (await user.SaysAsync("x")).Outcome);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answered_message_can_be_repeated_and_is_shown_once(bool atOnce)
    {
        await using var bot = await StubBot.StartAsync();
        bot.Answer = _ => bot.Text(Open, "好");
        bot.Account.RepeatDelivery(4, atOnce);
        var delivery = await bot.Account.User(Open).SaysAsync("x");
        Assert.Equal(4, delivery.Tries.Count);
        Assert.Single(bot.Account.User(Open).Seen);
    }

    [Fact]
    public async Task Messages_of_a_user_go_out_in_order_without_waiting_for_answers()
    {
        await using var bot = await StubBot.StartAsync();
        bot.Answer = body => body.Contains("first", StringComparison.Ordinal) ? null : "success";
        var user = bot.Account.User(Open);
        var first = user.SaysAsync("first");
        var second = await user.SaysAsync("second");
        Assert.Equal(Outcome.Nothing, second.Outcome);
        Assert.False(first.IsCompleted);
        Assert.Contains("first", (await bot.CameAsync()).Body + (await bot.CameAsync()).Body, StringComparison.Ordinal);
        bot.Answer = _ => "";
        bot.Clock.Advance(patience);
        Assert.Equal([TryEnd.TimedOut, TryEnd.Answered], (await first).Tries.Select(t => t.End));
    }

    [Fact]
    public async Task Tries_that_fail_at_once_can_be_spaced()
    {
        await using var bot = await StubBot.StartAsync(new FakePlatformOptions { SpacesTries = true });
        var right = bot.Account.Callback;
        bot.Account.Callback = new Uri("http://127.0.0.1:1/nobody");
        var says = bot.Account.User(Open).SaysAsync("x");
        Assert.Equal(patience, await bot.Clock.SetAsync());
        Assert.Equal(patience, await bot.Clock.SetAsync());   // nobody listened: the pause
        bot.Account.Callback = right;
        bot.Clock.Advance(patience);
        Assert.Equal([TryEnd.Closed, TryEnd.Answered], (await says).Tries.Select(t => t.End));
    }

    [Fact]
    public async Task Raw_posts_can_be_signed_around_anything()
    {
        await using var bot = await StubBot.StartAsync(account: new FakeAccount { Name = "stub", Mode = FakeMode.Secure });
        var post = bot.Account.Sign("<xml><odd/></xml>");
        var made = await bot.Account.RawPostAsync(post.Query, post.Body);
        Assert.Equal((TryEnd.Answered, "success"), (made.End, made.Body));
        Assert.Equal(post.Text, (await bot.CameAsync()).Body);
    }

    private static string Sealed(StubBot bot, string encrypted)
    {
        var (timestamp, nonce) = (bot.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(), "n1");
        return $"<xml><Encrypt>{encrypted}</Encrypt><MsgSignature>{PostSigner.Signature(bot.Account.Token, timestamp, nonce, encrypted)}</MsgSignature><TimeStamp>{timestamp}</TimeStamp><Nonce>{nonce}</Nonce></xml>";
    }
}
