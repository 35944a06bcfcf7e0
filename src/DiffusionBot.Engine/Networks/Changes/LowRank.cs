using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Networks.Changes;

/// <summary>
/// LoRA (Hu et al., 2021) and LoCon: up [O, r] times down [r, I * k * k], or with a middle [n, m, k, k] between them (CP decomposition):
/// up [O, n], down [m, I].
/// </summary>
/// <param name="parts">`lora_up.weight`, `lora_down.weight`, perhaps `lora_mid.weight`; or PEFT's `lora_B.weight`, `lora_A.weight`.</param>
/// <param name="shape">The weight's.</param>
/// <param name="dynamicRank">How much of the rank counts; null: all.</param>
internal sealed class LowRank(LayerParts parts, IReadOnlyList<long> shape, int? dynamicRank) : LayerChange(parts, shape)
{
    private const string Middle = "lora_mid.weight";

    private readonly string up = parts.Has("lora_up.weight") ? "lora_up.weight" : "lora_B.weight";
    private readonly string down = parts.Has("lora_down.weight") ? "lora_down.weight" : "lora_A.weight";

    public static bool Is(LayerParts parts) => parts.Has("lora_up.weight", "lora_down.weight") || parts.Has("lora_A.weight", "lora_B.weight");

    protected override int? Rank => Parts.Size(down, 0);

    /// <summary>Of the product: the weight's, unless it lies otherwise, which WebUI takes as it comes.</summary>
    private int Rows => Parts.Size(up, 0);

    private int Counted => Math.Min(Rank!.Value, dynamicRank is { } dynamic ? Math.Max(dynamic, 0) : int.MaxValue);

    protected override long Made => (long)Rows * Parts.SizeFrom(down, 1) * (Parts.Has(Middle) ? Parts.SizeFrom(Middle, 2) : 1);

    public override string? Misfit()
    {
        if (base.Misfit() is { } misfit) return misfit;
        var (upRank, downRank) = (Parts.SizeFrom(up, 1), Parts.Size(down, 0));
        if (Math.Max(upRank, downRank) > Factors.MostRank) return $"has the rank {Math.Max(upRank, downRank)}; expected at most {Factors.MostRank}";
        if (!Parts.Has(Middle)) return upRank == downRank ? null : $"has the ranks {upRank} and {downRank}";
        return Parts.Size(Middle, 0) == upRank && Parts.Size(Middle, 1) == downRank ? null : $"has a middle that is {Weights.Show(Parts.Get(Middle).Shape)} between ranks {upRank} and {downRank}";
    }

    public override void Apply(Span<float> weight, float multiplier, NetworkSource source)
    {
        if (!IsPlain || Parts.Has(Middle) || Made != weight.Length)
        {
            base.Apply(weight, multiplier, source);
            return;
        }
        var (a, b, rank) = Factored(source);
        MatrixProduct.Add(a, b, weight, Rows, rank, weight.Length / Rows, ScaleOf(), multiplier);
    }

    protected override float[] Difference(ReadOnlySpan<float> weight, NetworkSource source)
    {
        if (!Parts.Has(Middle))
        {
            var (a, b, rank) = Factored(source);
            return MatrixProduct.Of(a, b, Rows, rank, Parts.SizeFrom(down, 1));
        }
        // [n, m, kk] and up [O, n], down [m, I]: first up through the middle, then down.
        var (n, m, area) = (Parts.Size(Middle, 0), Parts.Size(Middle, 1), Parts.SizeFrom(Middle, 2));
        var middled = MatrixProduct.Of(source.Read(Parts.Get(up)), source.Read(Parts.Get(Middle)), Rows, n, m * area);
        return Factors.ThroughInputs(middled, source.Read(Parts.Get(down)), Rows, m, area, Parts.SizeFrom(down, 1));
    }

    private (float[] Up, float[] Down, int Rank) Factored(NetworkSource source)
    {
        var (a, b, rank) = (source.Read(Parts.Get(up)), source.Read(Parts.Get(down)), Rank!.Value);
        var counted = Counted;
        if (counted == rank) return (a, b, rank);
        var cut = new float[Rows * counted];
        for (var o = 0; o < Rows; o++) a.AsSpan(o * rank, counted).CopyTo(cut.AsSpan(o * counted));
        return (cut, b[..(counted * (b.Length / rank))], counted);
    }
}
