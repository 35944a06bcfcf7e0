using System.Buffers.Binary;
using System.Text;
using DiffusionBot.Imaging.Formats;

namespace DiffusionBot.Imaging.Metadata;

/// <summary>
/// The two entries of an EXIF block that matter here (EXIF 2.32, 4.6): orientation and user comment. Damaged blocks are common
/// and say nothing; they are never an error.
/// </summary>
/// <param name="Orientation">1 (upright) to 8.</param>
/// <param name="UserComment">Its text, or null.</param>
internal sealed record ExifBlock(int Orientation, string? UserComment)
{
    private const ushort OrientationTag = 0x0112, ExifPointerTag = 0x8769, UserCommentTag = 0x9286;
    private const int EntryBytes = 12, CodeBytes = 8;

    private static readonly Encoding LenientUtf8 = Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new DecoderReplacementFallback(""));

    public static ExifBlock None { get; } = new(1, null);

    /// <summary>Reads a TIFF block, with or without the "Exif" that stands before it in a JPEG.</summary>
    public static ExifBlock Read(ReadOnlySpan<byte> block)
    {
        if (block.StartsWith(JpegFile.ExifPrefix)) block = block[JpegFile.ExifPrefix.Length..];
        if (block.Length < 8) return None;
        var isBigEndian = block.StartsWith("MM"u8);
        if (!isBigEndian && !block.StartsWith("II"u8)) return None;
        var tiff = new Tiff(block, isBigEndian);
        var main = tiff.UInt32(4);
        var orientation = tiff.Find(main, OrientationTag) is { Count: 1 } o && o.Offset is { } at ? tiff.UInt16(at) : 1;
        string? comment = null;
        if (tiff.Find(main, ExifPointerTag) is { Offset: { } pointer } && tiff.Find(tiff.UInt32(pointer), UserCommentTag) is { Offset: { } start } entry)
            comment = ReadComment(block.Slice((int)start, (int)entry.Count));
        return new(orientation is >= 1 and <= 8 ? orientation : 1, string.IsNullOrEmpty(comment) ? null : comment);
    }

    /// <summary>A block that holds this user comment as WebUI (piexif) writes it: "UNICODE", then UTF-16 with the high byte first.</summary>
    public static byte[] Write(string comment)
    {
        var content = new byte[CodeBytes + Encoding.BigEndianUnicode.GetByteCount(comment)];
        "UNICODE\0"u8.CopyTo(content);
        Encoding.BigEndianUnicode.GetBytes(comment, content.AsSpan(CodeBytes));
        // Header, a directory with the pointer, a directory with the comment, the comment.
        const int directoryBytes = 2 + EntryBytes + 4, header = 8;
        var block = new byte[header + (2 * directoryBytes) + content.Length];
        "MM\0*\0\0\0\b"u8.CopyTo(block);
        WriteDirectory(block.AsSpan(header), ExifPointerTag, type: 4, count: 1, value: header + directoryBytes);
        WriteDirectory(block.AsSpan(header + directoryBytes), UserCommentTag, type: 7, count: content.Length, value: header + (2 * directoryBytes));
        content.CopyTo(block.AsSpan(header + (2 * directoryBytes)));
        return block;
    }

    private static void WriteDirectory(Span<byte> to, ushort tag, ushort type, int count, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, 1);
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], tag);
        BinaryPrimitives.WriteUInt16BigEndian(to[4..], type);
        BinaryPrimitives.WriteInt32BigEndian(to[6..], count);
        BinaryPrimitives.WriteInt32BigEndian(to[10..], value);
    }

    private static string? ReadComment(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("UNICODE\0"u8)) return ReadUtf16(content[CodeBytes..]).TrimEnd('\0');
        // The standard says ASCII; programs put UTF-8 there, of which ASCII is a part.
        if (content.StartsWith("ASCII\0\0\0"u8)) return Encoding.UTF8.GetString(content[CodeBytes..]).TrimEnd('\0');
        if (content.StartsWith("JIS\0\0\0\0\0"u8)) return null;   // cameras in Japan; never a parameter text
        if (content.Length >= CodeBytes && content[..CodeBytes].IndexOfAnyExcept((byte)0) < 0) content = content[CodeBytes..];
        return LenientUtf8.GetString(content).TrimEnd('\0');
    }

    /// <summary>High byte first, as WebUI has it, unless a mark or the text itself says otherwise: parameters are mostly ASCII, so the zeros tell.</summary>
    private static string ReadUtf16(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return Encoding.BigEndianUnicode.GetString(text[2..]);
        if (text.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return Encoding.Unicode.GetString(text[2..]);
        var (highFirst, lowFirst) = (0, 0);
        for (var i = 0; i + 1 < text.Length; i += 2)
        {
            if (text[i] == 0 && text[i + 1] != 0) highFirst++;
            if (text[i] != 0 && text[i + 1] == 0) lowFirst++;
        }
        return (lowFirst > highFirst ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(text);
    }

    private readonly ref struct Tiff(ReadOnlySpan<byte> block, bool isBigEndian)
    {
        private readonly ReadOnlySpan<byte> block = block;

        public ushort UInt16(uint at) => isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(block[(int)at..]) : BinaryPrimitives.ReadUInt16LittleEndian(block[(int)at..]);

        public uint UInt32(uint at) => isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(block[(int)at..]) : BinaryPrimitives.ReadUInt32LittleEndian(block[(int)at..]);

        /// <summary>An entry of the directory at that offset; Offset is where Count elements lie, null where they are not all in the block.</summary>
        public (uint Count, uint? Offset)? Find(uint directory, ushort tag)
        {
            if (directory > (uint)block.Length - 2) return null;
            var entries = UInt16(directory);
            for (var i = 0; i < entries; i++)
            {
                var at = directory + 2L + (i * EntryBytes);
                if (at + EntryBytes > block.Length) return null;
                if (UInt16((uint)at) != tag) continue;
                var elementBytes = UInt16((uint)at + 2) switch { 1 or 2 or 7 => 1L, 3 => 2, 4 => 4, _ => 0 };
                var count = UInt32((uint)at + 4);
                var bytes = elementBytes * count;
                var offset = bytes <= 4 ? (uint)at + 8 : UInt32((uint)at + 8);
                return (count, bytes > 0 && offset + bytes <= block.Length ? offset : null);
            }
            return null;
        }
    }
}
