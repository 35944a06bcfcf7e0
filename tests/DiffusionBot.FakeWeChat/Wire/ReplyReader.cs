using System.Text;
using System.Xml;
using System.Xml.Linq;
using DiffusionBot.FakeWeChat.Users;

namespace DiffusionBot.FakeWeChat.Wire;

/// <summary>Reads an answer to a message as strictly as WeChat.</summary>
internal sealed class ReplyReader(FakeAccount account, FakeUser user, bool isEvent, DateTimeOffset now)
{
    /// <summary>Bytes of UTF-8 in a text.</summary>
    public const int MostTextBytes = 2048;

    private static readonly TimeSpan oddest = TimeSpan.FromDays(1);

    /// <returns>What the user sees; null: nothing.</returns>
    /// <exception cref="WrongReplyException">WeChat would show that the account is out of service.</exception>
    public Seen? Read(string body)
    {
        if (body is "" or "success") return null;
        var xml = Parse(body);
        var isEncrypted = xml.Element("Encrypt") is not null;
        if (account.Mode == FakeMode.Plaintext && isEncrypted) throw new WrongReplyException("it is encrypted; expected plain XML in plaintext mode");
        if (account.Mode == FakeMode.Secure && !isEncrypted) throw new WrongReplyException("it has no Encrypt; expected it in secure mode");
        return ReadPlain(isEncrypted ? Parse(Decrypt(xml)) : xml);
    }

    private string Decrypt(XElement xml)
    {
        var (encrypted, signature, timestamp, nonce) = (One(xml, "Encrypt"), One(xml, "MsgSignature"), One(xml, "TimeStamp"), One(xml, "Nonce"));
        CheckTime("TimeStamp", timestamp);
        var expected = PostSigner.Signature(account.Token, timestamp, nonce, encrypted);
        return signature == expected ? account.Cipher.Decrypt(encrypted) : throw new WrongReplyException($"MsgSignature is {signature}; expected {expected}");
    }

    private Seen ReadPlain(XElement xml)
    {
        Check(One(xml, "ToUserName"), user.OpenId, "ToUserName");
        Check(One(xml, "FromUserName"), account.OriginalId, "FromUserName");
        CheckTime("CreateTime", One(xml, "CreateTime"));
        return One(xml, "MsgType") switch
        {
            "text" => Text(One(xml, "Content")),
            "image" => Picture(One(Part(xml, "Image"), "MediaId")),
            "news" => Card(xml),
            var other => throw new WrongReplyException($"MsgType is \"{other}\"; expected text, image or news"),
        };
    }

    private SeenText Text(string content)
    {
        if (content.Length == 0) throw new WrongReplyException("Content is empty");
        var bytes = Encoding.UTF8.GetByteCount(content);
        return bytes <= MostTextBytes ? new SeenText(content) { At = now, IsReply = true } : throw new WrongReplyException($"Content has {bytes} bytes; expected at most {MostTextBytes}");
    }

    private SeenPicture Picture(string mediaId) => account.Media.Find(mediaId) is { } bytes
        ? new SeenPicture(mediaId, bytes) { At = now, IsReply = true }
        : throw new WrongReplyException($"MediaId \"{mediaId}\" is none of the account's");

    private SeenCard Card(XElement xml)
    {
        var items = Part(xml, "Articles").Elements("item").ToArray();
        var most = isEvent ? 8 : 1;
        if (items.Length < 1 || items.Length > most) throw new WrongReplyException($"there are {items.Length} articles; expected 1{(most > 1 ? $" to {most}" : "")}");
        Check(One(xml, "ArticleCount"), items.Length.ToString(), "ArticleCount");
        var first = items[0];
        return new SeenCard(One(first, "Title"), One(first, "Description"), Address(first, "PicUrl"), Address(first, "Url")) { At = now, IsReply = true };
    }

    private static string Address(XElement item, string name) =>
        One(item, name) is var address && Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https") ? address
        : throw new WrongReplyException($"{name} is \"{address}\"; expected http:// or https://");

    private void CheckTime(string name, string value)
    {
        if (!value.All(char.IsAsciiDigit) || !long.TryParse(value, out var number)) throw new WrongReplyException($"{name} is \"{value}\"; expected seconds since 1970");
        if (account.TakesMilliseconds && number > 100_000_000_000) number /= 1000;
        if (Math.Abs(number - now.ToUnixTimeSeconds()) > oddest.TotalSeconds) throw new WrongReplyException($"{name} is {value}; expected seconds since 1970, now {now.ToUnixTimeSeconds()}");
    }

    private static void Check(string found, string expected, string name)
    {
        if (found != expected) throw new WrongReplyException($"{name} is \"{found}\"; expected \"{expected}\"");
    }

    private static XElement Part(XElement xml, string name) =>
        xml.Elements(name).ToArray() is [var one] ? one : throw new WrongReplyException($"{name} is there {xml.Elements(name).Count()} times; expected once");

    private static string One(XElement xml, string name) =>
        Part(xml, name) is { HasElements: false } one ? one.Value : throw new WrongReplyException($"{name} has elements in it; expected text");

    private static XElement Parse(string body)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var root = XElement.Load(reader);
            return root.Name == "xml" ? root : throw new WrongReplyException($"the root is <{root.Name}>; expected <xml>");
        }
        catch (XmlException e)
        {
            throw new WrongReplyException($"it is no XML ({e.Message}): {(body.Length > 80 ? body[..80] : body)}");
        }
    }
}
