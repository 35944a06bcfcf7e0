namespace DiffusionBot.Testing;

/// <summary>Comparisons of tensors that say how far off they are, and where.</summary>
internal static class TensorAssert
{
    /// <summary>Every element within <paramref name="tolerance"/> (max abs).</summary>
    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance, string label)
    {
        Assert.True(expected.Length == actual.Length, $"{label}: {actual.Length} elements; expected {expected.Length}.");
        var (worst, at) = (0f, -1);
        for (var i = 0; i < expected.Length; i++)
        {
            var off = MathF.Abs(expected[i] - actual[i]);
            if (!(off <= worst)) (worst, at) = (off, i);   // NaN lands here too
            if (float.IsNaN(off)) break;
        }
        Assert.True(worst <= tolerance, $"{label}: off by {worst} at [{at}] ({(at < 0 ? 0 : actual[at])}; expected {(at < 0 ? 0 : expected[at])}); tolerance {tolerance}.");
    }

    /// <summary>Relative L2 distance |a - e| / |e| within <paramref name="tolerance"/>.</summary>
    public static void CloseInL2(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string label)
    {
        Assert.True(expected.Length == actual.Length, $"{label}: {actual.Length} elements; expected {expected.Length}.");
        var relative = RelativeL2(expected, actual);
        Assert.True(relative <= tolerance, $"{label}: relative L2 distance {relative:E2}; tolerance {tolerance:E2}.");
    }

    /// <summary>|a - e| / |e| of tensors of the same length.</summary>
    public static double RelativeL2(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double difference = 0, size = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow(actual[i] - expected[i], 2);
            size += Math.Pow(expected[i], 2);
        }
        return Math.Sqrt(difference / Math.Max(size, 1e-30));
    }
}
