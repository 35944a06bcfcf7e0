using System.Text;
using DiffusionBot.Imaging.Formats;
using DiffusionBot.Imaging.Metadata;

namespace DiffusionBot.Imaging;

/// <summary>The text in a picture.</summary>
/// <param name="Parameters">The parameter text as WebUI 1.10 reads it (EXIF user comment over comment over the chunk `parameters`; NovelAI's rebuilt), or null.</param>
/// <param name="Entries">Every text chunk of a PNG by its keyword, as `Software`, `workflow`; empty for the other formats.</param>
public sealed record PictureText(string? Parameters, IReadOnlyDictionary<string, string> Entries)
{
    private static readonly Encoding LenientUtf8 = Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new DecoderReplacementFallback(""));

    /// <summary>Most bytes of text, or of EXIF, that one picture may hold, compressed text counted after inflating.</summary>
    internal const int MaxBytes = 8 << 20;

    /// <summary>Reads it without decoding pixels. At most 8 MiB of text, counted after inflating.</summary>
    /// <exception cref="InvalidPictureException">Not a picture, cut off, contradicting itself, or with too much text. Damaged text within a sound picture is no text.</exception>
    public static PictureText Read(ReadOnlySpan<byte> bytes) => Read(bytes, PictureHeader.Read(bytes), out _);

    internal static PictureText Read(ReadOnlySpan<byte> bytes, PictureHeader header, out int orientation)
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        byte[]? exif = null;
        string? comment = null;
        switch (header.Format)
        {
            case PictureFormat.Png:
                entries = PngText.Read(bytes, out exif);
                comment = entries.GetValueOrDefault("comment");
                break;
            case PictureFormat.Jpeg:
                exif = ReadJpeg(bytes, ref comment);
                break;
            case PictureFormat.Webp:
                exif = ReadWebp(bytes);
                break;
            case PictureFormat.Gif:
                if (GifFile.ReadComment(bytes) is { } text) comment = LenientUtf8.GetString(text);
                break;
        }
        var block = exif is null ? ExifBlock.None : ExifBlock.Read(exif);
        orientation = block.Orientation;
        var parameters = entries.GetValueOrDefault("parameters");
        if (exif is not null) parameters = block.UserComment ?? parameters;
        else if (comment is not null) parameters = comment;
        return new(NovelAiText.Build(entries, header.Width, header.Height) ?? parameters, entries);
    }

    /// <summary>Refuses a block of EXIF or a comment beyond <see cref="MaxBytes"/>; asked before or while it is copied.</summary>
    internal static void Check(long bytes)
    {
        if (bytes > MaxBytes) throw new InvalidPictureException($"The picture holds {bytes} bytes of EXIF or comment; the limit is {MaxBytes}.");
    }

    private static byte[]? ReadJpeg(ReadOnlySpan<byte> bytes, ref string? comment)
    {
        // A block longer than a segment goes on in the next one; Pillow joins them.
        using var exif = new MemoryStream();
        var segments = new JpegFile.Segments(bytes);
        while (segments.Next() && segments.Marker != JpegFile.StartOfScan)
        {
            if (segments.Marker == JpegFile.Comment) comment = LenientUtf8.GetString(segments.Data);
            if (segments.Marker != JpegFile.App1 || !segments.Data.StartsWith(JpegFile.ExifPrefix)) continue;
            exif.Write(segments.Data[JpegFile.ExifPrefix.Length..]);
            Check(exif.Length);
        }
        return exif.Length == 0 ? null : exif.ToArray();
    }

    private static byte[]? ReadWebp(ReadOnlySpan<byte> bytes)
    {
        var exif = WebpFile.Find(bytes, "EXIF");
        Check(exif.Length);
        return exif.IsEmpty ? null : exif.ToArray();
    }
}
