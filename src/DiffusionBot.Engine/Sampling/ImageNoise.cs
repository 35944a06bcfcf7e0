namespace DiffusionBot.Engine.Sampling;

/// <summary>Variation seeds: the first noise is turned from the seed's towards another seed's.</summary>
/// <param name="Seeds">One an image.</param>
/// <param name="Strength">0, the seed's own noise, to 1, the other's.</param>
internal sealed record SeedVariation(long[] Seeds, float Strength);

/// <summary>
/// The noise of one batch, each image from a generator of its own: an image is the same whatever it is drawn with.
/// Order of the numbers as in WebUI (modules/rng.py, ImageRNG).
/// </summary>
internal sealed class ImageNoise
{
    private readonly long[] seeds;
    private readonly long ensd;
    private INormalSource[] generators;

    /// <param name="source">Which generator.</param>
    /// <param name="seeds">One an image; at least one.</param>
    /// <param name="height">Of the latent: an eighth of the picture's.</param>
    /// <param name="width">Of the latent: an eighth of the picture's.</param>
    /// <param name="ensd">Eta noise seed delta. Not zero: all noise after the first comes from new generators, seeded with
    /// seed + ensd (in 64 bits, round the clock).</param>
    public ImageNoise(NoiseSource source, ReadOnlySpan<long> seeds, int height, int width, long ensd = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(seeds.Length, nameof(seeds));
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Source = source;
        this.seeds = seeds.ToArray();
        this.ensd = ensd;
        Shape = [seeds.Length, LatentChannels, height, width];
        generators = Create(0);
    }

    /// <summary>Channels of a latent, in every family up to SDXL.</summary>
    public const int LatentChannels = 4;

    /// <summary>[B, 4, h, w].</summary>
    public int[] Shape { get; }

    /// <summary>Elements of the batch's latent.</summary>
    public int Length => Shape[0] * Shape[1] * Shape[2] * Shape[3];

    /// <summary>Which generator.</summary>
    public NoiseSource Source { get; }

    /// <summary>One an image.</summary>
    public ReadOnlySpan<long> Seeds => seeds;

    /// <summary>Null: none.</summary>
    public SeedVariation? Variation { get; init; }

    /// <summary>
    /// The size of another latent whose noise the first noise has in its middle, so that a picture of another size resembles that one. Null: none.
    /// </summary>
    public (int Height, int Width)? ResizeFrom { get; init; }

    /// <summary>The noise that the latent [B, 4, h, w] starts from. Asked for once, before any other.</summary>
    public void First(Span<float> noise)
    {
        CheckLength(noise);
        var image = Length / seeds.Length;
        for (var i = 0; i < seeds.Length; i++) First(i, noise.Slice(i * image, image));
        if (ensd != 0) generators = Create(ensd);
    }

    /// <summary>The noise [B, 4, h, w] that a sampler adds in between, in the order of its asking.</summary>
    public void Next(Span<float> noise)
    {
        CheckLength(noise);
        var image = Length / generators.Length;
        for (var i = 0; i < generators.Length; i++) generators[i].Fill(noise.Slice(i * image, image));
    }

    private void First(int i, Span<float> noise)
    {
        var (height, width) = ResizeFrom is { Height: > 0, Width: > 0 } from ? from : (Shape[2], Shape[3]);
        var resized = (height, width) != (Shape[2], Shape[3]);
        generators[i].Fill(noise);
        if (!resized && Variation is null) return;
        var inner = resized ? new float[LatentChannels * height * width] : noise;
        if (resized) INormalSource.Create(Source, seeds[i]).Fill(inner);
        if (Variation is { Strength: > 0 } variation)
        {
            var other = new float[inner.Length];
            INormalSource.Create(Source, variation.Seeds[i]).Fill(other);
            Slerp.Between(inner, other, variation.Strength, height, width);
        }
        if (resized) Paste(inner, height, width, noise);
    }

    /// <summary>Puts a latent of another size in the middle: what does not fit is cut off, halves rounded down.</summary>
    private void Paste(ReadOnlySpan<float> inner, int height, int width, Span<float> noise)
    {
        // Half the difference is floored, as Python does, also below zero; then an odd edge loses a row more than it must.
        var (left, top) = ((Shape[3] - width) >> 1, (Shape[2] - height) >> 1);
        var (columns, rows) = (left >= 0 ? width : width + 2 * left, top >= 0 ? height : height + 2 * top);
        for (var c = 0; c < LatentChannels; c++)
        {
            for (var y = 0; y < rows; y++)
            {
                var from = inner.Slice((c * height + y + Math.Max(-top, 0)) * width + Math.Max(-left, 0), columns);
                from.CopyTo(noise[((c * Shape[2] + y + Math.Max(top, 0)) * Shape[3] + Math.Max(left, 0))..]);
            }
        }
    }

    private void CheckLength(Span<float> noise)
    {
        if (noise.Length != Length)
            throw new ArgumentException($"Room for {noise.Length} numbers; a batch of [{string.Join(", ", Shape)}] has {Length}.", nameof(noise));
    }

    private INormalSource[] Create(long delta) => Array.ConvertAll(seeds, seed => INormalSource.Create(Source, unchecked(seed + delta)));
}
