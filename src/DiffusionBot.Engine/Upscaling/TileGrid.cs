namespace DiffusionBot.Engine.Upscaling;

/// <summary>
/// A picture cut into square tiles, and put together again: where tiles overlap, the mean of them (WebUI's modules/upscaler_utils.py, tiled_upscale_2). A tile is no larger than the picture's
/// shorter edge.
/// </summary>
internal sealed class TileGrid
{
    private readonly int width, height, tile;
    private readonly int[] columns, rows;

    /// <param name="width">The picture's.</param>
    /// <param name="height">The picture's.</param>
    /// <param name="tile">Pixels a side of a tile.</param>
    /// <param name="overlap">Pixels that neighbours share, less than a tile.</param>
    public TileGrid(int width, int height, int tile, int overlap)
    {
        (this.width, this.height, this.tile) = (width, height, Math.Min(tile, Math.Min(width, height)));
        (columns, rows) = (Starts(width, this.tile, overlap), Starts(height, this.tile, overlap));
    }

    /// <summary>How many tiles there are.</summary>
    public int Count => columns.Length * rows.Length;

    /// <summary>The picture with each tile changed into one that is so many times as large.</summary>
    /// <param name="planes">[C, height, width].</param>
    /// <param name="scale">1 or more.</param>
    /// <param name="change">Gets [C, tile, tile] and the tile's side; gives [C, tile * scale, tile * scale].</param>
    /// <returns>[C, height * scale, width * scale].</returns>
    public float[] Map(float[] planes, int scale, Func<float[], int, float[]> change)
    {
        var channels = planes.Length / (width * height);
        var sum = new float[channels * width * height * scale * scale];
        foreach (var y in rows)
        {
            foreach (var x in columns) Add(sum, change(Cut(planes, channels, x, y), tile), channels, x, y, scale);
        }
        Divide(sum, channels, scale);
        return sum;
    }

    /// <summary>Where tiles begin: one beside the other, and the last at the end.</summary>
    private static int[] Starts(int length, int tile, int overlap)
    {
        // Of a picture smaller than the overlap the original leaves a part out.
        var step = tile > overlap ? tile - overlap : (tile + 1) / 2;
        var starts = new List<int>();
        for (var start = 0; start < length - tile; start += step) starts.Add(start);
        starts.Add(length - tile);
        return [.. starts];
    }

    private float[] Cut(float[] planes, int channels, int x, int y)
    {
        var part = new float[channels * tile * tile];
        for (var line = 0; line < channels * tile; line++)
            planes.AsSpan((((line / tile * height) + y + (line % tile)) * width) + x, tile).CopyTo(part.AsSpan(line * tile));
        return part;
    }

    private void Add(float[] sum, float[] part, int channels, int x, int y, int scale)
    {
        var side = tile * scale;
        for (var line = 0; line < channels * side; line++)
        {
            var to = sum.AsSpan((((line / side * height * scale) + (y * scale) + (line % side)) * width * scale) + (x * scale), side);
            for (var i = 0; i < side; i++) to[i] += part[(line * side) + i];
        }
    }

    private void Divide(float[] sum, int channels, int scale)
    {
        var (across, down) = (Counts(columns, width), Counts(rows, height));
        for (var line = 0; line < channels * height * scale; line++)
        {
            var row = sum.AsSpan(line * width * scale, width * scale);
            var times = down[line % (height * scale) / scale];
            for (var i = 0; i < row.Length; i++) row[i] /= times * across[i / scale];
        }
    }

    private int[] Counts(int[] starts, int length)
    {
        var counts = new int[length];
        foreach (var start in starts)
        {
            for (var i = 0; i < tile; i++) counts[start + i]++;
        }
        return counts;
    }
}
