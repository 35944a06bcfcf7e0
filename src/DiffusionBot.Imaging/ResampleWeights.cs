namespace DiffusionBot.Imaging;

/// <summary>For each new pixel along one axis: where its source pixels start and the fixed-point weight of each.</summary>
internal sealed class ResampleWeights
{
    // 32 bits less 8 of the pixel less 2 of headroom for the filters' overshoot, as Pillow's Resample.c has it.
    private const int PrecisionBits = 32 - 8 - 2;

    /// <summary>What a sum starts from, so that the shift rounds.</summary>
    public const int Half = 1 << (PrecisionBits - 1);

    private readonly int[] starts;
    private readonly int[] ends;
    private readonly int[] weights;

    private ResampleWeights(int[] starts, int[] ends, int[] weights) => (this.starts, this.ends, this.weights) = (starts, ends, weights);

    public int Length => starts.Length;

    public static ResampleWeights Of(ResampleFilter filter, int from, int to)
    {
        var (radius, curve) = CurveOf(filter);
        var scale = (double)from / to;
        var stretch = Math.Max(scale, 1);
        var support = radius * stretch;
        var (starts, ends) = (new int[to], new int[to + 1]);
        var mostTaps = Math.Min(from, ((int)Math.Ceiling(support) * 2) + 1);
        var all = new List<int>(checked(to * mostTaps));
        var taps = new double[mostTaps];
        for (var i = 0; i < to; i++)
        {
            var centre = (i + 0.5) * scale;
            var start = Math.Max((int)(centre - support + 0.5), 0);
            var end = Math.Min((int)(centre + support + 0.5), from);
            var sum = 0.0;
            for (var x = start; x < end; x++)
            {
                taps[x - start] = curve((x - centre + 0.5) * (1 / stretch));
                sum += taps[x - start];
            }
            for (var x = start; x < end; x++) all.Add(ToFixed(sum != 0 ? taps[x - start] / sum : taps[x - start]));
            (starts[i], ends[i + 1]) = (start, all.Count);
        }
        return new(starts, ends, [.. all]);
    }

    /// <summary>The weights of one new pixel, for source pixels from <paramref name="start"/> on.</summary>
    public ReadOnlySpan<int> At(int index, out int start)
    {
        start = starts[index];
        return weights.AsSpan(ends[index]..ends[index + 1]);
    }

    /// <summary>A sum of weighted pixels as a pixel.</summary>
    public static byte ToByte(int sum) => (byte)Math.Clamp(sum >> PrecisionBits, 0, 255);

    private static int ToFixed(double weight) => (int)((weight * (1 << PrecisionBits)) + (weight < 0 ? -0.5 : 0.5));

    private static (double Radius, Func<double, double> Curve) CurveOf(ResampleFilter filter) => filter switch
    {
        ResampleFilter.Bilinear => (1, Triangle),
        ResampleFilter.Bicubic => (2, Cubic),
        ResampleFilter.Lanczos => (3, Lanczos),
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "Expected Bilinear, Bicubic or Lanczos."),
    };

    private static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));

    /// <summary>Keys' cubic convolution with a = -0.5 (R. Keys, 1981).</summary>
    private static double Cubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        if (x < 1) return (((((a + 2) * x) - (a + 3)) * x) * x) + 1;
        return x < 2 ? (((((x - 5) * x) + 8) * x) - 4) * a : 0;
    }

    private static double Lanczos(double x) => x is >= -3 and < 3 ? Sinc(x) * Sinc(x / 3) : 0;

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
