using DiffusionBot.Imaging.Formats;
using DiffusionBot.Imaging.Metadata;
using DiffusionBot.Imaging.Native;

namespace DiffusionBot.Imaging;

/// <summary>A JPEG made to fit, and what it took.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Quality">The quality used, 1 to 100.</param>
/// <param name="Width">Pixels; less than asked where quality alone did not suffice.</param>
/// <param name="Height">Pixels; less than asked where quality alone did not suffice.</param>
public sealed record FittedJpeg(byte[] Bytes, int Quality, int Width, int Height);

/// <summary>Encodes pictures, with their parameter text where WebUI puts it.</summary>
public static unsafe class PictureWriter
{
    private const int UChar = 0;                   // VipsBandFormat
    private const int BlackWhite = 1, Srgb = 22;   // VipsInterpretation

    private const int MaxJpegEdge = 65_500, MaxWebpEdge = 16_383;   // libjpeg's and the format's

    // VipsForeignPngFilter: Paeth. On drawn pictures as small as a choice row by row, in four fifths of the time;
    // without any filter files are twice as large.
    private const uint PngFilter = 0x80;

    private const int BestFitQuality = 95, WorstFitQuality = 40, SmallestFitEdge = 16;

    /// <summary>A PNG; the text is the chunk `parameters`.</summary>
    /// <param name="bitmap">1, 3 or 4 channels, all kept to the bit.</param>
    /// <param name="parameters">The text, or null for none.</param>
    /// <param name="compression">zlib's level, 0 to 9. Default 6.</param>
    public static byte[] Png(Bitmap bitmap, string? parameters, int compression = 6)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(compression);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(compression, 9);
        var file = Encode(bitmap, "pngsave_buffer", o => o.Set("compression", compression).SetFlags("filter", "VipsForeignPngFilter", PngFilter));
        return parameters is null ? file : PngText.Write(file, "parameters", parameters);
    }

    /// <summary>A JPEG; the text is the EXIF user comment. Alpha is flattened onto white.</summary>
    /// <param name="bitmap">Any channels; no edge over 65,500.</param>
    /// <param name="quality">1 to 100.</param>
    /// <param name="parameters">The text, at most 32,700 UTF-16 units, or null for none.</param>
    /// <exception cref="ArgumentException">The text is longer than a JPEG can hold.</exception>
    public static byte[] Jpeg(Bitmap bitmap, int quality, string? parameters)
    {
        CheckQuality(quality);
        CheckEdge(bitmap, MaxJpegEdge);
        var file = Encode(Channels.FlattenOntoWhite(bitmap), "jpegsave_buffer", o => o.Set("Q", quality).Set("optimize-coding", true));
        return parameters is null ? file : JpegFile.InsertExif(file, ExifBlock.Write(parameters));
    }

    /// <summary>
    /// A JPEG of at most so many bytes, text included: the best quality from 95 down to 40 that fits, and where 40 does not,
    /// the largest smaller picture found by steps at 40.
    /// </summary>
    /// <exception cref="ArgumentException">Nothing fits: the limit is below what the text and a tiny picture take.</exception>
    public static FittedJpeg JpegAtMost(Bitmap bitmap, int maxBytes, string? parameters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        var opaque = Channels.FlattenOntoWhite(bitmap);
        var (scaled, scale) = (opaque, 1.0);
        while (true)
        {
            var worst = Jpeg(scaled, WorstFitQuality, parameters);
            if (worst.Length <= maxBytes) return BestThatFits(scaled, maxBytes, parameters, worst);
            if (Math.Max(scaled.Width, scaled.Height) <= SmallestFitEdge)
                throw new ArgumentException($"{scaled.Width}x{scaled.Height} at quality {WorstFitQuality} with its text is {worst.Length} bytes; asked for at most {maxBytes}.", nameof(maxBytes));
            // Bytes go with the area, roughly; never by more than half, so that the first that fits is not much too small.
            scale *= Math.Clamp(Math.Sqrt((double)maxBytes / worst.Length), 0.5, 0.9);
            scaled = Resampling.Resize(opaque, Math.Max(1, (int)(opaque.Width * scale)), Math.Max(1, (int)(opaque.Height * scale)), ResampleFilter.Lanczos);
        }
    }

    /// <summary>A WebP; the text is the EXIF user comment.</summary>
    /// <param name="bitmap">Any channels; grey is stored as RGB. No edge over 16,383.</param>
    /// <param name="quality">1 to 99, or 100 for lossless.</param>
    /// <param name="parameters">The text, or null for none.</param>
    public static byte[] Webp(Bitmap bitmap, int quality, string? parameters)
    {
        CheckQuality(quality);
        CheckEdge(bitmap, MaxWebpEdge);
        var file = Encode(bitmap, "webpsave_buffer", o => quality == 100 ? o.Set("lossless", true).Set("exact", true) : o.Set("Q", quality));
        return parameters is null ? file : WebpFile.WithChunk(file, WebpFile.ReadHeader(file), "EXIF", ExifBlock.Write(parameters));
    }

    private static FittedJpeg BestThatFits(Bitmap bitmap, int maxBytes, string? parameters, byte[] worst)
    {
        var (best, low, high) = (new FittedJpeg(worst, WorstFitQuality, bitmap.Width, bitmap.Height), WorstFitQuality + 1, BestFitQuality);
        while (low <= high)
        {
            var quality = (low + high) / 2;
            var bytes = Jpeg(bitmap, quality, parameters);
            if (bytes.Length <= maxBytes) (best, low) = (best with { Bytes = bytes, Quality = quality }, quality + 1);
            else high = quality - 1;
        }
        return best;
    }

    private static byte[] Encode(Bitmap bitmap, string saver, Func<VipsOperation, VipsOperation> options)
    {
        VipsLibrary.EnsureStarted();
        fixed (byte* pixels = bitmap.Pixels)
        {
            using var raw = VipsNative.ImageNewFromMemory(pixels, (nuint)bitmap.Pixels.Length, bitmap.Width, bitmap.Height, bitmap.Channels, UChar);
            if (raw.IsInvalid) throw new VipsException($"a bitmap of {bitmap.Width}x{bitmap.Height}", VipsNative.TakeError());
            // Bare memory has no colour space; the savers go by it.
            using var copy = new VipsOperation("copy").Set("in", raw).SetEnum("interpretation", "VipsInterpretation", bitmap.Channels == 1 ? BlackWhite : Srgb);
            using var image = copy.ToImage();
            using var save = options(new VipsOperation(saver).Set("in", image).SetFlags("keep", "VipsForeignKeep", 0));
            return save.ToBytes();
        }
    }

    private static void CheckEdge(Bitmap bitmap, int most)
    {
        if (Math.Max(bitmap.Width, bitmap.Height) > most)
            throw new ArgumentException($"The picture is {bitmap.Width}x{bitmap.Height}; this format holds edges up to {most}.", nameof(bitmap));
    }

    private static void CheckQuality(int quality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
    }
}
