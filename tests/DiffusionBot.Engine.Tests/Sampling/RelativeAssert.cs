namespace DiffusionBot.Engine.Tests.Sampling;

/// <summary>Comparison of numbers that span magnitudes, as sigmas do.</summary>
internal static class RelativeAssert
{
    /// <summary>Every element within <paramref name="tolerance"/> of the expected one's size; zeros are equal.</summary>
    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance, string label)
    {
        Assert.True(expected.Length == actual.Length, $"{label}: {actual.Length} elements; expected {expected.Length}.");
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(MathF.Abs(actual[i] - expected[i]) <= tolerance * MathF.Abs(expected[i]),
                $"{label}: {actual[i]} at [{i}]; expected {expected[i]}, tolerance {tolerance} of it.");
        }
    }
}
