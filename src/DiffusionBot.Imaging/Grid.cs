namespace DiffusionBot.Imaging;

/// <summary>One picture of many, as WebUI's grids are.</summary>
public static class Grid
{
    /// <summary>
    /// Puts pictures row by row into cells of the largest one's size, each in the middle of its cell, on white. RGB; alpha is dropped.
    /// </summary>
    /// <param name="pictures">1 or more.</param>
    /// <param name="rows">1 or more; null for WebUI's default, the square root of their number, rounded.</param>
    public static Bitmap Of(IReadOnlyList<Bitmap> pictures, int? rows = null)
    {
        if (pictures.Count == 0) throw new ArgumentException("A grid of no pictures.", nameof(pictures));
        if (rows is { } asked) ArgumentOutOfRangeException.ThrowIfLessThan(asked, 1, nameof(rows));
        var down = Math.Min(rows ?? (int)Math.Round(Math.Sqrt(pictures.Count)), pictures.Count);
        var across = (pictures.Count + down - 1) / down;
        var (cellWidth, cellHeight) = (pictures.Max(p => p.Width), pictures.Max(p => p.Height));
        var (width, height) = (checked(across * cellWidth), checked(down * cellHeight));
        var pixels = new byte[checked(width * height * 3)];
        pixels.AsSpan().Fill(255);
        for (var i = 0; i < pictures.Count; i++)
        {
            var picture = Channels.ToRgb(pictures[i]);
            var left = (i % across * cellWidth) + ((cellWidth - picture.Width) / 2);
            var top = (i / across * cellHeight) + ((cellHeight - picture.Height) / 2);
            for (var y = 0; y < picture.Height; y++)
                picture.Pixels.AsSpan(y * picture.Width * 3, picture.Width * 3).CopyTo(pixels.AsSpan((((top + y) * width) + left) * 3));
        }
        return new(width, height, 3, pixels);
    }
}
