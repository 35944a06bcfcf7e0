using System.Security.Cryptography;
using System.Text;

namespace DiffusionBot.Chat.WeChat.Wire;

/// <summary>WeChat's signature: the SHA-1 of the parts, sorted by their characters' codes and written one after the other, in lower-case hex.</summary>
internal static class WeChatSignature
{
    /// <summary>Characters of a signature.</summary>
    public const int Length = 2 * SHA1.HashSizeInBytes;

    /// <summary>40 hex digits.</summary>
    public static string Of(params string[] parts)
    {
        var sorted = parts.ToArray();
        Array.Sort(sorted, StringComparer.Ordinal);
        return Convert.ToHexStringLower(Sha1(Encoding.UTF8.GetBytes(string.Concat(sorted))));
    }

    /// <summary>Whether <paramref name="given"/> is the parts' signature; takes as long whichever digit is wrong. Anything else than 40 lower-case hex digits is not.</summary>
    public static bool Matches(string? given, params string[] parts) =>
        given?.Length == Length && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(Of(parts)));

    // The platform's choice: there is no other.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "WeChat signs so.")]
    private static byte[] Sha1(byte[] bytes) => SHA1.HashData(bytes);
}
