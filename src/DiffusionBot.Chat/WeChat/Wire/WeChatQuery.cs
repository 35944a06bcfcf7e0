using System.Globalization;

namespace DiffusionBot.Chat.WeChat.Wire;

/// <summary>What WeChat's requests carry in their address; null where it is missing or there several times.</summary>
/// <param name="Signature">Over token, timestamp and nonce.</param>
/// <param name="MsgSignature">Over token, timestamp, nonce and ciphertext; only with encrypted bodies.</param>
/// <param name="Timestamp">Seconds since 1970.</param>
/// <param name="Nonce">Any.</param>
/// <param name="EncryptType">`aes` with encrypted bodies; else `raw`, or missing.</param>
internal sealed record WeChatQuery(string? Signature, string? MsgSignature, string? Timestamp, string? Nonce, string? EncryptType)
{
    private const int LongestNonce = 128, LongestTimestamp = 12;

    /// <summary>Whether the body should be encrypted, as the address tells.</summary>
    public bool IsEncrypted => EncryptType is not (null or "" or "raw") || MsgSignature is not null;

    /// <summary>Whether there is a time and a nonce of bearable lengths: without, there is nothing to sign.</summary>
    public bool IsComplete => Nonce?.Length is >= 1 and <= LongestNonce && Timestamp?.Length is >= 1 and <= LongestTimestamp && Timestamp.All(char.IsAsciiDigit);

    /// <summary>Whether it was signed within <paramref name="window"/> before or after <paramref name="now"/>.</summary>
    public bool IsFresh(DateTimeOffset now, TimeSpan window) =>
        IsComplete && Math.Abs(now.ToUnixTimeSeconds() - long.Parse(Timestamp!, NumberStyles.None, CultureInfo.InvariantCulture)) <= window.TotalSeconds;

    /// <summary>Whether <see cref="Signature"/> is right. It says nothing of the body.</summary>
    public bool IsSigned(string token) => IsComplete && WeChatSignature.Matches(Signature, token, Timestamp!, Nonce!);

    /// <summary>Whether <see cref="MsgSignature"/> is right for this ciphertext.</summary>
    public bool IsSigned(string token, string encrypted) => IsComplete && WeChatSignature.Matches(MsgSignature, token, Timestamp!, Nonce!, encrypted);
}
