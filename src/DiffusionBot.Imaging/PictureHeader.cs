using DiffusionBot.Imaging.Formats;

namespace DiffusionBot.Imaging;

/// <summary>A file format that is read.</summary>
public enum PictureFormat
{
    Png,
    Jpeg,
    Webp,
    Gif,
    Bmp,
}

/// <summary>What a file says of itself, read by a few lines of our own so that no decoder allocates on its word.</summary>
/// <param name="Format">By its first bytes; a file's name is never asked.</param>
/// <param name="Width">Pixels, 1 or more, before any EXIF orientation.</param>
/// <param name="Height">Pixels, 1 or more, before any EXIF orientation.</param>
/// <param name="Frames">1, or more for an animation.</param>
public sealed record PictureHeader(PictureFormat Format, int Width, int Height, int Frames)
{
    /// <summary>Reads the header; cost is linear in the file's length at most, and nothing is allocated.</summary>
    /// <exception cref="InvalidPictureException">Not one of the formats, or cut off, or contradicting itself.</exception>
    public static PictureHeader Read(ReadOnlySpan<byte> bytes)
    {
        var format = FormatOf(bytes);
        var header = format switch
        {
            PictureFormat.Png => PngFile.ReadHeader(bytes),
            PictureFormat.Jpeg => JpegFile.ReadHeader(bytes),
            PictureFormat.Webp => WebpFile.ReadHeader(bytes),
            PictureFormat.Gif => GifFile.ReadHeader(bytes),
            _ => BmpFile.ReadHeader(bytes),
        };
        return header is { Width: > 0, Height: > 0 } ? header
            : throw new InvalidPictureException($"{format}: the header says {header.Width}x{header.Height}; both must be 1 or more.");
    }

    private static PictureFormat FormatOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(PngFile.Signature)) return PictureFormat.Png;
        if (bytes.StartsWith(JpegFile.Signature)) return PictureFormat.Jpeg;
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8)) return PictureFormat.Gif;
        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8)) return PictureFormat.Webp;
        if (bytes.StartsWith("BM"u8)) return PictureFormat.Bmp;
        if (bytes.IsEmpty) throw new InvalidPictureException("An empty file; expected a PNG, JPEG, WebP, GIF or BMP picture.");
        throw new InvalidPictureException(
            $"Neither PNG, JPEG, WebP, GIF nor BMP: {bytes.Length} bytes that begin with {Convert.ToHexString(bytes[..Math.Min(8, bytes.Length)])}.");
    }
}
