using DiffusionBot.Chat;
using DiffusionBot.Imaging;

namespace DiffusionBot.Bot;

/// <summary>Delivered copies in the form that a place takes.</summary>
internal sealed class PictureConverter : IPictureConverter
{
    public byte[] JpegAtMost(ReadOnlyMemory<byte> picture, int maxBytes)
    {
        const int Head = 64;   // of the segment that a packet lies in
        var decoded = PictureReader.Decode(picture, PictureLimits.Own);
        var packet = PictureXmp.Read(picture.Span);
        var forPixels = maxBytes - (packet is null ? 0 : Head + System.Text.Encoding.UTF8.GetByteCount(packet));
        var jpeg = PictureWriter.JpegAtMost(decoded.Bitmap, forPixels, decoded.Text.Parameters).Bytes;
        return packet is null ? jpeg : PictureXmp.Write(jpeg, packet);
    }

    public byte[] Grid(IReadOnlyList<ReadOnlyMemory<byte>> pictures, int maxEdge)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pictures.Count, 2, nameof(pictures));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEdge, 64);
        // One after another, each at the size that it has in the grid: enlargements are hundreds of megabytes together.
        var cells = new List<Bitmap>(pictures.Count);
        var scale = 1.0;
        foreach (var picture in pictures)
        {
            var bitmap = PictureReader.Decode(picture, PictureLimits.Own).Bitmap;
            if (cells.Count == 0) scale = ScaleOf(bitmap, pictures.Count, maxEdge);
            cells.Add(Resampling.Resize(bitmap, Scaled(bitmap.Width, scale), Scaled(bitmap.Height, scale), ResampleFilter.Lanczos));
        }
        return PictureWriter.Png(Imaging.Grid.Of(cells), null);
    }

    public byte[] AtLeast(ReadOnlyMemory<byte> picture, int leastEdge)
    {
        const int Fast = 1;   // looked at once
        ArgumentOutOfRangeException.ThrowIfNotEqual(leastEdge is >= 1 and <= 1024, true, nameof(leastEdge));
        var bitmap = PictureReader.Decode(picture, PictureLimits.Own).Bitmap;
        var scale = (double)leastEdge / Math.Max(bitmap.Width, bitmap.Height);
        if (scale > 1) bitmap = Resampling.Resize(bitmap, Scaled(bitmap.Width, scale), Scaled(bitmap.Height, scale), ResampleFilter.Bicubic);
        return PictureWriter.Png(bitmap, null, Fast);
    }

    private static double ScaleOf(Bitmap cell, int count, int maxEdge)
    {
        // As many single pixels lie as the pictures will.
        var cells = Imaging.Grid.Of([.. Enumerable.Repeat(new Bitmap(1, 1, 3, new byte[3]), count)]);
        return Math.Min(1, Math.Min((double)maxEdge / ((long)cells.Width * cell.Width), (double)maxEdge / ((long)cells.Height * cell.Height)));
    }

    private static int Scaled(int edge, double scale) => Math.Max(1, (int)(edge * scale));
}
