using System.Xml.Linq;
using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.Tests.WeChat.Wire;

/// <summary>What is read of a body, and what is not.</summary>
public sealed class XmlTests
{
    private const string Head = "<ToUserName>gh_1</ToUserName><FromUserName>o-User_1</FromUserName><CreateTime>1409735668</CreateTime><MsgType>text</MsgType>";

    [Fact]
    public void A_message_is_read()
    {
        var message = WeChatXml.ReadMessage(Vectors.Of("compat-push-xml").Msg!);
        Assert.Equal(new WeChatMessage
        {
            ToUserName = "gh_10f6c3c3ac5a",
            FromUserName = "oyORnuP8q7ou2gfYjqLzSIWZf0rs",
            CreateTime = 1409735668,
            MsgType = "text",
            MsgId = "6054768590064713728",
            Content = "abcdteT",
        }, message);
    }

    [Fact]
    public void Only_what_stands_directly_below_the_root_counts_and_empty_is_missing()
    {
        var message = WeChatXml.ReadMessage($"<?xml version=\"1.0\" encoding=\"utf-16\"?><xml><Deep><Content>no</Content><MsgId>1</MsgId></Deep>{Head}"
            + "<Content>a<![CDATA[ <b> ]]>&amp;&#x56FE;</Content><Content2>x</Content2><EventKey><![CDATA[]]></EventKey><MsgId/><bizmsgmenuid>7</bizmsgmenuid></xml>");
        Assert.Equal("a <b> &图", message.Content);
        Assert.Equal("7", message.BizMsgMenuId);
        Assert.Null(message.EventKey);
        Assert.Null(message.MsgId);
    }

    [Theory]
    [InlineData("<!DOCTYPE xml><xml>HEAD</xml>")]
    [InlineData("<!DOCTYPE xml [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]><xml>HEAD<Content>&c;</Content></xml>")]
    [InlineData("<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><xml>HEAD<Content>&a;</Content></xml>")]
    [InlineData("<!DOCTYPE xml SYSTEM \"http://127.0.0.1:1/x.dtd\"><xml>HEAD</xml>")]
    [InlineData("<xml>HEAD<Content>&undefined;</Content></xml>")]
    [InlineData("<xml>HEAD<Content>&#0;</Content></xml>")]
    [InlineData("<xml>HEAD<Content>&#xD800;</Content></xml>")]
    [InlineData("<xml>HEAD<Content>\u0001</Content></xml>")]
    [InlineData("<xml>HEAD<Content>\uFFFE</Content></xml>")]
    [InlineData("<xml>HEAD<Content></xml>")]
    [InlineData("<xml>HEAD")]
    [InlineData("<xml>HEAD</xml><xml/>")]
    [InlineData("{\"ToUserName\":\"gh_1\"}")]
    [InlineData("")]
    public void What_is_no_plain_xml_is_refused(string xml) => Refused(xml.Replace("HEAD", Head, StringComparison.Ordinal), "is no XML that is read here");

    [Theory]
    [InlineData("<html>HEAD</html>", "The body's root is not <xml>.")]
    [InlineData("<xml>HEAD<MsgType>event</MsgType></xml>", "MsgType is there twice.")]
    [InlineData("<xml>HEAD<Content/><Content>a</Content></xml>", "Content is there twice.")]
    [InlineData("<xml>HEAD<Content>a<b/></Content></xml>", "Content has elements in it; expected text.")]
    [InlineData("<xml>HEAD<MsgId>12x</MsgId></xml>", "MsgId has other characters than digits.")]
    [InlineData("<xml>HEAD<MsgId>٣</MsgId></xml>", "MsgId has other characters than digits.")]
    [InlineData("<xml>HEAD<MsgId>123456789012345678901234567890123</MsgId></xml>", "MsgId has 33 characters or more; expected at most 32.")]
    [InlineData("<xml>HEAD<Event>a/b</Event></xml>", "Event has other characters")]
    [InlineData("<xml>HEAD<Encrypt>AAAA</Encrypt></xml>", "The message has an Encrypt")]
    public void What_is_not_as_it_should_be_is_refused(string xml, string reason) => Refused(xml.Replace("HEAD", Head, StringComparison.Ordinal), reason);

