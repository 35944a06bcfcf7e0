using DiffusionBot.Imaging.Formats;
using DiffusionBot.Imaging.Native;

namespace DiffusionBot.Imaging;

/// <summary>Decodes pictures from bytes of unknown origin.</summary>
public static unsafe class PictureReader
{
    private const int FailOnTruncated = 1, FailOnError = 2, SequentialAccess = 1;   // VipsFailOn, VipsAccess
    private const int UChar = 0;                               // VipsBandFormat
    private const int BlackWhite = 1, Cmyk = 15, Srgb = 22, Rgb16 = 25, Grey16 = 26;   // VipsInterpretation

    /// <summary>Decodes the first frame of a PNG, JPEG, WebP, GIF or BMP.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="limits">What is accepted, checked before anything is decoded; <see cref="PictureLimits.Default"/> if null.</param>
    /// <exception cref="InvalidPictureException">Not a picture, damaged, cut off, or beyond a limit.</exception>
    public static Picture Decode(ReadOnlyMemory<byte> bytes, PictureLimits? limits = null)
    {
        limits ??= PictureLimits.Default;
        limits.CheckBytes(bytes.Length);
        var header = PictureHeader.Read(bytes.Span);
        limits.Check(header);
        var text = PictureText.Read(bytes.Span, header, out var orientation);
        var bitmap = header.Format == PictureFormat.Bmp ? BmpFile.Decode(bytes.Span) : DecodeByVips(bytes, header, limits);
        return new(Orientation.Apply(bitmap, orientation), header.Format, header.Frames, text);
    }

    private static Bitmap DecodeByVips(ReadOnlyMemory<byte> bytes, PictureHeader header, PictureLimits limits)
    {
        var loader = header.Format switch
        {
            PictureFormat.Png => "pngload_buffer",
            PictureFormat.Jpeg => "jpegload_buffer",
            PictureFormat.Webp => "webpload_buffer",
            _ => "gifload_buffer",
        };
        using var pinned = bytes.Pin();
        try
        {
            using var operation = new VipsOperation(loader)
                .SetPinnedBytes("buffer", (byte*)pinned.Pointer, bytes.Length)
                // What libjpeg warns of (odd scan parameters, bytes between markers) is common in phones' pictures, and harmless.
                .SetEnum("fail-on", "VipsFailOn", header.Format == PictureFormat.Jpeg ? FailOnTruncated : FailOnError)
                .SetEnum("access", "VipsAccess", SequentialAccess);
            using var image = operation.ToImage();
            // Nothing is decoded yet. libvips may read a contradictory header otherwise than we do; it gets no more than the limits either.
            limits.Check(header with { Width = VipsNative.ImageWidth(image), Height = VipsNative.ImageHeight(image) });
            using var converted = ToSrgb(image);
            return VipsPixels.Read(converted ?? image);
        }
        catch (VipsException e)
        {
            throw new InvalidPictureException($"{header.Format} of {header.Width}x{header.Height} cannot be decoded: {e.Message}", e);
        }
    }

    /// <summary>The same picture in 8-bit grey or sRGB; null where it is so already.</summary>
    private static GObjectHandle? ToSrgb(GObjectHandle image)
    {
        var interpretation = VipsNative.ImageInterpretation(image);
        var isGrey = interpretation is BlackWhite or Grey16 && VipsNative.ImageBands(image) == 1;
        if (!isGrey && interpretation is Srgb or Rgb16 or Cmyk && VipsNative.ImageTypeOf(image, "icc-profile-data") != 0 && ThroughProfile(image) is { } result)
            return result;
        var target = isGrey ? BlackWhite : Srgb;
        if (interpretation == target && VipsNative.ImageBandFormat(image) == UChar) return null;
        using var convert = new VipsOperation("colourspace").Set("in", image).SetEnum("space", "VipsInterpretation", target);
        return convert.ToImage();
    }

    private static GObjectHandle? ThroughProfile(GObjectHandle image)
    {
        try
        {
            using var transform = new VipsOperation("icc_transform").Set("in", image).Set("output-profile", "srgb").Set("embedded", true).Set("depth", 8);
            return transform.ToImage();
        }
        catch (VipsException)
        {
            return null;   // a damaged profile: the numbers are taken for sRGB, as programs without colour management do
        }
    }
}
