using System.Buffers.Binary;

namespace DiffusionBot.Imaging.Formats;

/// <summary>JPEG's container: marker segments (ITU-T T.81, B.1).</summary>
internal static class JpegFile
{
    public const byte StartOfScan = 0xDA, App1 = 0xE1, Comment = 0xFE;

    // Each scan may go over the whole picture for a few bytes; encoders write a dozen, and libvips does not count.
    private const int MaxScans = 100;
    private const byte EndOfImage = 0xD9, App0 = 0xE0;

    /// <summary>What an EXIF segment begins with (EXIF 2.32, 4.7.2).</summary>
    public static ReadOnlySpan<byte> ExifPrefix => "Exif\0\0"u8;

    private static ReadOnlySpan<byte> XmpPrefix => "http://ns.adobe.com/xap/1.0/\0"u8;

    public static ReadOnlySpan<byte> Signature => [0xFF, 0xD8, 0xFF];

    public static PictureHeader ReadHeader(ReadOnlySpan<byte> file)
    {
        PictureHeader? header = null;
        var scans = 0;
        var segments = new Segments(file);
        while (segments.Next())
        {
            if (header is null && IsStartOfFrame(segments.Marker))
            {
                if (segments.Data.Length < 6) throw new InvalidPictureException($"JPEG: the frame header is {segments.Data.Length} bytes; expected 6 or more.");
                header = new(PictureFormat.Jpeg, BinaryPrimitives.ReadUInt16BigEndian(segments.Data[3..]), BinaryPrimitives.ReadUInt16BigEndian(segments.Data[1..]), 1);
            }
            if (segments.Marker == StartOfScan && ++scans > MaxScans) throw new InvalidPictureException($"JPEG: more than {MaxScans} scans.");
        }
        return header is not null && scans > 0 ? header
            : throw new InvalidPictureException($"JPEG: it ends at byte {file.Length} {(header is null ? "without a frame header" : "before the first scan")}.");
    }

    /// <summary>The file with an EXIF segment after the JFIF one. <paramref name="file"/> is our own encoder's and has none.</summary>
    /// <exception cref="ArgumentException">A segment holds at most 65,533 bytes.</exception>
    public static byte[] InsertExif(ReadOnlySpan<byte> file, ReadOnlySpan<byte> exif)
    {
        if (2 + ExifPrefix.Length + exif.Length > ushort.MaxValue)
            throw new ArgumentException($"A JPEG holds {ushort.MaxValue - 2 - ExifPrefix.Length} bytes of EXIF; the parameters need {exif.Length}.");
        return InsertApp1(file, 2 + (file[3] == App0 ? 2 + BinaryPrimitives.ReadUInt16BigEndian(file[4..]) : 0), ExifPrefix, exif);
    }

    /// <summary>The XMP packet (XMP specification part 3, 1.1.3) without its extension; empty where there is none.</summary>
    public static ReadOnlySpan<byte> FindXmp(ReadOnlySpan<byte> file)
    {
        var segments = new Segments(file);
        while (segments.Next() && segments.Marker != StartOfScan)
        {
            if (segments.Marker == App1 && segments.Data.StartsWith(XmpPrefix)) return segments.Data[XmpPrefix.Length..];
        }
        return default;
    }

    /// <summary>The file with that packet behind JFIF and EXIF, and no other.</summary>
    /// <exception cref="ArgumentException">A segment holds at most 65,533 bytes.</exception>
    public static byte[] WithXmp(ReadOnlySpan<byte> file, ReadOnlySpan<byte> packet)
    {
        if (2 + XmpPrefix.Length + packet.Length > ushort.MaxValue)
            throw new ArgumentException($"A JPEG holds {ushort.MaxValue - 2 - XmpPrefix.Length} bytes of XMP; this packet has {packet.Length}.");
        using var rest = new MemoryStream(file.Length);
        var (copied, at) = (0, 2);
        var segments = new Segments(file);
        while (segments.Next() && segments.Marker != StartOfScan)
        {
            if (!file.Overlaps(segments.Data, out var start)) continue;
            var end = start + segments.Data.Length;
            if (segments.Marker == App1 && segments.Data.StartsWith(XmpPrefix))
            {
                rest.Write(file[copied..(start - 4)]);   // marker and length
                copied = end;
            }
            else if (segments.Marker == App0 || (segments.Marker == App1 && segments.Data.StartsWith(ExifPrefix)))
            {
                at = (int)rest.Length + end - copied;
            }
        }
        rest.Write(file[copied..]);
        return InsertApp1(rest.ToArray(), at, XmpPrefix, packet);
    }

    private static byte[] InsertApp1(ReadOnlySpan<byte> file, int at, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> content)
    {
        var length = 2 + prefix.Length + content.Length;
        Span<byte> start = [0xFF, App1, (byte)(length >> 8), (byte)length];
        return [.. file[..at], .. start, .. prefix, .. content, .. file[at..]];
    }

    // SOF0 to SOF15, less the three of that range that mean something else: DHT, JPG, DAC.
    private static bool IsStartOfFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>Walks the segments, those between and behind scans too; a scan's compressed data is skipped.</summary>
    public ref struct Segments(ReadOnlySpan<byte> file)
    {
        private readonly ReadOnlySpan<byte> file = file;
        private int at = 2;

        public byte Marker { get; private set; } = 0;

        /// <summary>What follows the segment's length; empty for markers that stand alone.</summary>
        public ReadOnlySpan<byte> Data { get; private set; } = default;

        /// <summary>False at the end mark or the file's end; whether the pixels are complete is for the decoder to say.</summary>
        /// <exception cref="InvalidPictureException">A segment claims more than the file holds.</exception>
        public bool Next()
        {
            // Any number of FF may fill before a marker, FF 00 is data, and bytes that belong to no segment are skipped, as decoders do.
            Data = default;
            do
            {
                var found = file[at..].IndexOf((byte)0xFF);
                if (found < 0) return false;
                at += found;
                while (at < file.Length && file[at] == 0xFF) at++;
                if (at >= file.Length) return false;
            }
            while (file[at] == 0);
            Marker = file[at++];
            if (Marker == EndOfImage) return false;
            if (Marker is 0x01 or (>= 0xD0 and <= 0xD8)) return true;   // these stand alone
            var left = file.Length - at;
            var length = left < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
            if (length < 2 || length > left)
                throw new InvalidPictureException($"JPEG: segment {Marker:X2} at byte {at - 2} claims {length} bytes; expected 2 to {left}.");
            Data = file.Slice(at + 2, length - 2);
            at += length;
            return true;
        }
    }
}
