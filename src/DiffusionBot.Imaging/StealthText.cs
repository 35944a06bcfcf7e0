using System.IO.Compression;
using System.Text;
using System.Text.Json;
using DiffusionBot.Imaging.Metadata;

namespace DiffusionBot.Imaging;

/// <summary>
/// Text in the lowest bits of a picture's pixels ("stealth pnginfo", of WebUI extensions, Forge and NovelAI), which outlives platforms that drop text chunks
/// but keep a PNG's pixels. Pixels go column by column, from the top; a byte's highest bit comes first. One stream is alpha's, a bit a pixel; the other red's,
/// green's and blue's, three bits a pixel. It holds a signature, the text's length in bits (32, highest first) and the text.
/// </summary>
public static class StealthText
{
    private const int SignatureBytes = 15;

    private static readonly Encoding StrictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The parameter text; NovelAI's JSON becomes WebUI's form. Null where there is none, or none that is sound and within 8 MiB.</summary>
    public static string? Read(Bitmap bitmap)
    {
        var bytes = bitmap.Channels == 4 ? Read(new Bits(bitmap, first: 3, count: 1), "stealth_pnginfo"u8, "stealth_pngcomp"u8) : null;
        if (bytes is null && bitmap.Channels >= 3) bytes = Read(new Bits(bitmap, first: 0, count: 3), "stealth_rgbinfo"u8, "stealth_rgbcomp"u8);
        try
        {
            return bytes is null ? null : FromNovelAi(StrictUtf8.GetString(bytes), bitmap);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static byte[]? Read(Bits bits, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> compressed)
    {
        if (bits.Left < (SignatureBytes + 4) * 8L) return null;
        var signature = bits.Take(SignatureBytes);
        var isCompressed = signature.AsSpan().SequenceEqual(compressed);
        if (!isCompressed && !signature.AsSpan().SequenceEqual(plain)) return null;
        var length = bits.Take(4).Aggregate(0L, (sum, next) => (sum << 8) | next);
        if (length == 0 || length % 8 != 0 || length > bits.Left || length / 8 > PictureText.MaxBytes) return null;
        var payload = bits.Take((int)(length / 8));
        return isCompressed ? Inflate(payload) : payload;
    }

    private static byte[]? Inflate(byte[] compressed)
    {
        using var result = new MemoryStream();
        using var inflater = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        var buffer = new byte[16 << 10];
        try
        {
            while (inflater.Read(buffer) is var read and > 0)
            {
                if (result.Length + read > PictureText.MaxBytes) return null;
                result.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }
        return result.Length == 0 ? null : result.ToArray();
    }

    /// <summary>NovelAI hides what it also writes into chunks, as one JSON object; anything else is the parameter text itself.</summary>
    private static string FromNovelAi(string text, Bitmap bitmap)
    {
        if (!text.StartsWith('{')) return text;
        try
        {
            using var document = JsonDocument.Parse(text);
            var entries = document.RootElement.EnumerateObject().Where(e => e.Value.ValueKind == JsonValueKind.String)
                .DistinctBy(e => e.Name).ToDictionary(e => e.Name, e => e.Value.GetString()!, StringComparer.Ordinal);
            return NovelAiText.Build(entries, bitmap.Width, bitmap.Height) ?? text;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return text;   // words in braces, as NovelAI's prompts have them, or a string that is not Unicode
        }
    }

    /// <summary>The lowest bits of some channels, column by column.</summary>
    private sealed class Bits(Bitmap bitmap, int first, int count)
    {
        private long at;

        public long Left => ((long)bitmap.Width * bitmap.Height * count) - at;

        public byte[] Take(int bytes)
        {
            var result = new byte[bytes];
            for (var i = 0; i < bytes; i++)
            {
                for (var bit = 0; bit < 8; bit++) result[i] = (byte)((result[i] << 1) | Next());
            }
            return result;
        }

        private int Next()
        {
            var (pixel, channel) = Math.DivRem(at++, count);
            var (x, y) = Math.DivRem(pixel, bitmap.Height);
            return bitmap.Pixels[(((y * bitmap.Width) + x) * bitmap.Channels) + first + channel] & 1;
        }
    }
}
