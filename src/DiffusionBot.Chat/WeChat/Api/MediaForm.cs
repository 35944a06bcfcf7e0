using System.Security.Cryptography;
using System.Text;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>
/// A picture as a form (RFC 7578), byte by byte: .NET's own form writes names without quotes and a second name (`filename*=`), of which nobody knows whether WeChat reads them.
/// </summary>
internal static class MediaForm
{
    /// <summary>The form and its Content-Type.</summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="fileName">Anything; what is no letter, digit, `.`, `-` or `_` becomes `_`.</param>
    public static (byte[] Body, string ContentType) Of(ReadOnlySpan<byte> jpeg, string fileName)
    {
        var boundary = $"----DiffusionBot{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        var head = Encoding.ASCII.GetBytes(
            $"--{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"{Plain(fileName)}\"\r\nContent-Type: image/jpeg\r\n\r\n");
        return ([.. head, .. jpeg, .. Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n")], $"multipart/form-data; boundary={boundary}");
    }

    // WeChat goes by the ending.
    private static string Plain(string fileName)
    {
        var stem = Path.GetFileNameWithoutExtension(fileName);
        var plain = string.Concat(stem.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
        return $"{(plain.Length > 0 ? plain : "picture")}.jpg";
    }
}
