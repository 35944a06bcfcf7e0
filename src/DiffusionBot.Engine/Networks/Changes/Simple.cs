using System.Numerics.Tensors;

namespace DiffusionBot.Engine.Networks.Changes;

/// <summary>(IA)^3 (arXiv:2205.05638): each row of the weight, or each column, is scaled.</summary>
internal sealed class InputOutputScale(LayerParts parts, IReadOnlyList<long> shape) : LayerChange(parts, shape)
{
    public static bool Is(LayerParts parts) => parts.Has("weight", "on_input");

    protected override long Made => Elements;

    private bool IsOnInput => NetworkSource.Scalar(Parts.Get("on_input")) != 0;

    public override string? Misfit() => Parts.SizeFrom("weight", 0) is var given && given == (IsOnInput ? Inputs : Outputs) ? null : $"has {given} numbers";

    protected override float[] Difference(ReadOnlySpan<float> weight, NetworkSource source)
    {
        var (factors, made, onInput) = (source.Read(Parts.Get("weight")), weight.ToArray(), IsOnInput);
        for (var at = 0; at < made.Length; at++) made[at] *= factors[onInput ? at / Area % Inputs : at / Area / Inputs];
        return made;
    }
}

/// <summary>A difference as it is: `diff`, of norms `w_norm`; biases have one too.</summary>
internal sealed class WholeDifference(LayerParts parts, IReadOnlyList<long> shape) : LayerChange(parts, shape)
{
    private readonly string part = parts.Has("diff") ? "diff" : "w_norm";

    public static bool Is(LayerParts parts) => parts.Has("diff") || parts.Has("w_norm", "b_norm");

    protected override long Made => Parts.SizeFrom(part, 0);

    protected override float[] Difference(ReadOnlySpan<float> weight, NetworkSource source) => source.Read(Parts.Get(part));
}

/// <summary>GLoRA (arXiv:2306.07967): b2 b1 + W a2 a1.</summary>
internal sealed class Generalized(LayerParts parts, IReadOnlyList<long> shape) : LayerChange(parts, shape)
{
    private const string A1 = "a1.weight", A2 = "a2.weight", B1 = "b1.weight", B2 = "b2.weight";

    public static bool Is(LayerParts parts) => parts.Has(A1, A2, B1, B2, "alpha");

    protected override long Made => (long)Parts.Size(B2, 0) * Parts.SizeFrom(B1, 1);

    public override string? Misfit()
    {
        if (base.Misfit() is { } misfit) return misfit;
        var fits = Area == 1 && Parts.Size(B2, 0) == Outputs && Parts.SizeFrom(B1, 1) == Inputs && Parts.SizeFrom(A1, 1) == Inputs && Parts.Size(A2, 0) == Inputs && Parts.SizeFrom(A2, 1) == Parts.Size(A1, 0) && Parts.SizeFrom(B2, 1) == Parts.Size(B1, 0);
        return !fits ? "has factors that do not fit each other" : Math.Max(Parts.Size(A1, 0), Parts.Size(B1, 0)) > Factors.MostRank ? $"has a rank above {Factors.MostRank}" : null;
    }

    protected override float[] Difference(ReadOnlySpan<float> weight, NetworkSource source)
    {
        var (rankA, rankB) = (Parts.Size(A1, 0), Parts.Size(B1, 0));
        var made = MatrixProduct.Of(source.Read(Parts.Get(B2)), source.Read(Parts.Get(B1)), Outputs, rankB, Inputs);
        var narrow = MatrixProduct.Of(weight, source.Read(Parts.Get(A2)), Outputs, Inputs, rankA);
        TensorPrimitives.Add(made, MatrixProduct.Of(narrow, source.Read(Parts.Get(A1)), Outputs, rankA, Inputs), made);
        return made;
    }
}