    [Theory]
    [InlineData("ToUserName")]
    [InlineData("FromUserName")]
    [InlineData("CreateTime")]
    [InlineData("MsgType")]
    public void What_every_message_has_must_be_there(string name)
    {
        var body = XElement.Parse($"<xml>{Head}</xml>");
        body.Element(name)!.Value = "!";
        Refused(body.ToString(), $"{name} has other characters");
        body.Element(name)!.Value = "";
        Refused(body.ToString(), $"There is no {name}.");
        body.Element(name)!.Remove();
        Refused(body.ToString(), $"There is no {name}.");
    }

    [Fact]
    public void Depth_and_lengths_are_bounded()
    {
        Refused($"<xml>{Head}{string.Concat(Enumerable.Repeat("<a>", 9000))}", "more than 16 elements deep");
        Refused($"<xml>{Head}<Content>{new string('x', 20_001)}</Content></xml>", "Content has 20001 characters or more; expected at most 20000.");
        Refused($"<xml>{Head}<Other>{new string('x', WeChatFields.MostCharacters)}</Other></xml>", "is no XML that is read here");
        Assert.Equal(20_000, WeChatXml.ReadMessage($"<xml>{Head}<Content>{new string('x', 20_000)}</Content></xml>").Content!.Length);
    }

    [Fact]
    public void What_was_written_is_in_no_refusal()
    {
        var error = Assert.Throws<InvalidWeChatMessageException>(() => WeChatXml.ReadMessage("<xml><secret></words></xml>"));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("words", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("一只猫 <a href=\"https://example.com/?a=1&b=2\">&amp;</a>", null)]
    [InlineData("]]>", null)]
    [InlineData("a]]]]>]]>b]]", null)]
    [InlineData("]]\u0001>", "]]>")]
    public void A_text_comes_through_a_reply(string text, string? expected)
    {
        var message = WeChatXml.ReadMessage($"<xml>{Head}</xml>");
        var reply = XElement.Parse(WeChatReplyXml.Write(new PassiveReply.Text(text), message, DateTimeOffset.FromUnixTimeSeconds(77)), LoadOptions.PreserveWhitespace);
        Assert.Equal(["ToUserName=o-User_1", "FromUserName=gh_1", "CreateTime=77", "MsgType=text", $"Content={expected ?? text}"], reply.Elements().Select(e => $"{e.Name}={e.Value}"));
    }

    // Attributes cannot hold half a pair.
    [Fact]
    public void What_xml_has_no_place_for_is_left_out()
    {
        A_text_comes_through_a_reply("x\0\u000b\ud83dy\ude00\uffff\ud83d\ude00\t\n", "xy\ud83d\ude00\t\n");
        A_text_comes_through_a_reply("\ud83d", "");
    }

    [Fact]
    public void Cards_are_written()
    {
        var message = WeChatXml.ReadMessage($"<xml>{Head}</xml>");
        var card = new NewsArticle("标题", "说明]]>", new Uri("https://example.com/图.jpg"), new Uri("https://example.com/?a=1&b=2"));
        var news = XElement.Parse(WeChatReplyXml.Write(new PassiveReply.News(card), message, default));
        Assert.Equal("1", news.Element("ArticleCount")!.Value);
        Assert.Equal(["标题", "说明]]>", "https://example.com/%E5%9B%BE.jpg", "https://example.com/?a=1&b=2"], news.Element("Articles")!.Elements("item").Single().Elements().Select(e => e.Value));
    }

    private static void Refused(string xml, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidWeChatMessageException>(() => WeChatXml.ReadMessage(xml)).Message, StringComparison.Ordinal);
}
