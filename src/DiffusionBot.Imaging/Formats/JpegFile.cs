using System.Buffers.Binary;

namespace DiffusionBot.Imaging.Formats;

/// <summary>JPEG's container: marker segments up to the first scan (ITU-T T.81, B.1).</summary>
internal static class JpegFile
{
    private const byte StartOfScan = 0xDA, EndOfImage = 0xD9, App0 = 0xE0;

    public const byte App1 = 0xE1, Comment = 0xFE;

    /// <summary>What an EXIF segment begins with (EXIF 2.32, 4.7.2).</summary>
    public static ReadOnlySpan<byte> ExifPrefix => "Exif\0\0"u8;

    public static ReadOnlySpan<byte> Signature => [0xFF, 0xD8, 0xFF];

    public static PictureHeader ReadHeader(ReadOnlySpan<byte> file)
    {
        var segments = new Segments(file);
        while (segments.Next())
        {
            if (!IsStartOfFrame(segments.Marker)) continue;
            if (segments.Data.Length < 6) throw new InvalidPictureException($"JPEG: the frame header is {segments.Data.Length} bytes; expected 6 or more.");
            return new(PictureFormat.Jpeg, BinaryPrimitives.ReadUInt16BigEndian(segments.Data[3..]), BinaryPrimitives.ReadUInt16BigEndian(segments.Data[1..]), 1);
        }
        throw new InvalidPictureException("JPEG: the first scan comes before any frame header.");
    }

    /// <summary>The file with an EXIF segment after the JFIF one. <paramref name="file"/> is our own encoder's and has none.</summary>
    /// <exception cref="ArgumentException">A segment holds at most 65,533 bytes.</exception>
    public static byte[] InsertExif(ReadOnlySpan<byte> file, ReadOnlySpan<byte> exif)
    {
        var length = 2 + ExifPrefix.Length + exif.Length;
        if (length > ushort.MaxValue) throw new ArgumentException($"A JPEG holds {ushort.MaxValue - 2 - ExifPrefix.Length} bytes of EXIF; the parameters need {exif.Length}.");
        var at = 2;
        if (file[3] == App0) at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[4..]);
        Span<byte> start = [0xFF, App1, (byte)(length >> 8), (byte)length];
        return [.. file[..at], .. start, .. ExifPrefix, .. exif, .. file[at..]];
    }

    // SOF0 to SOF15, less the three of that range that mean something else: DHT, JPG, DAC.
    private static bool IsStartOfFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>Walks the segments before the first scan.</summary>
    public ref struct Segments(ReadOnlySpan<byte> file)
    {
        private readonly ReadOnlySpan<byte> file = file;
        private int at = 2;

        public byte Marker { get; private set; } = 0;

        public ReadOnlySpan<byte> Data { get; private set; } = default;

        /// <summary>False at the first scan.</summary>
        /// <exception cref="InvalidPictureException">The file ends before, or a segment does not begin with a marker.</exception>
        public bool Next()
        {
            // Any number of FF may fill before a marker; bytes that belong to no segment are skipped, as decoders do.
            int found;
            do
            {
                found = file[at..].IndexOf((byte)0xFF);
                if (found < 0) throw CutOff();
                at += found;
                while (at < file.Length && file[at] == 0xFF) at++;
                if (at >= file.Length) throw CutOff();
            }
            while (file[at] == 0);
            Marker = file[at++];
            Data = default;
            if (Marker is StartOfScan or EndOfImage) return false;
            if (Marker is 0x01 or (>= 0xD0 and <= 0xD8)) return true;   // these stand alone
            if (file.Length - at < 2) throw CutOff();
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
            if (length < 2 || length > file.Length - at)
                throw new InvalidPictureException($"JPEG: segment {Marker:X2} at byte {at - 2} claims {length} bytes; expected 2 to {file.Length - at}.");
            Data = file.Slice(at + 2, length - 2);
            at += length;
            return true;
        }

        private readonly InvalidPictureException CutOff() => new($"JPEG: cut off at byte {file.Length}, before the first scan.");
    }
}
