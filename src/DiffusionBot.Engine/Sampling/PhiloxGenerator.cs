using System.Numerics.Tensors;

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
            for (var i = 0; i < count; i++)
            {
                var (a, b) = Random(call, (uint)(start + i));
                radius[i] = a * Unit + Unit / 2;
                sine[i] = b * Turn + Turn / 2;
            }
            TensorPrimitives.Log(radius[..count], radius);
            TensorPrimitives.Sin(sine[..count], sine);
            for (var i = 0; i < count; i++) noise[start + i] = (float)(Math.Sqrt(-2 * radius[i]) * sine[i]);
        }
        call++;
    }

    /// <summary>The first two of the four numbers that the cipher makes of a counter; Box-Muller takes no more.</summary>
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
}
