using System.Buffers.Text;
using System.Security.Cryptography;

namespace DiffusionBot.Generation.Jobs;

/// <summary>Names that nobody counts up to.</summary>
internal static class RequestCodes
{
    private const string Letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ";   // none that is taken for another

    /// <summary>Six letters and digits that people can type.</summary>
    public static string NewCode() => RandomNumberGenerator.GetString(Letters, 6);

    /// <summary>22 characters of 128 random bits.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>For a request without one, as WebUI draws it: 0 to 2^32 - 1.</summary>
    public static long NewSeed() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
}
