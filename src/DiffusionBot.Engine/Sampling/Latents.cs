using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Sampling;

/// <summary>What samplers do with whole latents. Spans are of one length; the first is written and may only be one of the others where that is said.</summary>
internal static class Latents
{
    /// <summary>x = keep * x + take * other.</summary>
    public static void Blend(Span<float> x, float keep, float take, ReadOnlySpan<float> other)
    {
        TensorPrimitives.Multiply(x, keep, x);
        TensorPrimitives.MultiplyAdd(other, take, x, x);
    }

    /// <summary>x += take * other.</summary>
    public static void Add(Span<float> x, float take, ReadOnlySpan<float> other) => TensorPrimitives.MultiplyAdd(other, take, x, x);

    /// <summary>slope = (x - x0) / sigma: where the latent goes per sigma. The slope may be x or x0.</summary>
    public static void Slope(Span<float> slope, ReadOnlySpan<float> x, ReadOnlySpan<float> x0, float sigma)
    {
        TensorPrimitives.Subtract(x, x0, slope);
        TensorPrimitives.Divide(slope, sigma, slope);
    }

    /// <summary>moved = x + slope * step.</summary>
    public static void Move(Span<float> moved, ReadOnlySpan<float> x, ReadOnlySpan<float> slope, float step) =>
        TensorPrimitives.MultiplyAdd(slope, step, x, moved);

    /// <summary>Euler's step from one sigma to another, in place.</summary>
    public static void Euler(Span<float> x, ReadOnlySpan<float> x0, float from, float to) => Blend(x, to / from, 1 - to / from, x0);
}
