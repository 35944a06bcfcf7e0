using System.Buffers.Binary;
using System.Numerics;

namespace DiffusionBot.Imaging.Formats;

/// <summary>
/// Windows bitmaps, which this build of libvips does not read: uncompressed 1, 4, 8, 16, 24 and 32 bits a pixel, bit
/// masks, either row order, and OS/2's short header. Source: BITMAPFILEHEADER to BITMAPV5HEADER in Microsoft's GDI reference.
/// </summary>
internal static class BmpFile
{
    private const int FileHeader = 14, CoreHeader = 12, InfoHeader = 40;
    private const uint Rgb = 0, BitFields = 3, AlphaBitFields = 6;

    public static PictureHeader ReadHeader(ReadOnlySpan<byte> file)
    {
        var info = ReadInfo(file);
        return new(PictureFormat.Bmp, info.Width, info.Height, 1);
    }

    /// <summary>The pixels. Limits are the caller's to check first; the file must hold all rows before any memory is taken.</summary>
    public static Bitmap Decode(ReadOnlySpan<byte> file)
    {
        var info = ReadInfo(file);
        var stride = (((long)info.Width * info.BitsPerPixel) + 31) / 32 * 4;
        if (info.PixelOffset < FileHeader + info.HeaderBytes || info.PixelOffset + (stride * info.Height) > file.Length)
        {
            throw new InvalidPictureException(
                $"BMP of {info.Width}x{info.Height}, {info.BitsPerPixel} bits: pixels are at {info.PixelOffset} to {info.PixelOffset + (stride * info.Height)}; the file is {file.Length} bytes.");
        }
        var rows = file[(int)info.PixelOffset..];
        return info.BitsPerPixel <= 8 ? DecodePalette(info, file, rows, (int)stride) : DecodeColours(info, file, rows, (int)stride);
    }

    private static Bitmap DecodePalette(Info info, ReadOnlySpan<byte> file, ReadOnlySpan<byte> rows, int stride)
    {
        // Entries that the file leaves out are black.
        var palette = new byte[(1 << info.BitsPerPixel) * 3];
        var entryBytes = info.HeaderBytes == CoreHeader ? 3 : 4;
        var table = file[(FileHeader + info.HeaderBytes)..(int)info.PixelOffset];
        var isGrey = true;
        for (var i = 0; i < palette.Length / 3 && i < info.Colours && (i + 1) * entryBytes <= table.Length; i++)
        {
            var entry = table[(i * entryBytes)..];
            (palette[i * 3], palette[(i * 3) + 1], palette[(i * 3) + 2]) = (entry[2], entry[1], entry[0]);
            isGrey &= entry[0] == entry[1] && entry[1] == entry[2];
        }
        var channels = isGrey ? 1 : 3;
        var pixels = new byte[(long)info.Width * info.Height * channels];
        var (perByte, mask) = (8 / info.BitsPerPixel, (1 << info.BitsPerPixel) - 1);
        var to = 0;
        for (var y = 0; y < info.Height; y++)
        {
            var row = rows.Slice(stride * (info.IsTopDown ? y : info.Height - 1 - y), stride);
            for (var x = 0; x < info.Width; x++)
            {
                var shift = 8 - (info.BitsPerPixel * ((x % perByte) + 1));
                palette.AsSpan(((row[x / perByte] >> shift) & mask) * 3, channels).CopyTo(pixels.AsSpan(to));
                to += channels;
            }
        }
        return new(info.Width, info.Height, channels, pixels);
    }

    private static Bitmap DecodeColours(Info info, ReadOnlySpan<byte> file, ReadOnlySpan<byte> rows, int stride)
    {
        var (red, green, blue, alpha) = ReadMasks(info, file);
        var channels = alpha.Bits == 0 ? 3 : 4;
        var pixels = new byte[(long)info.Width * info.Height * channels];
        var bytesPerPixel = info.BitsPerPixel / 8;
        var to = 0;
        for (var y = 0; y < info.Height; y++)
        {
            var row = rows.Slice(stride * (info.IsTopDown ? y : info.Height - 1 - y), stride);
            for (var x = 0; x < info.Width; x++)
            {
                var from = row[(x * bytesPerPixel)..];
                var value = bytesPerPixel switch
                {
                    2 => BinaryPrimitives.ReadUInt16LittleEndian(from),
                    3 => (uint)(from[0] | (from[1] << 8) | (from[2] << 16)),
                    _ => BinaryPrimitives.ReadUInt32LittleEndian(from),
                };
                (pixels[to], pixels[to + 1], pixels[to + 2]) = (red.Of(value), green.Of(value), blue.Of(value));
                if (channels == 4) pixels[to + 3] = alpha.Of(value);
                to += channels;
            }
        }
        return new(info.Width, info.Height, channels, pixels);
    }

