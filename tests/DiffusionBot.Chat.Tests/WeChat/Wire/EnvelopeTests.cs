using System.Text;
using System.Xml.Linq;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.Tests.WeChat.Wire;

/// <summary>Three modes: what each opens, what it turns away, and how it answers.</summary>
public sealed class EnvelopeTests
{
    [Theory]
    [InlineData(WeChatMode.Plaintext)]
    [InlineData(WeChatMode.Compatible)]
    [InlineData(WeChatMode.Secure)]
    public void Each_mode_opens_its_own_and_believes_only_what_is_signed(WeChatMode mode)
    {
        var post = SignedPost.Of(mode, SignedPost.Text);
        var message = Envelope(mode).Open(post.Query, post.Body);
        Assert.Equal("oUser-1", message.FromUserName);
        Assert.Equal("红苹果 ]]> &amp;", message.Content);
        Assert.Equal(message, Envelope(mode).Open(post.Query, [.. Encoding.UTF8.Preamble, .. post.Body]));
    }

    [Fact]
    public void The_official_message_is_opened()
    {
        var v = Vectors.Of("compat-push-xml");
        var body = Encoding.UTF8.GetBytes($"<xml><FromUserName>liar</FromUserName><Encrypt><![CDATA[{v.Encrypt}]]></Encrypt></xml>");
        var message = Envelope(WeChatMode.Compatible).Open(new WeChatQuery(v.Signature, v.Msg_signature, v.Timestamp, v.Nonce, "aes"), body);
        Assert.Equal(("oyORnuP8q7ou2gfYjqLzSIWZf0rs", "abcdteT"), (message.FromUserName, message.Content));
    }

    [Theory]
    [InlineData(WeChatMode.Plaintext, WeChatMode.Secure, "came encrypted and the account's mode is Plaintext")]
    [InlineData(WeChatMode.Plaintext, WeChatMode.Compatible, "came encrypted and the account's mode is Plaintext")]
    [InlineData(WeChatMode.Compatible, WeChatMode.Plaintext, "came unencrypted and the account's mode is Compatible")]
    [InlineData(WeChatMode.Secure, WeChatMode.Plaintext, "came unencrypted and the account's mode is Secure")]
    public void Another_mode_than_the_consoles_is_named(WeChatMode ours, WeChatMode console, string reason)
    {
        var post = SignedPost.Of(console, SignedPost.Text);
        var error = Assert.Throws<InvalidWeChatMessageException>(() => Envelope(ours).Open(post.Query, post.Body));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.True(error.IsSigned);
        error = Assert.Throws<InvalidWeChatMessageException>(() => Envelope(ours).Open(post.Query with { Signature = new string('0', 40), MsgSignature = null }, post.Body));
        Assert.False(error.IsSigned);
    }

    [Theory]
    [InlineData(WeChatMode.Plaintext)]
    [InlineData(WeChatMode.Compatible)]
    [InlineData(WeChatMode.Secure)]
    public void What_is_signed_by_nobody_is_told_so(WeChatMode mode)
    {
        var post = SignedPost.Of(mode, SignedPost.Text);
        Unsigned(post.Query with { Nonce = "1" }, post.Body);
        Unsigned(post.Query with { Timestamp = "1409735670" }, post.Body);
        Unsigned(post.Query with { Nonce = null }, post.Body);
        Unsigned(post.Query with { Timestamp = "１４０９７３５６６９" }, post.Body);
        Unsigned(post.Query with { Signature = null, MsgSignature = null }, post.Body);
        if (mode == WeChatMode.Plaintext) return;
        // The other signature does not help.
        Unsigned(post.Query with { MsgSignature = post.Query.Signature }, post.Body);
        Unsigned(post.Query, SignedPost.Of(mode, SignedPost.Text.Replace("红", "青", StringComparison.Ordinal)).Body);
        Unsigned(post.Query, Encoding.UTF8.GetBytes("<xml>"));
        Unsigned(post.Query, Encoding.UTF8.GetBytes(SignedPost.Text));
        Unsigned(post.Query, [0xFF]);

        void Unsigned(WeChatQuery query, byte[] body) => Assert.False(Assert.Throws<InvalidWeChatMessageException>(() => Envelope(mode).Open(query, body)).IsSigned);
    }

    [Fact]
    public void What_is_signed_and_odd_is_told_so()
    {
        Odd(WeChatMode.Secure, SignedPost.Encrypted("no base64!"), "no base64");
        Odd(WeChatMode.Secure, SignedPost.Encrypted(new WeChatCipher(SignedPost.Key, "wxother").Encrypt(SignedPost.Text, new byte[16])), "wxother");
        Odd(WeChatMode.Secure, SignedPost.Of(WeChatMode.Secure, "<xml/>"), "There is no ToUserName.");
        Odd(WeChatMode.Plaintext, SignedPost.Of(WeChatMode.Plaintext, "{}"), "is no XML");
        Odd(WeChatMode.Plaintext, SignedPost.Plain([0xC3]), "is no UTF-8 at byte 0");

        static void Odd(WeChatMode mode, SignedPost post, string reason)
        {
            var error = Assert.Throws<InvalidWeChatMessageException>(() => Envelope(mode).Open(post.Query, post.Body));
            Assert.True(error.IsSigned);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(WeChatMode.Compatible)]
    [InlineData(WeChatMode.Secure)]
    public void Replies_are_encrypted_and_signed(WeChatMode mode)
    {
        var sealed_ = XElement.Parse(Seal(mode, new PassiveReply.Text("好")));
        Assert.Equal(["Encrypt", "MsgSignature", "TimeStamp", "Nonce"], sealed_.Elements().Select(e => e.Name.LocalName));
        var encrypted = sealed_.Element("Encrypt")!.Value;
        Assert.Equal(("77", "n"), (sealed_.Element("TimeStamp")!.Value, sealed_.Element("Nonce")!.Value));
        Assert.Equal(WeChatSignature.Of(SignedPost.Token, "77", "n", encrypted), sealed_.Element("MsgSignature")!.Value);
        Assert.Equal("好", XElement.Parse(new WeChatCipher(SignedPost.Key, SignedPost.AppId).Decrypt(encrypted)).Element("Content")!.Value);
        Assert.NotEqual(encrypted, XElement.Parse(Seal(mode, new PassiveReply.Text("好"))).Element("Encrypt")!.Value);
        Assert.Equal("success", Seal(mode, null));
    }

    [Fact]
    public void Plain_replies_are_plain() => Assert.Equal("oUser-1", XElement.Parse(Seal(WeChatMode.Plaintext, new PassiveReply.Text("好"))).Element("ToUserName")!.Value);

    [Theory]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(-301, false)]
    [InlineData(301, false)]
    public void A_signature_is_fresh_for_a_while(int seconds, bool expected) => Assert.Equal(
        expected, SignedPost.Plain([]).Query.IsFresh(DateTimeOffset.FromUnixTimeSeconds(SignedPost.Now + seconds), TimeSpan.FromSeconds(300)));

    private static WeChatEnvelope Envelope(WeChatMode mode) => new(SignedPost.Account(mode));

    private static string Seal(WeChatMode mode, PassiveReply? reply) =>
        Envelope(mode).Seal(reply, WeChatXml.ReadMessage(SignedPost.Text), "n", DateTimeOffset.FromUnixTimeSeconds(77));
}
