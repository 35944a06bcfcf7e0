using System.Text;
using DiffusionBot.Imaging.Formats;

namespace DiffusionBot.Imaging;

/// <summary>The XMP packet in a PNG, JPEG or WebP file (ISO 16684-1; XMP specification part 3), beside whatever other text there is.</summary>
public static class PictureXmp
{
    private static readonly Encoding StrictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The packet, or null where there is none, none that is UTF-8, or a larger one than 8 MiB. Pixels are not decoded.</summary>
    /// <exception cref="InvalidPictureException">Not a picture, cut off, or contradicting itself.</exception>
    public static string? Read(ReadOnlySpan<byte> file)
    {
        var packet = PictureHeader.Read(file).Format switch
        {
            PictureFormat.Png => PngFile.FindXmp(file),
            PictureFormat.Jpeg => JpegFile.FindXmp(file),
            PictureFormat.Webp => WebpFile.Find(file, "XMP "),
            _ => default,
        };
        try
        {
            return packet.IsEmpty || packet.Length > PictureText.MaxBytes ? null : StrictUtf8.GetString(packet);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The file with that packet in place of any that it had; everything else stays as it is, to the byte.</summary>
    /// <param name="file">PNG, JPEG or WebP.</param>
    /// <param name="packet">XML. In a JPEG at most 65,504 bytes of UTF-8.</param>
    /// <exception cref="ArgumentException">A format that holds no XMP, or too long a packet for it.</exception>
    /// <exception cref="InvalidPictureException">Not a picture, cut off, or contradicting itself.</exception>
    public static byte[] Write(ReadOnlySpan<byte> file, string packet)
    {
        var header = PictureHeader.Read(file);
        var bytes = StrictUtf8.GetBytes(packet);
        return header.Format switch
        {
            PictureFormat.Png => PngFile.WithXmp(file, bytes),
            PictureFormat.Jpeg => JpegFile.WithXmp(file, bytes),
            PictureFormat.Webp => WebpFile.WithChunk(file, header, "XMP ", bytes),
            _ => throw new ArgumentException($"A {header.Format} holds no XMP; expected a PNG, JPEG or WebP.", nameof(file)),
        };
    }
}
