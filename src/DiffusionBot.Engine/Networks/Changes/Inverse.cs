using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Networks.Changes;

/// <summary>Cayley's transform of a skew-symmetric matrix.</summary>
internal static class Inverse
{
    /// <summary>(I + Q)(I - Q)^-1, which is the transpose of the solution of (I - Q)^T X = (I + Q)^T; in double, by elimination with the largest pivots.</summary>
    public static void Cayley(ReadOnlySpan<float> q, Span<float> rotation, int n)
    {
        var (a, b) = (new double[n * n], new double[n * n]);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var one = i == j ? 1.0 : 0.0;
                a[(i * n) + j] = one - q[(j * n) + i];
                b[(i * n) + j] = one + q[(j * n) + i];
            }
        }
        for (var column = 0; column < n; column++)
        {
            var pivot = column;
            for (var i = column + 1; i < n; i++)
            {
                if (Math.Abs(a[(i * n) + column]) > Math.Abs(a[(pivot * n) + column])) pivot = i;
            }
            var value = a[(pivot * n) + column];
            if (value == 0 || !double.IsFinite(value)) throw new InvalidCheckpointException($"A rotation of side {n} of an OFT network is no rotation: its numbers are not finite.");
            if (pivot != column)
            {
                Swap(a, pivot, column, n);
                Swap(b, pivot, column, n);
            }
            for (var i = 0; i < n; i++)
            {
                var factor = i == column ? 0 : a[(i * n) + column] / value;
                if (factor == 0) continue;
                Subtract(a.AsSpan(i * n, n), a.AsSpan(column * n, n), factor);
                Subtract(b.AsSpan(i * n, n), b.AsSpan(column * n, n), factor);
            }
        }
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++) rotation[(j * n) + i] = (float)(b[(i * n) + j] / a[(i * n) + i]);
        }
    }

    private static void Subtract(Span<double> from, ReadOnlySpan<double> what, double factor)
    {
        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(what, -factor, from, from);
    }

    private static void Swap(double[] matrix, int i, int j, int n)
    {
        var row = matrix.AsSpan(i * n, n).ToArray();
        matrix.AsSpan(j * n, n).CopyTo(matrix.AsSpan(i * n, n));
        row.CopyTo(matrix.AsSpan(j * n, n));
    }
}
