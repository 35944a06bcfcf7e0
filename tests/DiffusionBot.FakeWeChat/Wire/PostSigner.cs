using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace DiffusionBot.FakeWeChat.Wire;

/// <summary>What goes out in one POST.</summary>
/// <param name="Query">Without the question mark.</param>
/// <param name="Body">UTF-8, if nobody meddled.</param>
public sealed record SignedPost(string Query, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>What a signature is over besides the token.</summary>
/// <param name="Timestamp">Seconds since 1970.</param>
/// <param name="Nonce">Digits.</param>
public sealed record PostStamp(string Timestamp, string Nonce)
{
    /// <summary>Of now.</summary>
    public static PostStamp New(TimeProvider clock) =>
        new(clock.GetUtcNow().ToUnixTimeSeconds().ToString(), RandomNumberGenerator.GetInt32(100_000_000, int.MaxValue).ToString());
}

/// <summary>Signs posts.</summary>
public static class PostSigner
{
    /// <summary>SHA-1 of the parts, sorted by their bytes and joined, in lower-case hex.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "What WeChat does.")]
    public static string Signature(params IEnumerable<string> parts)
    {
        var sorted = parts.ToArray();
        Array.Sort(sorted, StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Concat(sorted))));
    }

    internal static SignedPost Sign(FakeAccount account, string message, string? openId, PostStamp stamp)
    {
        if (account.Mode == FakeMode.Plaintext) return new SignedPost(Query(account, openId, stamp), Encoding.UTF8.GetBytes(message));
        var encrypted = account.Cipher.Encrypt(message);
        var body = account.Mode == FakeMode.Compatible && message.EndsWith("</xml>", StringComparison.Ordinal)
            ? $"{message[..^"</xml>".Length]}<Encrypt><![CDATA[{encrypted}]]></Encrypt>\n</xml>"
            : Wrap(account, encrypted);
        return new SignedPost(Query(account, openId, stamp, encrypted), Encoding.UTF8.GetBytes(body));
    }

    internal static SignedPost SignEncrypted(FakeAccount account, string encrypted, PostStamp stamp) =>
        new(Query(account, null, stamp, encrypted), Encoding.UTF8.GetBytes(Wrap(account, encrypted)));

    internal static string VerifyQuery(FakeAccount account, PostStamp stamp, string echo) => $"{Query(account, null, stamp)}&echostr={echo}";

    private static string Wrap(FakeAccount account, string encrypted) =>
        $"<xml>\n<ToUserName><![CDATA[{account.OriginalId}]]></ToUserName>\n<Encrypt><![CDATA[{encrypted}]]></Encrypt>\n</xml>";

    private static string Query(FakeAccount account, string? openId, PostStamp stamp, string? encrypted = null)
    {
        var query = $"signature={Signature(account.Token, stamp.Timestamp, stamp.Nonce)}&timestamp={stamp.Timestamp}&nonce={stamp.Nonce}";
        if (openId is not null) query += $"&openid={Uri.EscapeDataString(openId)}";
        return encrypted is null ? query : $"{query}&encrypt_type=aes&msg_signature={Signature(account.Token, stamp.Timestamp, stamp.Nonce, encrypted)}";
    }
}
