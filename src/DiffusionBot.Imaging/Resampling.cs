namespace DiffusionBot.Imaging;

/// <summary>The filters of Pillow that WebUI's upscalers and resizes use.</summary>
public enum ResampleFilter
{
    Nearest,
    Bilinear,
    Bicubic,
    Lanczos,
}

/// <summary>
/// Resizing to the bit as Pillow does it for 8-bit pictures: filters widen when shrinking, weights are fixed-point with
/// 22 bits, the horizontal pass comes first and is rounded to 8 bits before the vertical one. libvips rounds elsewhere.
/// </summary>
public static class Resampling
{
    private const int ParallelBytes = 1 << 18;

    /// <summary>The picture at another size; a copy where the size is the same. RGBA is filtered with its colours premultiplied, save by Nearest.</summary>
    /// <param name="source">Any channels.</param>
    /// <param name="width">1 or more.</param>
    /// <param name="height">1 or more.</param>
    /// <param name="filter">Nearest takes the pixel under each new pixel's centre.</param>
    public static Bitmap Resize(Bitmap source, int width, int height, ResampleFilter filter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (width == source.Width && height == source.Height) return new(width, height, source.Channels, [.. source.Pixels]);
        if (filter == ResampleFilter.Nearest) return Nearest(source, width, height);
        if (source.Channels != 4) return Filtered(source, width, height, filter);
        var result = Filtered(Channels.Premultiply(source), width, height, filter);
        Channels.Unpremultiply(result.Pixels);
        return result;
    }

    private static Bitmap Filtered(Bitmap source, int width, int height, ResampleFilter filter)
    {
        var result = source;
        if (width != source.Width) result = Horizontal(result, ResampleWeights.Of(filter, source.Width, width));
        if (height != source.Height) result = Vertical(result, ResampleWeights.Of(filter, source.Height, height));
        return result;
    }

    private static Bitmap Horizontal(Bitmap source, ResampleWeights weights)
    {
        var (width, channels) = (weights.Length, source.Channels);
        var pixels = new byte[checked(width * source.Height * channels)];
        EachRow(source.Height, Math.Max(width, source.Width) * channels, y =>
        {
            var from = source.Pixels.AsSpan(y * source.Width * channels, source.Width * channels);
            var to = pixels.AsSpan(y * width * channels, width * channels);
            for (var x = 0; x < width; x++)
            {
                var taps = weights.At(x, out var start);
                for (var c = 0; c < channels; c++)
                {
                    var sum = ResampleWeights.Half;
                    var at = (start * channels) + c;
                    foreach (var weight in taps)
                    {
                        sum += from[at] * weight;
                        at += channels;
                    }
                    to[(x * channels) + c] = ResampleWeights.ToByte(sum);
                }
            }
        });
        return new(width, source.Height, channels, pixels);
    }

    private static Bitmap Vertical(Bitmap source, ResampleWeights weights)
    {
        var (height, stride) = (weights.Length, source.Width * source.Channels);
        var pixels = new byte[checked(height * stride)];
        EachRow(height, stride, y =>
        {
            var taps = weights.At(y, out var start);
            var to = pixels.AsSpan(y * stride, stride);
            // A piece of the row at a time, so that the sums stay in the nearest cache.
            Span<int> sums = stackalloc int[512];
            for (var x = 0; x < stride; x += sums.Length)
            {
                var piece = sums[..Math.Min(sums.Length, stride - x)];
                piece.Fill(ResampleWeights.Half);
                for (var i = 0; i < taps.Length; i++) AddScaled(source.Pixels.AsSpan(((start + i) * stride) + x, piece.Length), taps[i], piece);
                for (var i = 0; i < piece.Length; i++) to[x + i] = ResampleWeights.ToByte(piece[i]);
            }
        });
        return new(source.Width, height, source.Channels, pixels);
    }

    private static void AddScaled(ReadOnlySpan<byte> row, int weight, Span<int> sums)
    {
        for (var i = 0; i < row.Length; i++) sums[i] += row[i] * weight;
    }

    private static Bitmap Nearest(Bitmap source, int width, int height)
    {
        var channels = source.Channels;
        var (columns, rows) = (Centres(source.Width, width), Centres(source.Height, height));
        var pixels = new byte[checked(width * height * channels)];
        EachRow(height, width * channels, y =>
        {
            var from = source.Pixels.AsSpan(rows[y] * source.Width * channels, source.Width * channels);
            var to = pixels.AsSpan(y * width * channels, width * channels);
            for (var x = 0; x < columns.Length; x++) from.Slice(columns[x] * channels, channels).CopyTo(to[(x * channels)..]);
        });
        return new(width, height, channels, pixels);
    }

    /// <summary>The source pixel under each centre. The position is summed step by step as Pillow sums it, for its rounding.</summary>
    private static int[] Centres(int from, int to)
    {
        var step = (double)from / to;
        var position = step * 0.5;
        var centres = new int[to];
        for (var i = 0; i < to; i++)
        {
            centres[i] = Math.Min((int)position, from - 1);
            position += step;
        }
        return centres;
    }

    private static void EachRow(int rows, int rowBytes, Action<int> row)
    {
        if ((long)rows * rowBytes < ParallelBytes)
        {
            for (var y = 0; y < rows; y++) row(y);
        }
        else
        {
            Parallel.For(0, rows, row);
        }
    }
}
