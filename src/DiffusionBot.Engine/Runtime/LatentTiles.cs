namespace DiffusionBot.Engine.Runtime;

/// <summary>
/// A latent decoded in tiles that fade into each other, where there is no room for all of it: nearly the same picture, since an autoencoder looks at all of what it is given (its norms
/// and its attention).
/// </summary>
/// <param name="height">Of the latent.</param>
/// <param name="width">Of the latent.</param>
/// <param name="tile">Edge of a tile in the latent.</param>
internal sealed class LatentTiles(int height, int width, int tile)
{
    /// <summary>What neighbours share at least, an eighth of the pixels.</summary>
    public const int Overlap = 16;

    private const int Factor = LatentDecoder.Factor;

    /// <summary>Edges to choose from, largest first. The smallest is taken where no other fits.</summary>
    public static IReadOnlyList<int> Edges { get; } = [128, 96, 64, 48, 32];

    /// <summary>The largest edge that there is room for; null: there is room for all.</summary>
    /// <param name="height">Of the latent.</param>
    /// <param name="width">Of the latent.</param>
    /// <param name="room">Bytes that there are.</param>
    /// <param name="need">Bytes that a latent of so many pixels takes.</param>
    public static int? EdgeFor(int height, int width, long room, Func<long, long> need)
    {
        if (need((long)height * width) <= room) return null;
        var edge = Edges.FirstOrDefault(e => need((long)e * e) <= room, Edges[^1]);
        return edge >= Math.Max(height, width) ? null : edge;
    }

    /// <summary>Decodes one latent.</summary>
    /// <param name="latent">[C, h, w].</param>
    /// <param name="decode">Gets a tile [C, th, tw], its height and width; gives [3, 8 th, 8 tw].</param>
    /// <returns>[3, 8 h, 8 w].</returns>
    public float[] Map(ReadOnlySpan<float> latent, Func<float[], int, int, float[]> decode)
    {
        var channels = latent.Length / (height * width);
        var (tall, wide) = (Math.Min(tile, height), Math.Min(tile, width));
        var (sum, weights) = (new float[3 * height * width * Factor * Factor], new float[height * width * Factor * Factor]);
        foreach (var y in Starts(height, tall))
        {
            foreach (var x in Starts(width, wide))
            {
                var part = new float[channels * tall * wide];
                for (var line = 0; line < channels * tall; line++)
                    latent.Slice((((line / tall * height) + y + (line % tall)) * width) + x, wide).CopyTo(part.AsSpan(line * wide));
                Add(decode(part, tall, wide), (y, tall), (x, wide), sum, weights);
            }
        }
        for (var i = 0; i < sum.Length; i++) sum[i] /= weights[i % weights.Length];
        return sum;
    }

    private void Add(float[] part, (int Start, int Length) rows, (int Start, int Length) columns, float[] sum, float[] weights)
    {
        var (down, across) = (Ramp(rows, height), Ramp(columns, width));
        var area = weights.Length;
        for (var y = 0; y < down.Length; y++)
        {
            for (var x = 0; x < across.Length; x++)
            {
                var at = (((rows.Start * Factor) + y) * width * Factor) + (columns.Start * Factor) + x;
                var weight = down[y] * across[x];
                weights[at] += weight;
                for (var c = 0; c < 3; c++) sum[(c * area) + at] += weight * part[(((c * down.Length) + y) * across.Length) + x];
            }
        }
    }

    /// <summary>As even as can be, with <see cref="Overlap"/> or more between neighbours.</summary>
    private static int[] Starts(int length, int edge)
    {
        var count = length <= edge ? 1 : (int)Math.Ceiling((double)(length - Overlap) / (edge - Overlap));
        return [.. Enumerable.Range(0, count).Select(i => count == 1 ? 0 : (int)((long)i * (length - edge) / (count - 1)))];
    }

    /// <summary>Rising from the edge of the tile inwards, and falling to the other; not at the picture's own edges.</summary>
    private static float[] Ramp((int Start, int Length) span, int whole)
    {
        const int fade = Overlap * Factor;
        var ramp = new float[span.Length * Factor];
        for (var i = 0; i < ramp.Length; i++)
        {
            var before = span.Start == 0 ? fade : i + 1;
            var after = span.Start + span.Length == whole ? fade : ramp.Length - i;
            ramp[i] = Math.Min(fade, Math.Min(before, after)) / (float)fade;
        }
        return ramp;
    }
}
