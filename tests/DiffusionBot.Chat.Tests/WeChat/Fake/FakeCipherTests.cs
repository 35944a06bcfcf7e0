using System.Text;
using DiffusionBot.Chat.Tests.WeChat.Wire;
using DiffusionBot.FakeWeChat.Wire;

namespace DiffusionBot.Chat.Tests.WeChat.Fake;

/// <summary>The fake's own encryption against official vectors.</summary>
public sealed class FakeCipherTests
{
    [Theory]
    [InlineData("secure-push")]
    [InlineData("secure-reply")]
    [InlineData("compat-push-xml")]
    [InlineData("wxjava-1")]
    [InlineData("wxjava-2")]
    public void Encrypts_and_decrypts_the_vectors(string name)
    {
        var vector = Vectors.Of(name);
        var cipher = new PushCipher(vector.EncodingAESKey!, vector.Appid!);
        Assert.Equal(vector.Msg, cipher.Decrypt(vector.Encrypt!));
        Assert.Equal(vector.Encrypt, cipher.Encrypt(vector.Msg!, Encoding.ASCII.GetBytes(vector.Random!)));
    }

    [Theory]
    [InlineData("url-verify")]
    [InlineData("plain-push")]
    [InlineData("compat-push-xml")]
    public void Signs_as_the_vectors(string name)
    {
        var vector = Vectors.Of(name);
        Assert.Equal(vector.Signature, PostSigner.Signature(vector.Token, vector.Timestamp, vector.Nonce));
        if (vector.Encrypt is not null) Assert.Equal(vector.Msg_signature, PostSigner.Signature(vector.Token, vector.Timestamp, vector.Nonce, vector.Encrypt));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    public void Padding_is_1_to_32_bytes(int length)
    {
        var padded = PushCipher.Pad(new byte[length]);
        Assert.Equal(0, padded.Length % 32);
        Assert.Equal(padded.Length - length, padded[^1]);
    }

    [Fact]
    public void Another_app_id_a_wrong_padding_and_no_base64_are_told_apart()
    {
        var vector = Vectors.Of("secure-push");
        var cipher = new PushCipher(vector.EncodingAESKey!, "wx0000000000000000");
        Assert.Contains("app id", Wrong(vector.Encrypt!), StringComparison.Ordinal);
        Assert.Contains("padding", Wrong(cipher.EncryptRaw(new byte[64])), StringComparison.Ordinal);
        Assert.Contains("claims", Wrong(cipher.EncryptRaw(PushCipher.Pad([.. new byte[16], 0, 0, 1, 0, 7]))), StringComparison.Ordinal);
        Assert.Contains("base64", Wrong("*"), StringComparison.Ordinal);

        string Wrong(string encrypted) => Assert.Throws<WrongReplyException>(() => cipher.Decrypt(encrypted)).Message;
    }
}
