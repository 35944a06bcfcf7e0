using System.Text;
using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.Tests.WeChat.Wire;

/// <summary>Signatures and encryption, by the official vectors and by what must be refused.</summary>
public sealed class CipherTests
{
    private const string Key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", AppId = "wx2c2769f8efd9abc2";

    private static readonly byte[] Random = Encoding.ASCII.GetBytes("0123456789abcdef");

    private static WeChatCipher Cipher => new(Key, AppId);

    [Theory]
    [InlineData("url-verify")]
    [InlineData("plain-push")]
    [InlineData("secure-push")]
    [InlineData("compat-push-xml")]
    public void Official_signatures_are_right(string name)
    {
        var v = Vectors.Of(name);
        Assert.Equal(v.Signature, WeChatSignature.Of(v.Token, v.Timestamp, v.Nonce));
        Assert.True(WeChatSignature.Matches(v.Signature, v.Nonce, v.Token, v.Timestamp));
    }

    [Theory]
    [InlineData("secure-push")]
    [InlineData("secure-reply")]
    [InlineData("compat-push-xml")]
    public void Official_signatures_of_ciphertexts_are_right(string name)
    {
        var v = Vectors.Of(name);
        Assert.Equal(v.Msg_signature, WeChatSignature.Of(v.Token, v.Timestamp, v.Nonce, v.Encrypt!));
    }

    [Theory]
    [InlineData("secure-push")]
    [InlineData("secure-reply")]
    [InlineData("compat-push-xml")]
    [InlineData("wxjava-1")]
    [InlineData("wxjava-2")]
    public void Official_texts_are_decrypted_and_encrypted(string name)
    {
        var v = Vectors.Of(name);
        var cipher = new WeChatCipher(v.EncodingAESKey!, v.Appid!);
        Assert.Equal(v.Msg, cipher.Decrypt(v.Encrypt!));
        Assert.Equal(v.Encrypt, cipher.Encrypt(v.Msg!, Encoding.ASCII.GetBytes(v.Random!)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("f464b24fc39322e44b38aa78f5edd27bd144169")]
    [InlineData("f464b24fc39322e44b38aa78f5edd27bd1441697")]
    [InlineData("F464B24FC39322E44B38AA78F5EDD27BD1441696")]
    [InlineData("f464b24fc39322e44b38aa78f5edd27bd144169\uD800")]
    [InlineData("f464b24fc39322e44b38aa78f5edd27bd14416960")]
    public void Anything_else_is_wrong(string? given) => Assert.False(WeChatSignature.Matches(given, "AAAAA", "1714036504", "1514711492"));

    [Fact]
    public void Parts_are_sorted_by_code_not_by_language() => Assert.Equal(WeChatSignature.Of("Zedabc"), WeChatSignature.Of("abc", "Zed"));

    [Fact]
    public void Every_length_comes_back()
    {
        for (var length = 0; length <= 70; length++)
        {
            var text = new string('图', length / 3) + new string('x', length % 3);
            Assert.Equal(text, Cipher.Decrypt(Cipher.Encrypt(text, Random)));
        }
    }

    [Fact]
    public void What_is_for_another_app_is_refused() =>
        Refused(new WeChatCipher(Key, "wxother").Encrypt("text", Random), "The message is for the app id \"wxother\"; expected \"wx2c2769f8efd9abc2\".");

    [Fact]
    public void What_has_another_key_is_refused() => Refused(new WeChatCipher(new string('A', 43), AppId).Encrypt("text", Random), "Is EncodingAesKey the console's?");

    [Theory]
    [InlineData("", "has 0 bytes; expected a multiple of 32")]
    [InlineData("?", "is no base64")]
    [InlineData("AAAA", "has 3 bytes; expected a multiple of 32")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", "has 16 bytes; expected a multiple of 32")]
    public void What_is_no_ciphertext_is_refused(string encrypted, string reason) => Refused(encrypted, reason);

    [Theory]
    [InlineData(0, "The padding says 0 bytes; expected 1 to 32.")]
    [InlineData(33, "The padding says 33 bytes; expected 1 to 32.")]
    [InlineData(2, "The padding is not 2 times 2.")]
    public void Odd_padding_is_refused(byte last, string reason) => Refused(Raw([.. new byte[63], last]), reason);

    [Fact]
    public void Odd_lengths_are_refused()
    {
        Refused(Raw([.. Enumerable.Repeat((byte)32, 32)]), "0 bytes were encrypted; expected at least 20.");
        Refused(Raw([.. new byte[16], 0x7F, 0xFF, 0xFF, 0xFF, .. new byte[11], 1]), "The text claims 2147483647 bytes; 11 follow.");
        Refused(Raw([.. new byte[16], 0xFF, 0xFF, 0xFF, 0xFF, .. new byte[11], 1]), "The text claims -1 bytes; 11 follow.");
        Refused(new string('A', WeChatCipher.MostCharacters + 4), "expected at most");
    }

    [Fact]
    public void A_key_that_is_none_is_refused_at_once()
    {
        Assert.Throws<ArgumentException>(() => new WeChatCipher("short", AppId));
        Assert.Throws<ArgumentException>(() => new WeChatCipher(new string('?', 43), AppId));
    }

    private static string Raw(byte[] padded)
    {
        using var aes = System.Security.Cryptography.Aes.Create();
        aes.Key = Convert.FromBase64String(Key + "=");
        return Convert.ToBase64String(aes.EncryptCbc(padded, aes.Key.AsSpan(0, 16), System.Security.Cryptography.PaddingMode.None));
    }

    private static void Refused(string encrypted, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidWeChatMessageException>(() => Cipher.Decrypt(encrypted)).Message, StringComparison.Ordinal);
}
