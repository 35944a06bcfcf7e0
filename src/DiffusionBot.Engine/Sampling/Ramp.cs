namespace DiffusionBot.Engine.Sampling;

/// <summary>Places spread evenly.</summary>
internal static class Ramp
{
    /// <summary>
    /// So many places from <paramref name="first"/> to <paramref name="last"/>, rounded as torch.linspace rounds them: counted from the start
    /// in the first half, from the end in the second, each with one rounding. A single place is the first.
    /// </summary>
    public static float[] Of(int count, float first, float last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var places = new float[count];
        var stride = (last - first) / Math.Max(1, count - 1);
        for (var i = 0; i < count; i++)
        {
            places[i] = count == 1 || i < count / 2
                ? MathF.FusedMultiplyAdd(stride, i, first)
                : MathF.FusedMultiplyAdd(-stride, count - 1 - i, last);
        }
        return places;
    }
}
