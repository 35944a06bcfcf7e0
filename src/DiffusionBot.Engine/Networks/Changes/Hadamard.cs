using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Networks.Changes;

/// <summary>LoHa (FedPara, arXiv:2108.06098): the elementwise product of two low-rank matrices, each perhaps with a core.</summary>
internal sealed class Hadamard(LayerParts parts, IReadOnlyList<long> shape) : LayerChange(parts, shape)
{
    public static bool Is(LayerParts parts) => parts.Has("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b");

    protected override int? Rank => Parts.Size("hada_w1_b", 0);

    private bool HasCore => Parts.Has("hada_t1");

    protected override long Made => HasCore
        ? (long)Parts.Size("hada_w1_a", 1) * Parts.Size("hada_w1_b", 1) * Parts.SizeFrom("hada_t1", 2)
        : (long)Parts.Size("hada_w1_a", 0) * Parts.SizeFrom("hada_w1_b", 1);

    public override string? Misfit() => base.Misfit() ?? Misfit(1) ?? Misfit(2);

    protected override float[] Difference(ReadOnlySpan<float> weight, NetworkSource source)
    {
        var first = Half(1, source);
        TensorPrimitives.Multiply(first, Half(2, source), first);
        return first;
    }

    private string? Misfit(int half)
    {
        var (a, b, core) = ($"hada_w{half}_a", $"hada_w{half}_b", $"hada_t{half}");
        if (Parts.Has(core) != HasCore) return "has a core in one of its halves";
        var made = HasCore ? (long)Parts.Size(a, 1) * Parts.Size(b, 1) * Parts.SizeFrom(core, 2) : (long)Parts.Size(a, 0) * Parts.SizeFrom(b, 1);
        if (made != Made) return "has halves of different sizes";
        if (Parts.Size(b, 0) > Factors.MostRank || Parts.SizeFrom(a, HasCore ? 0 : 1) / (HasCore ? Parts.Size(a, 1) : 1) > Factors.MostRank) return $"has a rank above {Factors.MostRank}";
        var fits = HasCore ? Parts.SizeFrom(a, 2) == 1 && Parts.SizeFrom(b, 2) == 1 && Parts.Size(core, 0) == Parts.Size(a, 0) && Parts.Size(core, 1) == Parts.Size(b, 0) : Parts.SizeFrom(a, 1) == Parts.Size(b, 0);
        return fits ? null : "has factors of different ranks";
    }

    private float[] Half(int half, NetworkSource source)
    {
        var (a, b, core) = ($"hada_w{half}_a", $"hada_w{half}_b", $"hada_t{half}");
        var (left, right) = (source.Read(Parts.Get(a)), source.Read(Parts.Get(b)));
        return HasCore
            ? Factors.Tucker(source.Read(Parts.Get(core)), left, right, Parts.Size(a, 0), Parts.Size(b, 0), Parts.SizeFrom(core, 2), Parts.Size(a, 1), Parts.Size(b, 1))
            : MatrixProduct.Of(left, right, Parts.Size(a, 0), Parts.Size(b, 0), Parts.SizeFrom(b, 1));
    }
}
