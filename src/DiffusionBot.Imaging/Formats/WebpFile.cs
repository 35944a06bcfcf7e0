using System.Buffers.Binary;
using System.Text;

namespace DiffusionBot.Imaging.Formats;

/// <summary>WebP's container: RIFF chunks (RFC 9649, 2).</summary>
internal static class WebpFile
{
    private const int RiffHeader = 12;
    private const byte XmpFlag = 0x04, ExifFlag = 0x08, AlphaFlag = 0x10;

    public static PictureHeader ReadHeader(ReadOnlySpan<byte> file)
    {
        (int Width, int Height)? canvas = null, first = null;
        var frames = 0;
        var chunks = new Chunks(file);
        while (chunks.Next())
        {
            switch (chunks.Type)
            {
                case "VP8X":
                    Need(chunks, 10);
                    canvas ??= (1 + UInt24(chunks.Data[4..]), 1 + UInt24(chunks.Data[7..]));
                    break;
                case "VP8 " or "VP8L":
                    first ??= FrameSize(chunks);
                    break;
                case "ANMF":
                    frames++;
                    break;
            }
        }
        var (width, height) = canvas ?? first ?? throw new InvalidPictureException("WebP: neither a VP8, a VP8L nor a VP8X chunk.");
        if (canvas is not null && frames == 0 && first is null) throw new InvalidPictureException("WebP: a canvas without a picture.");
        return new(PictureFormat.Webp, width, height, Math.Max(1, frames));
    }

    /// <summary>The first chunk of a type; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> file, string type)
    {
        var chunks = new Chunks(file);
        while (chunks.Next())
        {
            if (chunks.Type == type) return chunks.Data;
        }
        return default;
    }

    /// <summary>The file in its extended form with that chunk, `EXIF` or `XMP `, at its end, and no other of its type.</summary>
    public static byte[] WithChunk(ReadOnlySpan<byte> file, PictureHeader header, string type, ReadOnlySpan<byte> data)
    {
        using var result = new MemoryStream(file.Length + data.Length + 64);
        result.Write("RIFF\0\0\0\0WEBP"u8);
        var chunks = new Chunks(file);
        for (var isFirst = true; chunks.Next(); isFirst = false)
        {
            if (isFirst)
            {
                var flags = chunks.Type == "VP8X" ? chunks.Data[0] : chunks.Type == "VP8L" && HasAlpha(chunks.Data) ? AlphaFlag : (byte)0;
                flags |= type == "EXIF" ? ExifFlag : XmpFlag;
                WriteChunk(result, "VP8X"u8, [flags, 0, 0, 0, .. UInt24(header.Width - 1), .. UInt24(header.Height - 1)]);
                if (chunks.Type == "VP8X") continue;
            }
            if (chunks.Type != type) WriteChunk(result, Encoding.Latin1.GetBytes(chunks.Type), chunks.Data);
        }
        WriteChunk(result, Encoding.Latin1.GetBytes(type), data);
        var bytes = result.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        return bytes;
    }

    private static void WriteChunk(MemoryStream to, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, data.Length);
        to.Write(type);
        to.Write(length);
        to.Write(data);
        if (data.Length % 2 != 0) to.WriteByte(0);
    }

    private static (int Width, int Height) FrameSize(Chunks chunk)
    {
        if (chunk.Type == "VP8L")
        {
            // RFC 9649, 3.4: a signature byte, then width - 1 and height - 1 in 14 bits each.
            Need(chunk, 5);
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(chunk.Data[1..]);
            return (1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));
        }
        // RFC 6386, 9.1: a frame tag of 3 bytes, a start code of 3, then sizes in 14 bits with 2 bits of scale above.
        Need(chunk, 10);
        return (BinaryPrimitives.ReadUInt16LittleEndian(chunk.Data[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(chunk.Data[8..]) & 0x3FFF);
    }

    private static bool HasAlpha(ReadOnlySpan<byte> lossless) => lossless.Length >= 5 && (lossless[4] & 0x10) != 0;

    private static void Need(Chunks chunk, int bytes)
    {
        if (chunk.Data.Length < bytes) throw new InvalidPictureException($"WebP: chunk '{chunk.Type}' is {chunk.Data.Length} bytes; expected {bytes} or more.");
    }

    private static int UInt24(ReadOnlySpan<byte> data) => data[0] | (data[1] << 8) | (data[2] << 16);

    private static byte[] UInt24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];

    /// <summary>Walks the chunks that the RIFF header vouches for.</summary>
    public ref struct Chunks
    {
        private ReadOnlySpan<byte> rest;

        /// <exception cref="InvalidPictureException">The RIFF header claims more than the file holds.</exception>
        public Chunks(ReadOnlySpan<byte> file)
        {
            var claimed = BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
            if (claimed < RiffHeader - 8 || claimed > file.Length - 8)
                throw new InvalidPictureException($"WebP: the RIFF header claims {claimed} bytes; the file has {file.Length - 8} after it.");
            rest = file.Slice(RiffHeader, (int)claimed - (RiffHeader - 8));
            Type = "";
            Data = default;
        }

        public string Type { get; private set; }

        public ReadOnlySpan<byte> Data { get; private set; }

        /// <summary>False at the end.</summary>
        /// <exception cref="InvalidPictureException">A chunk claims more than is left.</exception>
        public bool Next()
        {
            if (rest.Length < 8) return false;
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            Type = Encoding.Latin1.GetString(rest[..4]);
            if (length > rest.Length - 8) throw new InvalidPictureException($"WebP: chunk '{Type}' claims {length} bytes; {rest.Length - 8} are left.");
            Data = rest.Slice(8, (int)length);
            rest = rest[Math.Min(rest.Length, 8 + (int)length + ((int)length & 1))..];
            return true;
        }
    }
}
