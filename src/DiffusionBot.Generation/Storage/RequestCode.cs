using System.Security.Cryptography;

namespace DiffusionBot.Generation.Storage;

/// <summary>Short names of requests, which people read out and type: `K7Q2M9`.</summary>
public static class RequestCode
{
    /// <summary>Letters and digits that are not taken for one another.</summary>
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    private const int Length = 6;

    /// <summary>A random one; whether it is free, the table says.</summary>
    public static string Draw()
    {
        while (true)
        {
            var code = RandomNumberGenerator.GetString(Alphabet, Length);
            if (IsCode(code)) return code;
        }
    }

    /// <summary>Whether a word has the form of a code, in any case. A digit is in every code, so that no English word is one.</summary>
    public static bool IsCode(string word) =>
        word.Length == Length && word.Any(char.IsAsciiDigit) && word.All(c => Alphabet.Contains(char.ToUpperInvariant(c), StringComparison.Ordinal));
}
