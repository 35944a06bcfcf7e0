namespace DiffusionBot.Chat;

/// <summary>Pictures in the form that a place takes.</summary>
public interface IPictureConverter
{
    /// <summary>A JPEG of at most so many bytes that keeps the picture's parameter text (EXIF) and labels.</summary>
    /// <param name="picture">PNG or whatever else can be read.</param>
    /// <param name="maxBytes">50,000 or more; the picture is made smaller where it must be.</param>
    byte[] JpegAtMost(ReadOnlyMemory<byte> picture, int maxBytes);

    /// <summary>All of them in one PNG, in rows and columns as WebUI lays grids out, made smaller where it would be longer than so many pixels. No text in it.</summary>
    /// <param name="pictures">2 or more of the same size, PNG or whatever else can be read.</param>
    /// <param name="maxEdge">64 or more.</param>
    byte[] Grid(IReadOnlyList<ReadOnlyMemory<byte>> pictures, int maxEdge);

    /// <summary>A PNG of it, at least so many pixels along its longer edge: enlarged smoothly where it is smaller. No text in it.</summary>
    /// <param name="picture">PNG or whatever else can be read.</param>
    /// <param name="leastEdge">1 to 1024.</param>
    byte[] AtLeast(ReadOnlyMemory<byte> picture, int leastEdge);
}
