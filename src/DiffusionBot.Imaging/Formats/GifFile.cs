using System.Buffers.Binary;

namespace DiffusionBot.Imaging.Formats;

/// <summary>GIF's container: blocks of sub-blocks (GIF89a specification, 15 to 27).</summary>
internal static class GifFile
{
    private const byte Extension = 0x21, Image = 0x2C, Trailer = 0x3B, CommentLabel = 0xFE;

    public static PictureHeader ReadHeader(ReadOnlySpan<byte> file) => Walk(file, comment: null);

    /// <summary>
    /// The comment before the first frame, or null; several are joined by line feeds, as Pillow joins them.
    /// </summary>
    public static byte[]? ReadComment(ReadOnlySpan<byte> file)
    {
        using var comment = new MemoryStream();
        Walk(file, comment);
        return comment.Length == 0 ? null : comment.ToArray();
    }

    private static PictureHeader Walk(ReadOnlySpan<byte> file, MemoryStream? comment)
    {
        if (file.Length < 13) throw CutOff(file);
        int width = BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), height = BinaryPrimitives.ReadUInt16LittleEndian(file[8..]);
        var frames = 0;
        var at = 13 + ColourTableBytes(file[10]);
        while (true)
        {
            if (at >= file.Length) throw CutOff(file);
            var kind = file[at++];
            if (kind == Trailer) break;
            if (kind == Extension)
            {
                if (at >= file.Length) throw CutOff(file);
                var keep = file[at++] == CommentLabel && frames == 0 ? comment : null;
                if (keep is { Length: > 0 }) keep.WriteByte((byte)'\n');
                at = SkipSubBlocks(file, at, keep);
                continue;
            }
            if (kind != Image) throw new InvalidPictureException($"GIF: block {kind:X2} at byte {at - 1}; expected an image (2C), an extension (21) or the end (3B).");
            if (file.Length - at < 10) throw CutOff(file);
            // Decoders grow the canvas for a frame that sticks out, so it counts towards the limits.
            var frame = file.Slice(at, 9);
            width = Math.Max(width, BinaryPrimitives.ReadUInt16LittleEndian(frame) + BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]));
            height = Math.Max(height, BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]) + BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]));
            frames++;
            at = SkipSubBlocks(file, at + 9 + ColourTableBytes(frame[8]) + 1, into: null);
        }
        return frames > 0 ? new(PictureFormat.Gif, width, height, frames) : throw new InvalidPictureException("GIF: it ends without a single frame.");
    }

    private static int ColourTableBytes(byte packed) => (packed & 0x80) == 0 ? 0 : 3 << ((packed & 7) + 1);

    private static int SkipSubBlocks(ReadOnlySpan<byte> file, int at, MemoryStream? into)
    {
        while (true)
        {
            if (at >= file.Length) throw CutOff(file);
            var length = file[at++];
            if (length == 0) return at;
            if (length > file.Length - at) throw CutOff(file);
            into?.Write(file.Slice(at, length));
            PictureText.Check(into?.Length ?? 0);
            at += length;
        }
    }

    private static InvalidPictureException CutOff(ReadOnlySpan<byte> file) => new($"GIF: cut off at byte {file.Length}, before its end mark.");
}
