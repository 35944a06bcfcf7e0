using System.Security.Cryptography;
using System.Text;

namespace DiffusionBot.Chat.WeChat.Wire;

/// <summary>Opens what WeChat sends to one account, and seals what it is answered, in the account's mode.</summary>
/// <param name="account">The account, checked.</param>
internal sealed class WeChatEnvelope(WeChatAccountOptions account)
{
    /// <summary>What WeChat takes for: heard, nothing to say. Never encrypted.</summary>
    public const string Success = "success";

    /// <summary>Null where nothing is encrypted.</summary>
    private readonly WeChatCipher? cipher = account.Mode == WeChatMode.Plaintext ? null : new WeChatCipher(account.EncodingAesKey ?? "", account.AppId);

    /// <summary>Whether the signature covers the body. Where not, it has to be remembered that it was used (<see cref="Fingerprint"/>).</summary>
    public bool IsBodySigned => cipher is not null;

    /// <summary>Whether the address is signed with the account's token: all there is to a URL check, and the first of what is checked of a message.</summary>
    public bool IsSigned(WeChatQuery query) => query.IsSigned(account.Token);

    /// <summary>Of a body: the same only for the same bytes.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    /// <summary>Checks and reads a POST. In compatible mode the plain fields beside the ciphertext are not looked at: nobody signed them.</summary>
    /// <exception cref="InvalidWeChatMessageException">It is not signed, or is and is no message.</exception>
    public WeChatMessage Open(WeChatQuery query, ReadOnlySpan<byte> body)
    {
        // Without a right signature over the body, the other one still tells whether this is WeChat in another mode.
        if (cipher is null || !query.IsEncrypted)
        {
            if (!IsSigned(query)) throw new InvalidWeChatMessageException("The signature is wrong. Is the token the console's?", isSigned: false);
            if (query.IsEncrypted == (cipher is not null)) return WeChatXml.ReadMessage(Decode(body));
            throw new InvalidWeChatMessageException($"The message came {(query.IsEncrypted ? "encrypted" : "unencrypted")} and the account's mode is {account.Mode}: the console's mode and ours differ.");
        }
        var encrypted = Encrypted(body);
        if (!query.IsSigned(account.Token, encrypted)) throw new InvalidWeChatMessageException("The signature of the ciphertext is wrong. Is the token the console's?", isSigned: false);
        return WeChatXml.ReadMessage(cipher.Decrypt(encrypted));
    }

    /// <summary>What is written as the answer.</summary>
    /// <param name="reply">Null: <see cref="Success"/>.</param>
    /// <param name="message">What is answered.</param>
    /// <param name="nonce">The request's.</param>
    /// <param name="now">The answer's time.</param>
    public string Seal(PassiveReply? reply, WeChatMessage message, string nonce, DateTimeOffset now)
    {
        if (reply is null) return Success;
        var xml = WeChatReplyXml.Write(reply, message, now);
        if (cipher is null) return xml;
        Span<byte> random = stackalloc byte[WeChatCipher.RandomBytes];
        RandomNumberGenerator.Fill(random);
        var encrypted = cipher.Encrypt(xml, random);
        var timestamp = now.ToUnixTimeSeconds().ToString();
        return WeChatReplyXml.WriteEncrypted(encrypted, WeChatSignature.Of(account.Token, timestamp, nonce, encrypted), timestamp, nonce);
    }

    /// <summary>The ciphertext. What has none is not signed, whatever else it is.</summary>
    private static string Encrypted(ReadOnlySpan<byte> body)
    {
        try
        {
            return WeChatXml.ReadEncrypted(Decode(body)) ?? throw new InvalidWeChatMessageException("There is no Encrypt.");
        }
        catch (InvalidWeChatMessageException e)
        {
            throw new InvalidWeChatMessageException(e.Message, isSigned: false);
        }
    }

    private static string Decode(ReadOnlySpan<byte> body) => StrictUtf8.Decode(body.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body);
}
