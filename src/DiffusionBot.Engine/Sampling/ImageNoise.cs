namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// The noise of one batch, each image from a generator of its own: an image is the same whatever it is drawn with.
/// Order of the numbers as in WebUI (modules/rng.py, ImageRNG).
/// </summary>
internal sealed class ImageNoise
{
    private readonly NoiseSource source;
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
        this.source = source;
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

    /// <summary>The noise that the latent [B, 4, h, w] starts from. Asked for once, before any other.</summary>
    public void First(Span<float> noise)
    {
        Next(noise);
        if (ensd != 0) generators = Create(ensd);
    }

    /// <summary>The noise [B, 4, h, w] that a sampler adds in between, in the order of its asking.</summary>
    public void Next(Span<float> noise)
    {
        if (noise.Length != Length)
            throw new ArgumentException($"Room for {noise.Length} numbers; a batch of [{string.Join(", ", Shape)}] has {Length}.", nameof(noise));
        var image = Length / generators.Length;
        for (var i = 0; i < generators.Length; i++) generators[i].Fill(noise.Slice(i * image, image));
    }

    private INormalSource[] Create(long delta) => Array.ConvertAll(seeds, seed => INormalSource.Create(source, unchecked(seed + delta)));
}
