namespace DiffusionBot.Engine.Prompts;

/// <summary>How a token's weight acts on its output.</summary>
internal static class Emphasis
{
    /// <summary>
    /// Multiplies each token's vector by its weight, and in WebUI's original way scales the whole so that its mean is what it was. All texts that a
    /// prompt becomes on its way are the whole, each as often as it comes.
    /// </summary>
    /// <param name="mode">Nothing is done where weights count for nothing.</param>
    /// <param name="parts">The same chunk of each text; overwritten.</param>
    /// <param name="width">Of a token's vector.</param>
    public static void Apply(EmphasisMode mode, IReadOnlyList<EmphasisPart> parts, int width)
    {
        if (parts.FirstOrDefault(p => p.Values.Length != p.Multipliers.Length * width) is { Multipliers: { } tokens, Values: var vectors })
            throw new ArgumentException($"{vectors.Length} values are not {tokens.Length} tokens of width {width}.", nameof(parts));
        if (mode is EmphasisMode.Ignore or EmphasisMode.None || parts.All(part => part.Multipliers.AsSpan().IndexOfAnyExcept(1f) < 0)) return;
        var (before, after) = (0.0, 0.0);
        foreach (var (values, multipliers, times) in parts)
        {
            var z = values.Span;
            before += times * Sum(z);
            for (var token = 0; token < multipliers.Length; token++)
            {
                foreach (ref var value in z.Slice(token * width, width)) value *= multipliers[token];
            }
            after += times * Sum(z);
        }
        var scale = (float)(before / after);
        // Weights of zero leave nothing to restore: WebUI's not-a-number would only spoil the picture.
        if (mode == EmphasisMode.NoNorm || !float.IsFinite(scale)) return;
        foreach (var part in parts)
        {
            foreach (ref var value in part.Values.Span) value *= scale;
        }
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum;
    }
}

/// <summary>A chunk of the text encoder's output.</summary>
/// <param name="Values">[tokens, width].</param>
/// <param name="Multipliers">[tokens].</param>
/// <param name="Times">How often its text comes among those of the prompt.</param>
internal readonly record struct EmphasisPart(Memory<float> Values, float[] Multipliers, int Times);
