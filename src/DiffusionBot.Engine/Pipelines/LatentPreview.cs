using System.Text.Json;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>
/// A rough picture of a latent at its own size, by one small matrix: colour = latent x weights + offset. Latents of different autoencoders
/// differ, so the matrix is fitted to each, once, by least squares over what it decodes, and kept by its hash.
/// </summary>
internal sealed class LatentPreview
{
    private const int Terms = Channels + 1;
    private const int Channels = ImageNoise.LatentChannels;
    private const int Samples = 16;
    private const int Side = 8;

    // [3 colours, 4 channels and a constant].
    private readonly double[] matrix;

    private LatentPreview(double[] matrix) => this.matrix = matrix;

    /// <summary>The preview of an autoencoder: from the cache, or fitted now and put there.</summary>
    /// <param name="cacheFolder">Null: fitted, not kept.</param>
    /// <param name="vaeHash">sha256 of the file that holds the autoencoder.</param>
    /// <param name="decoder">Decodes the samples for the fit.</param>
    /// <param name="cancel">Stops the decoding.</param>
    public static LatentPreview For(string? cacheFolder, string vaeHash, LatentDecoder decoder, CancellationToken cancel)
    {
        var file = cacheFolder is null ? null : Path.Combine(cacheFolder, $"preview-{vaeHash[..16]}.json");
        if (file is not null && Read(file) is { } kept) return kept;
        var fitted = Fit(decoder, cancel);
        if (file is not null) Write(file, fitted);
        return fitted;
    }

    /// <summary>Draws a latent [4, h, w] as h x w pixels.</summary>
    public Bitmap Draw(ReadOnlySpan<float> latent, int height, int width)
    {
        var area = height * width;
        var pixels = new byte[area * 3];
        for (var c = 0; c < 3; c++)
        {
            var row = matrix.AsSpan(c * Terms, Terms);
            for (var i = 0; i < area; i++)
            {
                var value = row[^1];
                for (var k = 0; k < Channels; k++) value += row[k] * latent[k * area + i];
                pixels[i * 3 + c] = (byte)Math.Clamp((value + 1) * 127.5, 0, 255);
            }
        }
        return new Bitmap(width, height, 3, pixels);
    }

    private static LatentPreview Fit(LatentDecoder decoder, CancellationToken cancel)
    {
        var latents = SmoothLatents();
        var pixels = decoder.DecodeToFloats(latents, Samples, Side, Side, clock: null, cancel);
        const int area = Side * Side, pixelSide = Side * LatentDecoder.Factor;
        var normal = new double[Terms, Terms];
        var target = new double[3, Terms];
        var features = new double[Terms];
        features[^1] = 1;
        for (var s = 0; s < Samples; s++)
        {
            for (var at = 0; at < area; at++)
            {
                for (var k = 0; k < Channels; k++) features[k] = latents[(s * Channels + k) * area + at];
                for (var i = 0; i < Terms; i++)
                {
                    for (var j = 0; j < Terms; j++) normal[i, j] += features[i] * features[j];
                    for (var c = 0; c < 3; c++)
                        target[c, i] += features[i] * MeanOfTile(pixels.AsSpan((s * 3 + c) * pixelSide * pixelSide, pixelSide * pixelSide), at / Side, at % Side);
                }
            }
        }
        var matrix = new double[3 * Terms];
        for (var c = 0; c < 3; c++) Solve(normal, c, target).CopyTo(matrix, c * Terms);
        return new LatentPreview(matrix);

        static double MeanOfTile(ReadOnlySpan<float> plane, int y, int x)
        {
            var sum = 0.0;
            for (var dy = 0; dy < LatentDecoder.Factor; dy++)
            {
                foreach (var value in plane.Slice((y * LatentDecoder.Factor + dy) * pixelSide + x * LatentDecoder.Factor, LatentDecoder.Factor))
                    sum += Math.Clamp(value, -1, 1);
            }
            return sum / (LatentDecoder.Factor * LatentDecoder.Factor);
        }
    }

    /// <summary>Latents like those of pictures: patches of one colour with a little grain. Always the same.</summary>
    private static float[] SmoothLatents()
    {
        const int area = Side * Side, patches = 4;
        var noise = new PhiloxGenerator(0);
        var (colours, grain) = (new float[Samples * Channels * patches], new float[Samples * Channels * area]);
        noise.Fill(colours);
        noise.Fill(grain);
        for (var i = 0; i < grain.Length; i++)
        {
            var (plane, y, x) = (i / area, i % area / Side, i % Side);
            grain[i] = colours[plane * patches + y / (Side / 2) * 2 + x / (Side / 2)] + 0.2f * grain[i];
        }
        return grain;
    }

    /// <summary>Gauss with pivots, for a system of five.</summary>
    private static double[] Solve(double[,] normal, int colour, double[,] target)
    {
        var a = (double[,])normal.Clone();
        var b = new double[Terms];
        for (var i = 0; i < Terms; i++) b[i] = target[colour, i];
        for (var column = 0; column < Terms; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < Terms; row++) pivot = Math.Abs(a[row, column]) > Math.Abs(a[pivot, column]) ? row : pivot;
            for (var k = 0; k < Terms; k++) (a[column, k], a[pivot, k]) = (a[pivot, k], a[column, k]);
            (b[column], b[pivot]) = (b[pivot], b[column]);
            for (var row = 0; row < Terms; row++)
            {
                if (row == column) continue;
                var factor = a[row, column] / a[column, column];
                for (var k = column; k < Terms; k++) a[row, k] -= factor * a[column, k];
                b[row] -= factor * b[column];
            }
        }
        for (var i = 0; i < Terms; i++) b[i] /= a[i, i];
        return b;
    }

    private static LatentPreview? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<double[]>(File.ReadAllBytes(file)) is { Length: 3 * Terms } matrix && Array.TrueForAll(matrix, double.IsFinite)
                ? new LatentPreview(matrix) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;   // a cache: what cannot be read is made again
        }
    }

    private static void Write(string file, LatentPreview preview)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(preview.matrix));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written costs time, not the picture.
        }
    }
}
