namespace DiffusionBot.Engine.Upscaling;

/// <summary>For each new element along an axis: which old ones it is made of, and how much of each (torch's upsample kernels).</summary>
internal sealed class AxisTaps
{
    /// <summary>torch's cubic without antialiasing, and with it (as Pillow's).</summary>
    private const double CubicA = -0.75, SmoothCubicA = -0.5;

    private readonly (int[] At, float[] Weights)[] taps;
    private readonly int length;

    private AxisTaps(int from, int to, Func<int, IEnumerable<(int At, double Weight)>> of)
    {
        length = from;
        taps = [.. Enumerable.Range(0, to).Select(i =>
        {
            var all = of(i).ToArray();
            return (all.Select(tap => Math.Clamp(tap.At, 0, length - 1)).ToArray(), all.Select(tap => (float)tap.Weight).ToArray());
        })];
    }

    /// <summary>A new element.</summary>
    /// <param name="source">From the first old one on.</param>
    /// <param name="index">Which.</param>
    /// <param name="stride">From one old element to the next.</param>
    public float Sum(ReadOnlySpan<float> source, int index, int stride)
    {
        var (at, weights) = taps[index];
        var sum = 0f;
        for (var i = 0; i < at.Length; i++) sum += source[at[i] * stride] * weights[i];
        return sum;
    }

    public static AxisTaps Nearest(int from, int to)
    {
        var scale = (float)from / to;
        return new(from, to, i => [((int)MathF.Floor(i * scale), 1)]);
    }

    public static AxisTaps NearestExact(int from, int to)
    {
        var scale = (float)from / to;
        return new(from, to, i => [((int)MathF.Floor((i + 0.5f) * scale), 1)]);
    }

    public static AxisTaps Linear(int from, int to) => new(from, to, i =>
    {
        var at = Math.Max(Centre(i, from, to), 0);
        var first = (int)Math.Floor(at);
        return [(first, 1 - (at - first)), (first + 1, at - first)];
    });

    public static AxisTaps Cubic(int from, int to) => new(from, to, i =>
    {
        var at = Centre(i, from, to);
        var first = (int)Math.Floor(at);
        return Enumerable.Range(first - 1, 4).Select(x => (x, Keys(at - x, CubicA)));
    });

    public static AxisTaps LinearAntialiased(int from, int to) => Smooth(from, to, 1, x => Math.Max(0, 1 - Math.Abs(x)));

    public static AxisTaps CubicAntialiased(int from, int to) => Smooth(from, to, 2, x => Keys(x, SmoothCubicA));

    /// <summary>Where the middle of a new element lies among the middles of the old ones.</summary>
    private static double Centre(int i, int from, int to) => ((i + 0.5) * from / to) - 0.5;

    /// <summary>A filter that is widened where it makes smaller; weights add up to 1 at the edges too.</summary>
    private static AxisTaps Smooth(int from, int to, int radius, Func<double, double> curve) => new(from, to, i =>
    {
        var scale = (double)from / to;
        var stretch = Math.Max(scale, 1);
        var (centre, support) = ((i + 0.5) * scale, radius * stretch);
        var start = Math.Max((int)(centre - support + 0.5), 0);
        var end = Math.Min((int)(centre + support + 0.5), from);
        var weights = Enumerable.Range(start, end - start).Select(x => (At: x, Weight: curve((x - centre + 0.5) / stretch))).ToArray();
        var sum = weights.Sum(tap => tap.Weight);
        return weights.Select(tap => (tap.At, tap.Weight / sum));
    });

    /// <summary>Keys' cubic convolution (R. Keys, 1981).</summary>
    private static double Keys(double x, double a)
    {
        x = Math.Abs(x);
        if (x < 1) return (((((a + 2) * x) - (a + 3)) * x) * x) + 1;
        return x < 2 ? (((((x - 5) * x) + 8) * x) - 4) * a : 0;
    }
}
