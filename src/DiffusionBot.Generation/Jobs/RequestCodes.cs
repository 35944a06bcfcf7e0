using System.Buffers.Text;
using System.Security.Cryptography;

namespace DiffusionBot.Generation.Jobs;

/// <summary>Names that nobody counts up to.</summary>
internal static class RequestCodes
{
    /// <summary>22 characters of 128 random bits.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>For a request without one, as WebUI draws it: 0 to 2^32 - 1.</summary>
    public static long NewSeed() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
}
