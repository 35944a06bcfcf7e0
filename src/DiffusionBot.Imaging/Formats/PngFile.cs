using System.Buffers.Binary;
using System.Text;

namespace DiffusionBot.Imaging.Formats;

/// <summary>PNG's container: chunks of length, type, data and CRC (PNG specification, third edition, 5.3).</summary>
internal static class PngFile
{
    private const int ChunkOverhead = 12;

    // The keyword with the zero that ends it.
    private static ReadOnlySpan<byte> XmpKeyword => "XML:com.adobe.xmp\0"u8;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static PictureHeader ReadHeader(ReadOnlySpan<byte> file)
    {
        var chunks = new Chunks(file);
        if (!chunks.Next() || chunks.Type != "IHDR" || chunks.Data.Length != 13)
            throw new InvalidPictureException($"PNG: begins with chunk '{chunks.Type}' of {chunks.Data.Length} bytes; expected IHDR of 13.");
        var width = BinaryPrimitives.ReadUInt32BigEndian(chunks.Data);
        var height = BinaryPrimitives.ReadUInt32BigEndian(chunks.Data[4..]);
        if (width > int.MaxValue || height > int.MaxValue) throw new InvalidPictureException($"PNG: the header says {width}x{height}; at most {int.MaxValue} is sound.");
        var frames = 1u;
        while (chunks.Next() && chunks.Type != "IDAT")
        {
            if (chunks.Type == "acTL" && chunks.Data.Length >= 8) frames = Math.Max(1, BinaryPrimitives.ReadUInt32BigEndian(chunks.Data));
        }
        return new(PictureFormat.Png, (int)width, (int)height, (int)Math.Min(frames, int.MaxValue));
    }

    /// <summary>The file with one more chunk, right after IHDR, where Pillow writes text too. <paramref name="file"/> is sound.</summary>
    public static byte[] InsertAfterHeader(ReadOnlySpan<byte> file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var at = Signature.Length + ChunkOverhead + 13;
        var result = new byte[file.Length + ChunkOverhead + data.Length];
        file[..at].CopyTo(result);
        var chunk = result.AsSpan(at, ChunkOverhead + data.Length);
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk[4..]);
        data.CopyTo(chunk[8..]);
        BinaryPrimitives.WriteUInt32BigEndian(chunk[^4..], Crc32.Of(chunk[4..^4]));
        file[at..].CopyTo(result.AsSpan(at + chunk.Length));
        return result;
    }

    /// <summary>The XMP packet, as iTXt without compression (XMP specification part 3, 1.1.5); empty where there is none.</summary>
    public static ReadOnlySpan<byte> FindXmp(ReadOnlySpan<byte> file)
    {
        var chunks = new Chunks(file);
        while (chunks.Next())
        {
            if (IsXmp(chunks)) return chunks.Data[(XmpKeyword.Length + 4)..];
        }
        return default;
    }

    /// <summary>The file with that packet behind IHDR, and no other.</summary>
    public static byte[] WithXmp(ReadOnlySpan<byte> file, ReadOnlySpan<byte> packet)
    {
        using var rest = new MemoryStream(file.Length);
        rest.Write(Signature);
        var chunks = new Chunks(file);
        for (var at = Signature.Length; chunks.Next();)
        {
            var chunk = file.Slice(at, ChunkOverhead + chunks.Data.Length);
            if (!IsXmp(chunks)) rest.Write(chunk);
            at += chunk.Length;
        }
        // No compression; then language and translated keyword, both empty.
        return InsertAfterHeader(rest.ToArray(), "iTXt"u8, [.. XmpKeyword, 0, 0, 0, 0, .. packet]);
    }

    private static bool IsXmp(Chunks chunks) => chunks.Type == "iTXt" && chunks.Data.StartsWith(XmpKeyword)
        && chunks.Data[XmpKeyword.Length..] is [0, _, 0, 0, ..];

    /// <summary>Walks the chunks up to IEND. CRCs are left to the pixel decoder, as text with a wrong one is still text.</summary>
    public ref struct Chunks(ReadOnlySpan<byte> file)
    {
        private readonly ReadOnlySpan<byte> file = file;
        private int at = Signature.Length;

        public string Type { get; private set; } = "";

        public ReadOnlySpan<byte> Data { get; private set; } = default;

        /// <summary>False after IEND.</summary>
        /// <exception cref="InvalidPictureException">The file ends within a chunk, or before IEND.</exception>
        public bool Next()
        {
            if (Type == "IEND") return false;
            var rest = file[at..];
            if (rest.Length < ChunkOverhead) throw new InvalidPictureException($"PNG: cut off at byte {file.Length}; expected another chunk, up to IEND.");
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            var type = Encoding.Latin1.GetString(rest.Slice(4, 4));
            if (length > rest.Length - ChunkOverhead)
                throw new InvalidPictureException($"PNG: chunk '{type}' at byte {at} claims {length} bytes; the file has {rest.Length - ChunkOverhead} left.");
            Type = type;
            Data = rest.Slice(8, (int)length);
            at += ChunkOverhead + (int)length;
            return true;
        }
    }
}
