using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DiffusionBot.Engine.Networks;

/// <summary>Products of row-major matrices, in float, on the calling thread.</summary>
internal static class MatrixProduct
{
    /// <summary>a [m, k] times b [k, n].</summary>
    public static float[] Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int m, int k, int n)
    {
        var c = new float[checked(m * n)];
        Add(a, b, c, m, k, n, 1, 1);
        return c;
    }

    /// <summary>c [m, n] += a [m, k] b [k, n] * scale * multiplier, rounded in that order.</summary>
    public static void Add(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int m, int k, int n, float scale, float multiplier)
    {
        if (a.Length != m * k || b.Length != k * n || c.Length != m * n)
            throw new ArgumentException($"{a.Length}, {b.Length} and {c.Length} numbers are no product of [{m}, {k}] and [{k}, {n}].", nameof(a));
        var row = 0;
        for (; row + 4 <= m; row += 4) FourRows(a.Slice(row * k, 4 * k), b, c.Slice(row * n, 4 * n), k, n, scale, multiplier);
        for (; row < m; row++) Row(a.Slice(row * k, k), b, c.Slice(row * n, n), n, from: 0, scale, multiplier);
    }

    /// <summary>Four rows share what is read of b: sums stay in registers.</summary>
    private static void FourRows(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int k, int n, float scale, float multiplier)
    {
        var width = Vector<float>.Count;
        ref var start = ref MemoryMarshal.GetReference(b);
        var column = 0;
        for (; column + (2 * width) <= n; column += 2 * width)
        {
            Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
            for (var i = 0; i < k; i++)
            {
                ref var from = ref Unsafe.Add(ref start, (i * n) + column);
                var (b0, b1) = (Vector.LoadUnsafe(ref from), Vector.LoadUnsafe(ref from, (nuint)width));
                Vector<float> a0 = new(a[i]), a1 = new(a[k + i]), a2 = new(a[(2 * k) + i]), a3 = new(a[(3 * k) + i]);
                (s00, s01) = (Vector.FusedMultiplyAdd(a0, b0, s00), Vector.FusedMultiplyAdd(a0, b1, s01));
                (s10, s11) = (Vector.FusedMultiplyAdd(a1, b0, s10), Vector.FusedMultiplyAdd(a1, b1, s11));
                (s20, s21) = (Vector.FusedMultiplyAdd(a2, b0, s20), Vector.FusedMultiplyAdd(a2, b1, s21));
                (s30, s31) = (Vector.FusedMultiplyAdd(a3, b0, s30), Vector.FusedMultiplyAdd(a3, b1, s31));
            }
            Put(c[column..], s00, s01);
            Put(c[(n + column)..], s10, s11);
            Put(c[((2 * n) + column)..], s20, s21);
            Put(c[((3 * n) + column)..], s30, s31);
        }
        for (var row = 0; column < n && row < 4; row++) Row(a.Slice(row * k, k), b, c.Slice(row * n, n), n, column, scale, multiplier);

        void Put(Span<float> to, Vector<float> first, Vector<float> second)
        {
            (new Vector<float>(to) + (first * scale * multiplier)).CopyTo(to);
            (new Vector<float>(to[width..]) + (second * scale * multiplier)).CopyTo(to[width..]);
        }
    }

    private static void Row(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int n, int from, float scale, float multiplier)
    {
        for (var column = from; column < n; column++)
        {
            var sum = 0f;
            for (var i = 0; i < a.Length; i++) sum = MathF.FusedMultiplyAdd(a[i], b[(i * n) + column], sum);
            c[column] += sum * scale * multiplier;
        }
    }
}
