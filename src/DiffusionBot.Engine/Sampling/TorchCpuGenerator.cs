namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// What torch.randn and torch.rand give on the CPU: MT19937 (Matsumoto and Nishimura, 1998), 24 of its bits a float,
/// and Box-Muller in one of two ways, by how many numbers are asked for (ATen/native/cpu/DistributionTemplates.h).
/// </summary>
/// <param name="seed">Its low 32 bits count, as in torch.</param>
internal sealed class TorchCpuGenerator(long seed) : INormalSource
{
    private const int Group = 16;
    private const float FloatUnit = 1f / (1 << 24);
    private const double DoubleUnit = 1.0 / (1L << 53);

    private readonly Mt19937 bits = new((uint)seed);
    private double? second;   // of the last pair that the scalar way made; it outlives calls that take the other way

    /// <summary>torch.rand: uniform in [0, 1).</summary>
    public void FillUniform(Span<float> values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = (bits.Next() & 0xFFFFFF) * FloatUnit;
    }

    /// <summary>torch.randn.</summary>
    public void Fill(Span<float> noise)
    {
        if (noise.Length < Group)
        {
            for (var i = 0; i < noise.Length; i++) noise[i] = (float)NextNormal();
            return;
        }
        FillUniform(noise);
        for (var i = 0; i + Group <= noise.Length; i += Group) BoxMuller(noise.Slice(i, Group));
        if (noise.Length % Group == 0) return;
        // A rest is not made of what is left: torch draws the last 16 numbers anew, over some that are done.
        FillUniform(noise[^Group..]);
        BoxMuller(noise[^Group..]);
    }

    /// <summary>16 uniform numbers become 16 normal ones: number j and number j + 8 are a pair.</summary>
    private static void BoxMuller(Span<float> group)
    {
        for (var j = 0; j < Group / 2; j++)
        {
            var radius = MathF.Sqrt(-2 * MathF.Log(1 - group[j]));
            var (sine, cosine) = MathF.SinCos(2 * MathF.PI * group[j + Group / 2]);
            group[j] = radius * cosine;
            group[j + Group / 2] = radius * sine;
        }
    }

    private double NextNormal()
    {
        if (second is { } kept)
        {
            second = null;
            return kept;
        }
        var angle = 2 * Math.PI * NextDouble();
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        second = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    private double NextDouble()
    {
        var high = (ulong)bits.Next() << 32;
        return ((high | bits.Next()) & ((1UL << 53) - 1)) * DoubleUnit;
    }
}
