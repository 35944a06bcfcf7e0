using System.Buffers.Binary;
using System.Text;

namespace DiffusionBot.Chat.Fetching;

/// <summary>What a file is by its first bytes: the type that a server names is often not what it sends.</summary>
internal static class PictureBytes
{
    /// <summary>Whether it begins like a PNG, JPEG, GIF, WebP or BMP.</summary>
    public static bool IsPicture(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])
        || file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8)
        || file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..].StartsWith("WEBP"u8)
        || file.StartsWith("BM"u8) && file.Length >= 26 && BinaryPrimitives.ReadUInt32LittleEndian(file[14..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124;

    /// <summary>What it is, for a message: `12 bytes of text/html that begin "&lt;html&gt;"`.</summary>
    public static string Describe(string? mediaType, ReadOnlySpan<byte> file)
    {
        var begin = new StringBuilder();
        foreach (var b in file[..Math.Min(file.Length, 16)]) begin.Append(b is >= 0x20 and < 0x7F ? (char)b : '.');
        return $"{file.Length} bytes of {mediaType ?? "no type"} that begin \"{begin}\"";
    }
}
