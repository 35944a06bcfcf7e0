using System.Security.Cryptography;
using System.Text;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.Tests.WeChat.Wire;

/// <summary>A POST as the platform makes it, for an account of ours.</summary>
internal sealed record SignedPost(WeChatQuery Query, byte[] Body)
{
    public const string Token = "spamtest", Key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", AppId = "wx2c2769f8efd9abc2", Nonce = "1320562132";

    public const long Now = 1409735669;

    public const string Text = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oUser-1]]></FromUserName><CreateTime>1409735668</CreateTime>"
        + "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[红苹果 ]]]]><![CDATA[> &amp;]]></Content><MsgId>6054768590064713728</MsgId></xml>";

    public static WeChatAccountOptions Account(WeChatMode mode) => new() { Token = Token, EncodingAesKey = Key, AppId = AppId, AppSecret = "secret", Mode = mode };

    /// <summary>A body that no signature covers.</summary>
    public static SignedPost Plain(byte[] body, long time = Now, string nonce = Nonce) => new(new WeChatQuery(WeChatSignature.Of(Token, $"{time}", nonce), null, $"{time}", nonce, null), body);

    /// <summary>A ciphertext, signed, whatever it is.</summary>
    public static SignedPost Encrypted(string encrypted, string beside = "<ToUserName>gh_1</ToUserName>", long time = Now, string nonce = Nonce) => new(
        new WeChatQuery(WeChatSignature.Of(Token, $"{time}", nonce), WeChatSignature.Of(Token, $"{time}", nonce, encrypted), $"{time}", nonce, "aes"),
        Encoding.UTF8.GetBytes($"<xml>{beside}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"));

    public static SignedPost Of(WeChatMode mode, string xml, long time = Now, string nonce = Nonce) => mode switch
    {
        WeChatMode.Plaintext => Plain(Encoding.UTF8.GetBytes(xml), time, nonce),
        // The plain fields beside it lie.
        WeChatMode.Compatible => Encrypted(Encrypt(xml), xml.Replace("<xml>", "", StringComparison.Ordinal).Replace("</xml>", "", StringComparison.Ordinal).Replace("oUser-1", "oLiar", StringComparison.Ordinal), time, nonce),
        _ => Encrypted(Encrypt(xml), time: time, nonce: nonce),
    };

    public static string Encrypt(string xml) => new WeChatCipher(Key, AppId).Encrypt(xml, new byte[WeChatCipher.RandomBytes]);

    /// <summary>Encrypts as it is, a multiple of 16 bytes.</summary>
    public static string EncryptRaw(byte[] padded)
    {
        using var aes = Aes.Create();
        aes.Key = Convert.FromBase64String(Key + "=");
        return Convert.ToBase64String(aes.EncryptCbc(padded, aes.Key.AsSpan(0, 16), PaddingMode.None));
    }

    /// <summary>The address's end.</summary>
    public string QueryString => "?" + string.Join('&', new[]
    {
        ("signature", Query.Signature), ("msg_signature", Query.MsgSignature), ("timestamp", Query.Timestamp), ("nonce", Query.Nonce), ("encrypt_type", Query.EncryptType),
    }.Where(pair => pair.Item2 is not null).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}"));
}
