namespace DiffusionBot.Engine.Networks.Changes;

/// <summary>LoKr (LyCORIS): the Kronecker product of two matrices, each whole or in factors; the second perhaps a kernel, perhaps with a core.</summary>
internal sealed class Kronecker(LayerParts parts, IReadOnlyList<long> shape) : LayerChange(parts, shape)
{
    public static bool Is(LayerParts parts) =>
        (parts.Has("lokr_w1") || parts.Has("lokr_w1_a", "lokr_w1_b")) && (parts.Has("lokr_w2") || parts.Has("lokr_w2_a", "lokr_w2_b"));

    protected override int? Rank => IsWhole(2) ? IsWhole(1) ? null : Parts.Size("lokr_w1_b", 0) : Parts.Size("lokr_w2_b", 0);

    private bool HasCore => Parts.Has("lokr_t2");

    private (int Rows, int Columns, int Area) First => IsWhole(1)
        ? (Parts.Size("lokr_w1", 0), Parts.SizeFrom("lokr_w1", 1), 1)
        : (Parts.Size("lokr_w1_a", 0), Parts.SizeFrom("lokr_w1_b", 1), 1);

    private (int Rows, int Columns, int Area) Second =>
        IsWhole(2) ? (Parts.Size("lokr_w2", 0), Parts.Size("lokr_w2", 1), Parts.SizeFrom("lokr_w2", 2))
        : HasCore ? (Parts.Size("lokr_w2_a", 1), Parts.Size("lokr_w2_b", 1), Parts.SizeFrom("lokr_t2", 2))
        // A kernel in factors lies flat: its rows hold inputs and places alike.
        : (Parts.Size("lokr_w2_a", 0), Parts.SizeFrom("lokr_w2_b", 1), 1);

    protected override long Made => (long)First.Rows * Second.Rows * First.Columns * Second.Columns * Second.Area;

    public override string? Misfit()
    {
        if (base.Misfit() is { } misfit) return misfit;
        if (!IsWhole(1) && Parts.SizeFrom("lokr_w1_a", 1) != Parts.Size("lokr_w1_b", 0)) return "has factors of different ranks";
        if (IsWhole(2)) return null;
        var fits = HasCore
            ? Parts.SizeFrom("lokr_w2_a", 2) == 1 && Parts.SizeFrom("lokr_w2_b", 2) == 1 && Parts.Size("lokr_t2", 0) == Parts.Size("lokr_w2_a", 0) && Parts.Size("lokr_t2", 1) == Parts.Size("lokr_w2_b", 0)
            : Parts.SizeFrom("lokr_w2_a", 1) == Parts.Size("lokr_w2_b", 0);
        return !fits ? "has factors of different ranks" : Rank > Factors.MostRank ? $"has a rank above {Factors.MostRank}" : null;
    }

    protected override float[] Difference(ReadOnlySpan<float> weight, NetworkSource source)
    {
        var (first, second) = (First, Second);
        var one = IsWhole(1) ? source.Read(Parts.Get("lokr_w1")) : Product("lokr_w1_a", "lokr_w1_b", source);
        var two = IsWhole(2) ? source.Read(Parts.Get("lokr_w2"))
            : HasCore ? Factors.Tucker(source.Read(Parts.Get("lokr_t2")), source.Read(Parts.Get("lokr_w2_a")), source.Read(Parts.Get("lokr_w2_b")),
                Parts.Size("lokr_w2_a", 0), Parts.Size("lokr_w2_b", 0), second.Area, second.Rows, second.Columns)
            : Product("lokr_w2_a", "lokr_w2_b", source);
        var made = new float[Made];
        var at = 0;
        for (var r = 0; r < first.Rows; r++)
        {
            for (var s = 0; s < second.Rows; s++)
            {
                var row = two.AsSpan(s * second.Columns * second.Area, second.Columns * second.Area);
                for (var c = 0; c < first.Columns; c++)
                {
                    var factor = one[(r * first.Columns) + c];
                    foreach (var value in row) made[at++] = factor * value;
                }
            }
        }
        return made;
    }

    private bool IsWhole(int part) => Parts.Has($"lokr_w{part}");

    private float[] Product(string a, string b, NetworkSource source) =>
        MatrixProduct.Of(source.Read(Parts.Get(a)), source.Read(Parts.Get(b)), Parts.Size(a, 0), Parts.Size(b, 0), Parts.SizeFrom(b, 1));
}
