using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiffusionBot.Engine.Sampling;

/// <summary>
/// What torch.randn gives on a CUDA device: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
/// 2011) keyed by the seed, then Box-Muller as curand does it. Element i of call n has the counter (n, 0, i, 0).
/// </summary>
/// <param name="seed">All 64 bits count; a negative seed is its two's complement.</param>
internal sealed class PhiloxGenerator(long seed) : INormalSource
{
    private const int Rounds = 10;
    private const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57;
    private const uint WeylA = 0x9E3779B9, WeylB = 0xBB67AE85;

    // curand's constants are single precision; WebUI computes with them in double precision.
    private const double Unit = 2.3283064e-10f;
    private const double Turn = (float)(2.3283064e-10 * 6.2831855);

    private const int Block = 256;

    private uint call;

    public void Fill(Span<float> noise)
    {
        Span<double> radius = stackalloc double[Block];
        Span<double> sine = stackalloc double[Block];
        for (var start = 0; start < noise.Length; start += Block)
        {
            var count = Math.Min(Block, noise.Length - start);
            var r = radius[..count];
            var s = sine[..count];
            Random(start, r, s);
            Scale(r, Unit);
            Scale(s, Turn);
            TensorPrimitives.Log(r, r);
            TensorPrimitives.Sin(s, s);
            TensorPrimitives.Multiply(r, -2, r);
            TensorPrimitives.Sqrt(r, r);
            TensorPrimitives.Multiply(r, s, r);
            TensorPrimitives.ConvertTruncating<double, float>(r, noise[start..]);
        }
        call++;
    }

    /// <summary>From a whole number of 32 bits to its place within a unit, the middle of it.</summary>
    private static void Scale(Span<double> values, double unit)
    {
        TensorPrimitives.Multiply(values, unit, values);
        TensorPrimitives.Add(values, unit / 2, values);
    }

    /// <summary>The first two of the four whole numbers that the cipher makes of each counter; Box-Muller takes no more.</summary>
    private void Random(int start, Span<double> first, Span<double> second)
    {
        var done = 0;
        if (Avx2.IsSupported)
        {
            var lanes = Vector256.Create(0UL, 1, 2, 3);
            for (; done + Vector256<ulong>.Count <= first.Length; done += Vector256<ulong>.Count)
            {
                var (a, b) = Random(Vector256.Create((ulong)(uint)call), lanes + Vector256.Create((ulong)(uint)(start + done)));
                ToDouble(a).CopyTo(first[done..]);
                ToDouble(b).CopyTo(second[done..]);
            }
        }
        for (; done < first.Length; done++) (first[done], second[done]) = Random(call, (uint)(start + done));
    }

    private (uint, uint) Random(uint offset, uint index)
    {
        var (c0, c1, c2, c3) = (offset, 0u, index, 0u);
        var (k0, k1) = ((uint)seed, (uint)((ulong)seed >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var a = (ulong)c0 * MultiplierA;
            var b = (ulong)c2 * MultiplierB;
            (c0, c1, c2, c3) = ((uint)(b >> 32) ^ c1 ^ k0, (uint)b, (uint)(a >> 32) ^ c3 ^ k1, (uint)a);
            k0 += WeylA;
            k1 += WeylB;
        }
        return (c0, c1);
    }

    /// <summary>The same four at a time. A lane's upper half is not looked at by the multiplication and may hold anything.</summary>
    private (Vector256<ulong>, Vector256<ulong>) Random(Vector256<ulong> offset, Vector256<ulong> index)
    {
        var (c0, c1, c2, c3) = (offset, Vector256<ulong>.Zero, index, Vector256<ulong>.Zero);
        var (k0, k1) = ((uint)seed, (uint)((ulong)seed >> 32));
        var (multiplierA, multiplierB) = (Vector256.Create(MultiplierA), Vector256.Create(MultiplierB));
        for (var round = 0; round < Rounds; round++)
        {
            var a = Avx2.Multiply(c0.AsUInt32(), multiplierA);
            var b = Avx2.Multiply(c2.AsUInt32(), multiplierB);
            (c0, c1, c2, c3) = ((b >>> 32) ^ c1 ^ Vector256.Create((ulong)k0), b, (a >>> 32) ^ c3 ^ Vector256.Create((ulong)k1), a);
            k0 += WeylA;
            k1 += WeylB;
        }
        return (c0, c1);
    }

    /// <summary>The lower halves as numbers: with the exponent of 2^52 before them they are a double already, but for 2^52.</summary>
    private static Vector256<double> ToDouble(Vector256<ulong> words)
    {
        const double two52 = 1L << 52;
        var exponent = Vector256.Create(two52);
        return ((words & Vector256.Create((ulong)uint.MaxValue)) | exponent.AsUInt64()).AsDouble() - exponent;
    }
}
