using System.IO.Compression;
using System.Text;
using DiffusionBot.Imaging.Formats;

namespace DiffusionBot.Imaging.Metadata;

/// <summary>Text chunks of a PNG (PNG specification, third edition, 11.3.3), read and written as Pillow does.</summary>
internal static class PngText
{
    private static readonly Encoding StrictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Keyword and text of every sound text chunk, the last of a keyword winning, and the eXIf chunk's bytes.</summary>
    /// <exception cref="InvalidPictureException">The container is damaged, or holds more text than <see cref="PictureText.MaxBytes"/>.</exception>
    public static Dictionary<string, string> Read(ReadOnlySpan<byte> file, out byte[]? exif)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        exif = null;
        var left = PictureText.MaxBytes;
        var chunks = new PngFile.Chunks(file);
        while (chunks.Next())
        {
            switch (chunks.Type)
            {
                case "tEXt" or "zTXt" or "iTXt":
                    if (ReadChunk(chunks.Type, chunks.Data, ref left) is var (keyword, text)) texts[keyword] = text;
                    break;
                case "eXIf":
                    PictureText.Check(chunks.Data.Length);
                    exif = chunks.Data.ToArray();
                    break;
            }
        }
        return texts;
    }

    /// <summary>The picture with a text chunk: tEXt where Latin-1 can say it, else iTXt (PngInfo.add_text's choice).</summary>
    public static byte[] Write(ReadOnlySpan<byte> file, string keyword, string text)
    {
        var key = Encoding.Latin1.GetBytes(keyword);
        return text.AsSpan().IndexOfAnyExceptInRange('\0', '\xFF') < 0
            ? PngFile.InsertAfterHeader(file, "tEXt"u8, [.. key, 0, .. Encoding.Latin1.GetBytes(text)])
            : PngFile.InsertAfterHeader(file, "iTXt"u8, [.. key, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)]);
    }

    private static (string Keyword, string Text)? ReadChunk(string type, ReadOnlySpan<byte> data, ref int left)
    {
        var end = data.IndexOf((byte)0);
        if (end < 1) return null;
        var keyword = Encoding.Latin1.GetString(data[..end]);
        var rest = data[(end + 1)..];
        var isCompressed = type == "zTXt";
        if (type == "iTXt")
        {
            // Compression flag and method, then language and translated keyword, each ended by a zero.
            if (rest.Length < 2) return null;
            isCompressed = rest[0] != 0;
            if (isCompressed && rest[1] != 0) return null;
            rest = rest[2..];
            for (var skipped = 0; skipped < 2; skipped++)
            {
                var zero = rest.IndexOf((byte)0);
                if (zero < 0) return null;
                rest = rest[(zero + 1)..];
            }
        }
        else if (isCompressed)
        {
            if (rest.IsEmpty || rest[0] != 0) return null;
            rest = rest[1..];
        }
        if (isCompressed)
        {
            if (Inflate(rest, keyword, left) is not { } inflated) return null;
            rest = inflated;
        }
        left -= rest.Length;
        if (left < 0) throw TooMuch(keyword);
        return type != "iTXt" ? (keyword, Encoding.Latin1.GetString(rest)) : DecodeUtf8(rest) is { } text ? (keyword, text) : null;
    }

    private static string? DecodeUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;   // Pillow drops such a chunk too
        }
    }

    private static byte[]? Inflate(ReadOnlySpan<byte> compressed, string keyword, int limit)
    {
        using var result = new MemoryStream();
        using var inflater = new ZLibStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
        var buffer = new byte[16 << 10];
        try
        {
            while (inflater.Read(buffer) is var read and > 0)
            {
                if (result.Length + read > limit) throw TooMuch(keyword);
                result.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }
        return result.ToArray();
    }

    private static InvalidPictureException TooMuch(string keyword) =>
        new($"PNG: text chunk '{(keyword.Length > 79 ? keyword[..79] : keyword)}' takes the picture's text beyond {PictureText.MaxBytes} bytes.");
}
