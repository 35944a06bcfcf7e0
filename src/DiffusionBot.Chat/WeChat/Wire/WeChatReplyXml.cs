using System.Text;
using System.Xml;

namespace DiffusionBot.Chat.WeChat.Wire;

/// <summary>Passive replies as WeChat reads them (Passive_user_reply_message).</summary>
internal static class WeChatReplyXml
{
    /// <summary>A reply to a message: it goes from whom that went to, to whom that came from.</summary>
    public static string Write(PassiveReply reply, WeChatMessage message, DateTimeOffset now)
    {
        var (kind, rest) = reply switch
        {
            PassiveReply.Text text => ("text", Element("Content", text.Content)),
            PassiveReply.News news => ("news", $"<ArticleCount>1</ArticleCount><Articles><item>{Article(news.Article)}</item></Articles>"),
            _ => throw new ArgumentException($"{reply.GetType().Name} is no reply that WeChat knows.", nameof(reply)),
        };
        return $"<xml>{Element("ToUserName", message.FromUserName)}{Element("FromUserName", message.ToUserName)}<CreateTime>{now.ToUnixTimeSeconds()}</CreateTime>{Element("MsgType", kind)}{rest}</xml>";
    }

    /// <summary>An encrypted reply.</summary>
    public static string WriteEncrypted(string encrypted, string signature, string timestamp, string nonce) =>
        $"<xml>{Element("Encrypt", encrypted)}{Element("MsgSignature", signature)}<TimeStamp>{timestamp}</TimeStamp>{Element("Nonce", nonce)}</xml>";

    private static string Article(NewsArticle article) =>
        Element("Title", article.Title) + Element("Description", article.Description) + Element("PicUrl", article.PicUrl.AbsoluteUri) + Element("Url", article.Url.AbsoluteUri);

    private static string Element(string name, string text) => $"<{name}><![CDATA[{Allowed(text).Replace("]]>", "]]]]><![CDATA[>", StringComparison.Ordinal)}]]></{name}>";

    /// <summary>Without what XML 1.0 has no place for, escaped or not: control characters, halves of surrogate pairs, U+FFFE and U+FFFF.</summary>
    private static string Allowed(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i])) kept.Append(text[i]);
            else if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) kept.Append(text[i]).Append(text[++i]);
        }
        return kept.ToString();
    }
}
