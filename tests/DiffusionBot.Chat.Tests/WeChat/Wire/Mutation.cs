using System.Buffers.Binary;
using System.Text;
using DiffusionBot.Chat.WeChat;

namespace DiffusionBot.Chat.Tests.WeChat.Wire;

/// <summary>Sound posts, damaged at random, and signed again or not.</summary>
/// <param name="Mode">The account's.</param>
/// <param name="Post">What is sent.</param>
/// <param name="IsSigned">Whether whoever damaged it knows the token.</param>
internal sealed record Mutation(WeChatMode Mode, SignedPost Post, bool IsSigned)
{
    private static readonly string[] Pieces =
    [
        "<", ">", "]]>", "<![CDATA[", "&", "&#0;", "&#xFFFF;", "&a;", "<!DOCTYPE xml [<!ENTITY a \"aa\">]>", "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">", "<?x?>", "<!--", "-->", "</xml>", "<xml>",
        "<MsgId>", "</MsgId>", "<Encrypt>", "</Encrypt>", "<Content>", " xmlns='a'", " a='b'", "\0", "\uFFFF", "=", "==", "A", "\n", "٣", "-1", "99999999999999999999",
    ];

    /// <param name="random">What to do.</param>
    /// <param name="nonce">Another one each time: in plain text, a signature is good for one body.</param>
    public static Mutation Of(Random random, string nonce = SignedPost.Nonce)
    {
        var mode = (WeChatMode)random.Next(3);
        var sound = SignedPost.Of(mode, SignedPost.Text, nonce: nonce);
        if (random.Next(4) == 0) return new Mutation(mode, Unsigned(sound, mode, random), false);
        if (mode == WeChatMode.Plaintext) return new Mutation(mode, SignedPost.Plain(Damage(sound.Body, random), nonce: nonce), true);
        var encrypted = random.Next(3) switch
        {
            0 => SignedPost.Encrypt(Encoding.UTF8.GetString(Damage(Encoding.UTF8.GetBytes(SignedPost.Text), random))),
            1 => SignedPost.EncryptRaw(Padded(random)),
            _ => Encoding.Latin1.GetString(Damage(Encoding.UTF8.GetBytes(SignedPost.Encrypt(SignedPost.Text)), random)),
        };
        return new Mutation(mode, SignedPost.Encrypted(encrypted, nonce: nonce), true);
    }

    /// <summary>A body that a signature covers, with another's; or a signature that is none.</summary>
    private static SignedPost Unsigned(SignedPost sound, WeChatMode mode, Random random)
    {
        if (mode != WeChatMode.Plaintext && random.Next(2) == 0) return sound with { Body = Damage(sound.Body, random) };
        var signature = Encoding.Latin1.GetString(Damage(Encoding.UTF8.GetBytes(sound.Query.Signature!), random));
        // Longer ones get no further than the server's limit for addresses.
        signature = signature[..Math.Min(signature.Length, 200)];
        return sound with { Query = sound.Query with { Signature = signature, MsgSignature = sound.Query.MsgSignature is null ? null : signature } };
    }

    /// <summary>Head, length, text, app id and padding, each of which may lie.</summary>
    private static byte[] Padded(Random random)
    {
        var text = Encoding.UTF8.GetBytes(SignedPost.Text);
        var head = new byte[20];
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(16), random.Next(4) switch { 0 => random.Next(int.MinValue, int.MaxValue), 1 => text.Length + random.Next(-40, 40), _ => text.Length });
        byte[] plain = [.. head, .. text, .. Encoding.UTF8.GetBytes(SignedPost.AppId)];
        if (random.Next(2) == 0) plain = Damage(plain, random);
        if (random.Next(8) == 0) plain = plain[..random.Next(Math.Min(40, plain.Length))];
        var padding = 32 - plain.Length % 32 + (random.Next(8) == 0 ? 16 : 0);
        var last = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)padding;
        return [.. plain, .. Enumerable.Repeat(random.Next(4) == 0 ? last : (byte)padding, padding - 1), last];
    }

    private static byte[] Damage(byte[] sound, Random random)
    {
        var bytes = new List<byte>(sound);
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 1; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 64), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(0, Math.Min(random.Next(1, 128), bytes.Count)));
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Pieces[random.Next(Pieces.Length)], random.Next(1, 100)))));
                    break;
            }
        }
        return [.. bytes];
    }
}
