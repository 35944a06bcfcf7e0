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
}