    private static (Mask Red, Mask Green, Mask Blue, Mask Alpha) ReadMasks(Info info, ReadOnlySpan<byte> file)
    {
        // Without masks the fourth byte of 32 bits is padding, and 16 bits are 5-5-5.
        if (info.Compression == Rgb)
        {
            return info.BitsPerPixel == 16 ? (new(0x7C00), new(0x03E0), new(0x001F), new(0)) : (new(0xFF0000), new(0x00FF00), new(0x0000FF), new(0));
        }
        // Right after the 40 bytes all headers share: part of the longer ones, a table of its own behind the short one.
        var hasAlpha = info.HeaderBytes >= 56 || info.Compression == AlphaBitFields;
        if (file.Length < FileHeader + InfoHeader + (hasAlpha ? 16 : 12)) throw CutOff(file);
        var masks = file[(FileHeader + InfoHeader)..];
        return (new(BinaryPrimitives.ReadUInt32LittleEndian(masks)), new(BinaryPrimitives.ReadUInt32LittleEndian(masks[4..])),
            new(BinaryPrimitives.ReadUInt32LittleEndian(masks[8..])), new(hasAlpha ? BinaryPrimitives.ReadUInt32LittleEndian(masks[12..]) : 0));
    }

    private static Info ReadInfo(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileHeader + CoreHeader) throw CutOff(file);
        var pixelOffset = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        var headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(file[FileHeader..]);
        var header = file[FileHeader..];
        if (headerBytes == CoreHeader)
        {
            return Check(new(CoreHeader, pixelOffset, BinaryPrimitives.ReadUInt16LittleEndian(header[4..]), BinaryPrimitives.ReadUInt16LittleEndian(header[6..]),
                IsTopDown: false, BinaryPrimitives.ReadUInt16LittleEndian(header[10..]), Rgb, int.MaxValue));
        }
        if (headerBytes is not (InfoHeader or 52 or 56 or 64 or 108 or 124))
            throw new InvalidPictureException($"BMP: a header of {headerBytes} bytes; known are 12, 40, 52, 56, 64, 108 and 124.");
        if (header.Length < headerBytes) throw CutOff(file);
        var height = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (height == int.MinValue) throw new InvalidPictureException($"BMP: the header says a height of {height}.");
        var colours = BinaryPrimitives.ReadUInt32LittleEndian(header[32..]);
        return Check(new((int)headerBytes, pixelOffset, BinaryPrimitives.ReadInt32LittleEndian(header[4..]), Math.Abs(height), IsTopDown: height < 0,
            BinaryPrimitives.ReadUInt16LittleEndian(header[14..]), BinaryPrimitives.ReadUInt32LittleEndian(header[16..]), colours == 0 ? int.MaxValue : colours));
    }

    private static Info Check(Info info)
    {
        var isKnown = info.Compression switch
        {
            Rgb => info.BitsPerPixel is 1 or 4 or 8 or 16 or 24 or 32,
            BitFields or AlphaBitFields => info.BitsPerPixel is 16 or 32,
            _ => throw new InvalidPictureException($"BMP: compression {info.Compression}; only uncompressed pixels (0, 3, 6) are read, not run lengths (1, 2)."),
        };
        return isKnown ? info : throw new InvalidPictureException($"BMP: {info.BitsPerPixel} bits a pixel with compression {info.Compression}; known are 1, 4, 8, 16, 24 and 32.");
    }

    private static InvalidPictureException CutOff(ReadOnlySpan<byte> file) => new($"BMP: cut off at byte {file.Length}, within the header.");

    private readonly record struct Info(int HeaderBytes, long PixelOffset, int Width, int Height, bool IsTopDown, int BitsPerPixel, uint Compression, long Colours);

    /// <summary>Takes one colour out of a pixel and scales it to 8 bits.</summary>
    private readonly struct Mask
    {
        private readonly uint bits;
        private readonly int shift;
        private readonly ulong most;

        public Mask(uint bits)
        {
            this.bits = bits;
            shift = bits == 0 ? 0 : BitOperations.TrailingZeroCount(bits);
            most = bits >> shift;
            if ((most & (most + 1)) != 0) throw new InvalidPictureException($"BMP: the colour mask {bits:X8} has a gap.");
        }

        public uint Bits => bits;

        public byte Of(uint pixel) => most == 0 ? (byte)0 : (byte)(((((ulong)(pixel & bits) >> shift) * 255) + (most / 2)) / most);
    }
}
