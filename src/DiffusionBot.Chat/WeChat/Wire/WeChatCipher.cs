using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DiffusionBot.Chat.WeChat.Wire;

/// <summary>
/// WeChat's encryption, of one account: AES-256-CBC over 16 random bytes, the text's length (4 bytes, big-endian), the text and the app id, padded to 32 bytes, in base64
/// (push/encryption). .NET pads to AES's own 16 only, so that padding is done by hand.
/// </summary>
internal sealed class WeChatCipher
{
    /// <summary>Random bytes before a text.</summary>
    public const int RandomBytes = 16;

    /// <summary>The longest ciphertext that is read, in characters: a body may have no more.</summary>
    public const int MostCharacters = WeChatFields.MostCharacters;

    private const int Block = 32, KeyCharacters = 43, IvBytes = 16, HeadBytes = RandomBytes + sizeof(int);

    private readonly byte[] key;
    private readonly string appId;

    /// <param name="encodingAesKey">43 characters of base64, without the last `=`; leftover bits in the last one are ignored, as WeChat does.</param>
    /// <param name="appId">The account's.</param>
    /// <exception cref="ArgumentException">The key is none.</exception>
    public WeChatCipher(string encodingAesKey, string appId)
    {
        var bytes = new byte[Block];
        if (encodingAesKey.Length != KeyCharacters || !Convert.TryFromBase64String($"{encodingAesKey}=", bytes, out var count) || count != Block)
            throw new ArgumentException($"EncodingAESKey has {encodingAesKey.Length} characters; expected {KeyCharacters} of base64.", nameof(encodingAesKey));
        (key, this.appId) = (bytes, appId);
    }

    /// <summary>Encrypts a text.</summary>
    /// <param name="text">Any.</param>
    /// <param name="random">16 bytes that nobody can guess.</param>
    public string Encrypt(string text, ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, RandomBytes);
        var textBytes = Encoding.UTF8.GetByteCount(text);
        var length = HeadBytes + textBytes + Encoding.UTF8.GetByteCount(appId);
        var padding = Block - length % Block;
        var plain = new byte[length + padding];
        random.CopyTo(plain);
        BinaryPrimitives.WriteInt32BigEndian(plain.AsSpan(RandomBytes), textBytes);
        Encoding.UTF8.GetBytes(text, plain.AsSpan(HeadBytes));
        Encoding.UTF8.GetBytes(appId, plain.AsSpan(HeadBytes + textBytes));
        plain.AsSpan(length).Fill((byte)padding);
        using var aes = NewAes();
        return Convert.ToBase64String(aes.EncryptCbc(plain, key.AsSpan(0, IvBytes), PaddingMode.None));
    }

    /// <summary>Decrypts what <see cref="Encrypt"/> or WeChat encrypted for this account.</summary>
    /// <exception cref="InvalidWeChatMessageException">It is not that.</exception>
    public string Decrypt(string encrypted)
    {
        if (encrypted.Length > MostCharacters) throw new InvalidWeChatMessageException($"The ciphertext has {encrypted.Length} characters; expected at most {MostCharacters}.");
        var cipher = new byte[encrypted.Length / 4 * 3 + 3];
        if (!Convert.TryFromBase64String(encrypted, cipher, out var count)) throw new InvalidWeChatMessageException($"The ciphertext of {encrypted.Length} characters is no base64.");
        if (count == 0 || count % Block != 0) throw new InvalidWeChatMessageException($"The ciphertext has {count} bytes; expected a multiple of {Block}.");
        using var aes = NewAes();
        return Read(aes.DecryptCbc(cipher.AsSpan(0, count), key.AsSpan(0, IvBytes), PaddingMode.None));
    }

    private string Read(ReadOnlySpan<byte> padded)
    {
        int padding = padded[^1];
        if (padding is 0 or > Block) throw new InvalidWeChatMessageException($"The padding says {padding} bytes; expected 1 to {Block}. Is EncodingAesKey the console's?");
        if (padded[^padding..].ContainsAnyExcept((byte)padding)) throw new InvalidWeChatMessageException($"The padding is not {padding} times {padding}. Is EncodingAesKey the console's?");
        var plain = padded[..^padding];
        if (plain.Length < HeadBytes) throw new InvalidWeChatMessageException($"{plain.Length} bytes were encrypted; expected at least {HeadBytes}.");
        var length = BinaryPrimitives.ReadInt32BigEndian(plain[RandomBytes..]);
        var rest = plain[HeadBytes..];
        if (length < 0 || length > rest.Length) throw new InvalidWeChatMessageException($"The text claims {length} bytes; {rest.Length} follow.");
        CheckAppId(rest[length..]);
        return StrictUtf8.Decode(rest[..length]);
    }

    private void CheckAppId(ReadOnlySpan<byte> found)
    {
        if (found.SequenceEqual(Encoding.UTF8.GetBytes(appId))) return;
        var name = Encoding.Latin1.GetString(found[..Math.Min(found.Length, 64)]);
        var shown = name.Length == found.Length && name.All(char.IsAsciiLetterOrDigit) ? $"\"{name}\"" : $"{found.Length} bytes";
        throw new InvalidWeChatMessageException($"The message is for the app id {shown}; expected \"{appId}\".");
    }

    // One for each call: instances are not promised to be safe for several threads.
    private Aes NewAes()
    {
        var aes = Aes.Create();
        aes.Key = key;
        return aes;
    }
}
