namespace DiffusionBot.Engine.Prompts;

/// <summary>How a token's weight acts on its output.</summary>
internal static class Emphasis
{
    /// <summary>Multiplies each token's vector by its weight, and in WebUI's original way scales the whole so that its mean is what it was.</summary>
    /// <param name="mode">Nothing is done where weights count for nothing.</param>
    /// <param name="z">[tokens, width], one chunk of the text encoder's output; overwritten.</param>
    /// <param name="multipliers">[tokens]</param>
    /// <param name="width">Of a token's vector.</param>
    public static void Apply(EmphasisMode mode, Span<float> z, ReadOnlySpan<float> multipliers, int width)
    {
        if (z.Length != multipliers.Length * width)
            throw new ArgumentException($"{z.Length} values are not {multipliers.Length} tokens of width {width}.", nameof(z));
        if (mode is EmphasisMode.Ignore or EmphasisMode.None || multipliers.IndexOfAnyExcept(1f) < 0) return;
        var before = Sum(z);
        for (var token = 0; token < multipliers.Length; token++)
        {
            foreach (ref var value in z.Slice(token * width, width)) value *= multipliers[token];
        }
        if (mode == EmphasisMode.NoNorm) return;
        var scale = (float)(before / Sum(z));
        // Weights of zero leave nothing to restore: WebUI's not-a-number would only spoil the picture.
        if (!float.IsFinite(scale)) return;
        foreach (ref var value in z) value *= scale;
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum;
    }
}
