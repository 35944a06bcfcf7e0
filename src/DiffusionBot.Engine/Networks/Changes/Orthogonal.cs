using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Networks.Changes;

/// <summary>
/// OFT (arXiv:2306.07280) and BOFT (arXiv:2311.06243): blocks of the weight's outputs are turned. `oft_diag` [blocks, n, n] has the rotations themselves; of
/// `oft_blocks` [blocks, n, n] they are Cayley's transform, alpha limiting how far they turn; [m, blocks, n, n] turns m times, outputs mixed between.
/// </summary>
internal sealed class Orthogonal(LayerParts parts, IReadOnlyList<long> shape) : LayerChange(parts, shape)
{
    private const string Blocks = "oft_blocks", Rotations = "oft_diag", Rescale = "rescale";

    /// <summary>Of a block; an inverse takes the third power of it.</summary>
    private const int MostSide = 2048;

    private readonly string part = parts.Has(Blocks) ? Blocks : Rotations;

    public static bool Is(LayerParts parts) => parts.Has(Blocks) || parts.Has(Rotations);

    protected override long Made => Elements;

    private bool IsButterfly => Parts.Get(part).Shape.Count == 4;

    public override string? Misfit()
    {
        var given = Parts.Get(part).Shape;
        if (given is not ([_, _, _] or [_, _, _, _]) || given[^1] != given[^2]) return $"has blocks of {Checkpoints.Weights.Show(given)}";
        var (count, side) = (given[^3], given[^1]);
        if (side is 0 or > MostSide) return $"has blocks of side {side}; expected at most {MostSide}";
        if (count * side != Outputs) return $"turns {count * side} outputs of {Outputs}";
        if (Parts.Find(Rescale) is { } rescale && rescale.Elements != Outputs) return $"rescales {rescale.Elements} outputs of {Outputs}";
        if (!IsButterfly) return null;
        // Each turn mixes outputs twice as far apart as the one before.
        if (side % 2 != 0 || given[0] is 0 or > 31 || Outputs % (side << (int)(given[0] - 1)) != 0) return $"turns {given[0]} times blocks of {side}";
        return null;
    }

    /// <summary>Alpha is the limit here, and no scale.</summary>
    protected override float ScaleOf() => 1;

    protected override float[] Difference(ReadOnlySpan<float> weight, NetworkSource source)
    {
        var side = Parts.Size(part, Parts.Get(part).Shape.Count - 1);
        var rotations = source.Read(Parts.Get(part));
        if (part == Blocks) rotations = Cayley(rotations, side);
        var turned = weight.ToArray();
        var row = Inputs * Area;
        if (!IsButterfly) Turn(rotations, turned, side, row, isTransposed: true);
        else
        {
            var each = rotations.Length / Parts.Size(part, 0);
            for (var i = 0; i < Parts.Size(part, 0); i++)
            {
                var mixed = Mixed(turned, row, (side / 2) << i, back: false);
                Turn(rotations.AsSpan(i * each, each), mixed, side, row, isTransposed: false);
                turned = Mixed(mixed, row, (side / 2) << i, back: true);
            }
        }
        if (Parts.Find(Rescale) is { } rescale)
        {
            var factors = source.Read(rescale);
            for (var o = 0; o < Outputs; o++) TensorPrimitives.Multiply(turned.AsSpan(o * row, row), factors[o], turned.AsSpan(o * row, row));
        }
        TensorPrimitives.Subtract(turned, weight, turned);
        return turned;
    }

    /// <summary>(I + Q)(I - Q)^-1 of each block, Q = B - B^T, all of it no longer than alpha allows.</summary>
    private float[] Cayley(float[] blocks, int side)
    {
        var skew = new float[blocks.Length];
        var area = side * side;
        for (var at = 0; at < blocks.Length; at++)
        {
            var (block, i, j) = (at / area, at % area / side, at % side);
            skew[at] = blocks[at] - blocks[(block * area) + (j * side) + i];
        }
        var limit = Parts.Find("alpha") is { } alpha ? NetworkSource.Scalar(alpha) * Outputs : 0;
        if (limit != 0)
        {
            var norm = MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(skew));
            TensorPrimitives.Multiply(skew, (Math.Min(norm, limit) + 1e-8f) / (norm + 1e-8f), skew);
        }
        var rotations = new float[blocks.Length];
        for (var at = 0; at < blocks.Length; at += area) Inverse.Cayley(skew.AsSpan(at, area), rotations.AsSpan(at, area), side);
        return rotations;
    }

    /// <summary>Each block of outputs times its rotation.</summary>
    private static void Turn(ReadOnlySpan<float> rotations, Span<float> weight, int side, int row, bool isTransposed)
    {
        var rotation = new float[side * side];
        var turned = new float[side * row];
        for (var block = 0; block * side * row < weight.Length; block++)
        {
            var from = rotations.Slice(block * side * side, side * side);
            for (var at = 0; at < rotation.Length; at++) rotation[at] = isTransposed ? from[(at % side * side) + (at / side)] : from[at];
            var outputs = weight.Slice(block * side * row, side * row);
            turned.AsSpan().Clear();
            MatrixProduct.Add(rotation, outputs, turned, side, side, row, 1, 1);
            turned.CopyTo(outputs);
        }
    }

    /// <summary>Rows (c, g, k) as (c, k, g), g of 2: halves of 2 * <paramref name="half"/> rows side by side; or back.</summary>
    private float[] Mixed(ReadOnlySpan<float> weight, int row, int half, bool back)
    {
        var mixed = new float[weight.Length];
        for (var o = 0; o < Outputs; o++)
        {
            var (c, g, k) = (o / (2 * half), o / half % 2, o % half);
            var other = (((c * half) + k) * 2) + g;
            var (from, to) = back ? (other, o) : (o, other);
            weight.Slice(from * row, row).CopyTo(mixed.AsSpan(to * row, row));
        }
        return mixed;
    }
}
