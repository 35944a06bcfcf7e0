namespace DiffusionBot.FakeWeChat.Api;

/// <summary>What a file is, by its first bytes.</summary>
internal static class PictureKind
{
    /// <returns>Null: no picture that WeChat takes.</returns>
    public static string? MediaTypeOf(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? "image/jpeg"
        : file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]) ? "image/png"
        : file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8) ? "image/gif"
        : null;
}
