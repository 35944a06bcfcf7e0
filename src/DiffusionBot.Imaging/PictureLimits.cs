namespace DiffusionBot.Imaging;

/// <summary>How much of a stranger's picture is accepted. Checked against the header before anything is decoded.</summary>
public sealed record PictureLimits
{
    public static PictureLimits Default { get; } = new();

    /// <summary>For files that this program wrote itself: as large as an enlargement may become.</summary>
    public static PictureLimits Own { get; } = new() { MaxBytes = int.MaxValue, MaxPixels = int.MaxValue / 4 };

    /// <summary>Longest file in bytes, 1 or more. Default 32 MiB.</summary>
    public long MaxBytes { get; init; } = 32L << 20;

    /// <summary>Most pixels (width x height), 1 or more. Default 64 Mi.</summary>
    public long MaxPixels { get; init; } = 64L << 20;

    /// <summary>Longest edge in pixels, 1 or more. Default 16,384.</summary>
    public int MaxEdge { get; init; } = 16_384;

    /// <summary>Most frames of an animation, 1 or more; only the first is decoded. Default 256.</summary>
    public int MaxFrames { get; init; } = 256;

    internal void CheckBytes(int length)
    {
        if (length > MaxBytes) throw new InvalidPictureException($"The picture is {length} bytes; the limit is {MaxBytes}.");
    }

    internal void Check(PictureHeader header)
    {
        var what = $"{header.Format} of {header.Width}x{header.Height}";
        if (header.Width > MaxEdge || header.Height > MaxEdge)
            throw new InvalidPictureException($"{what}: the longest edge may be {MaxEdge} pixels.");
        if ((long)header.Width * header.Height > MaxPixels)
            throw new InvalidPictureException($"{what} is {(long)header.Width * header.Height} pixels; the limit is {MaxPixels}.");
        if (header.Frames > MaxFrames)
            throw new InvalidPictureException($"{what} has {header.Frames} frames; the limit is {MaxFrames}.");
    }
}
