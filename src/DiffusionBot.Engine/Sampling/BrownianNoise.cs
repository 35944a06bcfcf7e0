using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// The noise of the SDE samplers: for each image the increments of a <see cref="BrownianTree"/> over sigma, scaled to deviation 1. Two looks
/// at overlapping intervals get noise that fits together. As k-diffusion's BrownianTreeNoiseSampler.
/// </summary>
internal sealed class BrownianNoise
{
    private readonly BrownianTree[] trees;
    private readonly int image;

    /// <param name="source">Which generator.</param>
    /// <param name="seeds">One an image.</param>
    /// <param name="sigmaMin">The least sigma above zero that is asked for.</param>
    /// <param name="sigmaMax">The largest.</param>
    /// <param name="image">Elements of one image's latent.</param>
    public BrownianNoise(NoiseSource source, ReadOnlySpan<long> seeds, float sigmaMin, float sigmaMax, int image)
    {
        this.image = image;
        trees = new BrownianTree[seeds.Length];
        for (var i = 0; i < trees.Length; i++) trees[i] = new BrownianTree(source, seeds[i], sigmaMin, sigmaMax, image);
    }

    /// <summary>A <see cref="StepNoise"/>.</summary>
    public void Next(Span<float> noise, float sigma, float sigmaNext)
    {
        // Time rises with sigma and samplers go down it: what the path gains they lose.
        var scale = MathF.Sqrt(MathF.Abs(sigmaNext - sigma));
        for (var i = 0; i < trees.Length; i++)
            trees[i].Between(Math.Min(sigma, sigmaNext), Math.Max(sigma, sigmaNext), noise.Slice(i * image, image));
        TensorPrimitives.Divide(noise, sigma > sigmaNext ? -scale : scale, noise);
    }
}
