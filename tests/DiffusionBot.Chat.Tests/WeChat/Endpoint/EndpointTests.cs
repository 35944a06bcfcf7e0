using System.Net;
using System.Xml.Linq;
using DiffusionBot.Chat.Tests.WeChat.Wire;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Tests.WeChat.Endpoint;

/// <summary>What comes to the address and what is answered.</summary>
public sealed class EndpointTests : IAsyncLifetime
{
    private EndpointHost host = null!;

    public async ValueTask InitializeAsync() => host = await EndpointHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData(WeChatMode.Plaintext)]
    [InlineData(WeChatMode.Compatible)]
    [InlineData(WeChatMode.Secure)]
    public async Task The_console_checks_the_address(WeChatMode mode)
    {
        var cancel = TestContext.Current.CancellationToken;
        var query = SignedPost.Plain([]).QueryString;
        using var right = await host.Client.GetAsync($"/wechat/{mode}{query}&echostr=4375%3Cb%3E", cancel);
        Assert.Equal("4375<b>", await right.Content.ReadAsStringAsync(cancel));
        Assert.Equal("text/plain", right.Content.Headers.ContentType!.MediaType);
        foreach (var wrong in new[] { "", query, $"{query}&echostr=", $"{query}&echostr={new string('1', 257)}", $"{query.Replace("signature=", "signature=0", StringComparison.Ordinal)}&echostr=1", $"{query}&nonce=1&echostr=1" })
        {
            using var response = await host.Client.GetAsync($"/wechat/{mode}{wrong}", cancel);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Empty(await response.Content.ReadAsStringAsync(cancel));
        }
        using var unknown = await host.Client.GetAsync($"/wechat/nobody{query}&echostr=1", cancel);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData(WeChatMode.Plaintext)]
    [InlineData(WeChatMode.Compatible)]
    [InlineData(WeChatMode.Secure)]
    public async Task A_message_is_answered(WeChatMode mode)
    {
        using var response = await host.PostAsync(mode, SignedPost.Of(mode, SignedPost.Text));
        Assert.Equal("text/xml; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var answer = XElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        if (mode != WeChatMode.Plaintext)
        {
            Assert.Equal(SignedPost.Nonce, answer.Element("Nonce")!.Value);
            answer = XElement.Parse(new WeChatCipher(SignedPost.Key, SignedPost.AppId).Decrypt(answer.Element("Encrypt")!.Value));
        }
        Assert.Equal(("oUser-1", "gh_1", "好的"), (answer.Element("ToUserName")!.Value, answer.Element("FromUserName")!.Value, answer.Element("Content")!.Value));
        var (account, message) = Assert.Single(host.Desk.Calls);
        Assert.Equal((mode.ToString(), "红苹果 ]]> &amp;"), (account, message.Content));
        Assert.True(await host.Desk.WrittenAsync);
        Assert.Single(host.Desk.Written);
    }

    [Fact]
    public async Task The_name_in_the_options_counts_and_success_is_plain()
    {
        host.Desk.Answer = (_, _) => Task.FromResult(WeChatAnswer.Success);
        var post = SignedPost.Of(WeChatMode.Secure, SignedPost.Text);
        using var response = await host.Client.PostAsync($"/wechat/sECURE{post.QueryString}", new ByteArrayContent(post.Body), TestContext.Current.CancellationToken);
        Assert.Equal("success", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("Secure", Assert.Single(host.Desk.Calls).Account);
        Assert.True(await host.Desk.WrittenAsync);
    }

    [Theory]
    [InlineData(WeChatMode.Plaintext)]
    [InlineData(WeChatMode.Compatible)]
    [InlineData(WeChatMode.Secure)]
    public async Task What_is_forged_or_old_is_no_work(WeChatMode mode)
    {
        var post = SignedPost.Of(mode, SignedPost.Text);
        await RefusedAsync(post with { Query = post.Query with { Nonce = "1" } });
        await RefusedAsync(post with { Query = post.Query with { Signature = null, MsgSignature = null } });
        await RefusedAsync(post with { Query = post.Query with { Timestamp = "soon" } });
        var taken = host.Taken.Count;
        await RefusedAsync(SignedPost.Of(mode, SignedPost.Text, SignedPost.Now - 301));
        await RefusedAsync(SignedPost.Of(mode, SignedPost.Text, SignedPost.Now + 301));
        Assert.Equal(taken, host.Taken.Count);
        Assert.Equal(HttpStatusCode.OK, (await host.SayAsync(mode, SignedPost.Of(mode, SignedPost.Text, SignedPost.Now - 300))).Status);
        Assert.Single(host.Desk.Calls);
        Assert.Empty(host.Log.Warnings);

        async Task RefusedAsync(SignedPost forged)
        {
            Assert.Equal((HttpStatusCode.Unauthorized, ""), await host.SayAsync(mode, forged));
            Assert.Empty(host.Desk.Calls);
        }
    }

    [Fact]
    public async Task A_used_signature_is_good_for_the_same_body_only()
    {
        var post = SignedPost.Of(WeChatMode.Plaintext, SignedPost.Text);
        Assert.Equal(HttpStatusCode.OK, (await host.SayAsync(WeChatMode.Plaintext, post)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SayAsync(WeChatMode.Plaintext, post)).Status);
        var other = SignedPost.Of(WeChatMode.Plaintext, SignedPost.Text.Replace("oUser-1", "oOther", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.Unauthorized, ""), await host.SayAsync(WeChatMode.Plaintext, other));
        Assert.Equal(["oUser-1", "oUser-1"], host.Desk.Calls.Select(call => call.Message.FromUserName));
    }

    [Fact]
    public async Task What_is_signed_and_odd_is_said_yes_to_and_logged_once()
    {
        foreach (var (mode, post) in new[]
        {
            (WeChatMode.Secure, SignedPost.Encrypted("no base64!")),
            (WeChatMode.Secure, SignedPost.Encrypted(new WeChatCipher(SignedPost.Key, "wxother").Encrypt(SignedPost.Text, new byte[16]))),
            (WeChatMode.Secure, SignedPost.Of(WeChatMode.Secure, "<xml/>")),
            (WeChatMode.Secure, SignedPost.Of(WeChatMode.Plaintext, SignedPost.Text)),
            (WeChatMode.Plaintext, SignedPost.Of(WeChatMode.Plaintext, "<!DOCTYPE xml [<!ENTITY a 'aa'>]><xml>&a;</xml>")),
        })
        {
            host.Log.Lines.Clear();
            Assert.Equal((HttpStatusCode.OK, "success"), await host.SayAsync(mode, post));
            Assert.Equal([602], host.Log.Warnings);
        }
        Assert.Empty(host.Desk.Calls);
    }

    [Fact]
    public async Task A_desk_that_throws_is_logged_and_success()
    {
        host.Desk.Answer = (_, _) => throw new InvalidOperationException("broken");
        Assert.Equal((HttpStatusCode.OK, "success"), await host.SayAsync(WeChatMode.Secure, SignedPost.Of(WeChatMode.Secure, SignedPost.Text)));
        Assert.Contains("broken", Assert.Single(host.Log.Lines, line => line.Level >= LogLevel.Warning).Text, StringComparison.Ordinal);
        host.Log.Lines.Clear();
        host.Desk.Answer = (_, _) => throw new OperationCanceledException("not because of WeChat");
        Assert.Equal((HttpStatusCode.OK, "success"), await host.SayAsync(WeChatMode.Secure, SignedPost.Of(WeChatMode.Secure, SignedPost.Text)));
        Assert.Equal([604], host.Log.Warnings);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_logged_and_the_answer_stands()
    {
        host.Desk.Answer = (_, _) => Task.FromResult(new WeChatAnswer(new PassiveReply.Text("好")) { WrittenAsync = _ => throw new InvalidOperationException("broken") });
        var (status, text) = await host.SayAsync(WeChatMode.Plaintext, SignedPost.Of(WeChatMode.Plaintext, SignedPost.Text));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("好", text, StringComparison.Ordinal);
        await host.DisposeAsync();
        Assert.Equal([605], host.Log.Warnings);
        await InitializeAsync();
    }

    [Fact]
    public async Task No_secret_and_nothing_that_was_said_is_logged()
    {
        foreach (var mode in Enum.GetValues<WeChatMode>()) await host.SayAsync(mode, SignedPost.Of(mode, SignedPost.Text));
        await host.SayAsync(WeChatMode.Plaintext, SignedPost.Of(WeChatMode.Plaintext, SignedPost.Text + "<", nonce: "2"));
        var ours = host.Log.Lines.Where(line => line.Id is >= 600 and < 700).ToArray();
        Assert.Equal(4, ours.Length);
        foreach (var secret in new[] { SignedPost.Token, SignedPost.Key, "红苹果" }) Assert.DoesNotContain(ours, line => line.Text.Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(ours, line => line.Level > LogLevel.Debug && line.Text.Contains("oUser-1", StringComparison.Ordinal));
    }
}
