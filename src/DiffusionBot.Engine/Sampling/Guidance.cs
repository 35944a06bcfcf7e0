using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Sampling;

/// <summary>Classifier-free guidance (Ho and Salimans, 2022).</summary>
internal static class Guidance
{
    /// <summary>uncond + (cond - uncond) * scale; cond itself where uncond is empty.</summary>
    public static void Combine(ReadOnlySpan<float> cond, ReadOnlySpan<float> uncond, float scale, Span<float> combined)
    {
        if (uncond.IsEmpty)
        {
            cond.CopyTo(combined);
            return;
        }
        TensorPrimitives.Subtract(cond, uncond, combined);
        TensorPrimitives.MultiplyAdd(combined, scale, uncond, combined);
    }
}
