namespace DiffusionBot.Chat;

/// <summary>Pictures in the form that a place takes.</summary>
public interface IPictureConverter
{
    /// <summary>A JPEG of at most so many bytes that keeps the picture's parameter text (EXIF) and labels.</summary>
    /// <param name="picture">PNG or whatever else can be read.</param>
    /// <param name="maxBytes">50,000 or more; the picture is made smaller where it must be.</param>
    byte[] JpegAtMost(ReadOnlyMemory<byte> picture, int maxBytes);
}
