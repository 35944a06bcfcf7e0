namespace DiffusionBot.Engine.Sampling;

/// <summary>Python's round(x, 6), to the last bit.</summary>
internal static class Micro
{
    private const int FractionBits = 52;
    private const ulong Million = 1_000_000;

    /// <summary>
    /// The double nearest to the millionth nearest to a number's exact value, halves to the even one. Halfway between two millionths a
    /// multiplication would round first and then choose the wrong side, and a Brownian tree's intervals lie halfway all the time.
    /// </summary>
    /// <param name="value">Within ±2^40; greater ones have no business here.</param>
    public static double Round(double value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs(value), 1L << 40, nameof(value));
        var bits = BitConverter.DoubleToUInt64Bits(Math.Abs(value));
        var exponent = (int)(bits >> FractionBits);
        if (exponent == 0) return 0;
        var fraction = (UInt128)((bits & ((1UL << FractionBits) - 1)) | (1UL << FractionBits)) * Million;
        var shift = 1023 + FractionBits - exponent;   // |value| = fraction / 2^shift millionths
        if (shift <= 0) return value;
        if (shift > 100) return 0;
        var (whole, rest, half) = (fraction >> shift, fraction & ((UInt128.One << shift) - 1), UInt128.One << (shift - 1));
        if (rest > half || (rest == half && !UInt128.IsEvenInteger(whole))) whole++;
        return Math.CopySign((double)(ulong)whole / Million, value);
    }
}
