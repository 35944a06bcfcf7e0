using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DiffusionBot.FakeWeChat.Wire;

/// <summary>
/// The platform's side of the encryption (push/encryption): base64(AES-256-CBC(random 16 | length 4 big-endian | message | app id | padding to 32)), IV = the key's first half.
/// </summary>
/// <param name="encodingAesKey">43 characters.</param>
/// <param name="appId">The account's.</param>
public sealed class PushCipher(string encodingAesKey, string appId)
{
    private readonly byte[] key = Convert.FromBase64String(encodingAesKey + "=");

    /// <summary>Encrypts a message.</summary>
    /// <param name="message">Any text.</param>
    /// <param name="random">16 bytes; null: new ones.</param>
    public string Encrypt(string message, byte[]? random = null)
    {
        var text = Encoding.UTF8.GetBytes(message);
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)text.Length);
        return EncryptRaw(Pad([.. random ?? RandomNumberGenerator.GetBytes(16), .. length, .. text, .. Encoding.UTF8.GetBytes(appId)]));
    }

    /// <summary>Encrypts blocks as they are: for what WeChat would never send.</summary>
    /// <param name="blocks">A multiple of 16 bytes.</param>
    public string EncryptRaw(byte[] blocks)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        return Convert.ToBase64String(aes.EncryptCbc(blocks, key[..16], PaddingMode.None));
    }

    /// <summary>PKCS#7 with blocks of 32 bytes: always 1 to 32 more.</summary>
    public static byte[] Pad(byte[] plain)
    {
        var count = 32 - plain.Length % 32;
        return [.. plain, .. Enumerable.Repeat((byte)count, count)];
    }

    /// <summary>Decrypts a reply.</summary>
    /// <exception cref="WrongReplyException">It is none for this account.</exception>
    public string Decrypt(string encrypted)
    {
        var cipher = new byte[encrypted.Length];
        if (!Convert.TryFromBase64String(encrypted, cipher, out var size)) throw new WrongReplyException("Encrypt is no base64");
        if (size == 0 || size % 32 != 0) throw new WrongReplyException($"Encrypt has {size} bytes; expected a multiple of 32");
        using var aes = Aes.Create();
        aes.Key = key;
        var plain = aes.DecryptCbc(cipher.AsSpan(0, size), key.AsSpan(0, 16), PaddingMode.None);
        int padding = plain[^1];
        if (padding is < 1 or > 32 || !plain[^padding..].All(b => b == padding)) throw new WrongReplyException($"the padding ends in {padding}; expected 1 to 32 bytes that all say how many");
        var end = plain.Length - padding;
        if (end < 20) throw new WrongReplyException($"{end} bytes are encrypted; expected at least 20");
        var length = BinaryPrimitives.ReadUInt32BigEndian(plain.AsSpan(16));
        if (length > end - 20) throw new WrongReplyException($"the message claims {length} bytes; {end - 20} follow");
        var owner = Encoding.UTF8.GetString(plain, 20 + (int)length, end - 20 - (int)length);
        return owner == appId ? Encoding.UTF8.GetString(plain, 20, (int)length) : throw new WrongReplyException($"the app id within is \"{owner}\"; expected \"{appId}\"");
    }
}
