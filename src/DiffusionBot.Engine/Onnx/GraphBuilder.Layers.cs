using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Onnx;

/// <summary>What the networks are made of: norms, activations, linear layers, attention.</summary>
internal sealed partial class GraphBuilder
{
    private const int Groups = 32;

    /// <summary>Group norm over 32 groups (`weight`, `bias` [C]), with SiLU behind it where asked.</summary>
    public Value GroupNorm(Value x, Weights w, float epsilon, bool silu)
    {
        var c = x.Channels;
        if (c % Groups != 0) throw new InvalidCheckpointException($"{w.File}: '{w.Prefix}weight' normalizes {c} channels; expected a multiple of {Groups}.");
        if (target.FusedGroupNorm)
        {
            // CUDA's kernel reads channels last; ONNX Runtime moves the transposes into the convolutions around it.
            var last = Emit(Standard, "Transpose", [Plain(x)], ("perm", new long[] { 0, 2, 3, 1 }));
            // And its scale and shift are float whatever the map is.
            string Float(string tensor) => Weight(w.Get(tensor, c), WeightLayout.Plain, [c], "", ElementType.Float);
            var normed = Emit(Fused, "GroupNorm", [last, Float("weight"), Float("bias")],
                ("epsilon", epsilon), ("groups", (long)Groups), ("activation", silu ? 1L : 0L), ("channels_last", 1L));
            return Value.OfPlain(Emit(Standard, "Transpose", [normed], ("perm", new long[] { 0, 3, 1, 2 })), c);
        }

        var grouped = Emit(Standard, "Reshape", [Plain(x), Longs(0, Groups, -1)]);
        var unit = Emit(Standard, "InstanceNormalization",
            [grouped, Floats("ones", [Groups], Enumerable.Repeat(1f, Groups).ToArray()), Floats("zeros", [Groups], new float[Groups])], ("epsilon", epsilon));
        var map = Emit(Standard, "Reshape", [unit, Emit(Standard, "Shape", [Plain(x)])]);
        var scaled = Emit(Standard, "Mul", [map, Weight(w, "weight", [c], [c, 1, 1])]);
        var shifted = Value.OfPlain(Emit(Standard, "Add", [scaled, Weight(w, "bias", [c], [c, 1, 1])]), c);
        return silu ? Silu(shifted) : shifted;
    }

    /// <summary>Layer norm over the last dimension (`weight`, `bias` [C]), epsilon 1e-5.</summary>
    public Value LayerNorm(Value x, Weights w) => Value.OfPlain(Emit(Standard, "LayerNormalization",
        [Plain(x), Weight(w, "weight", [x.Channels]), Weight(w, "bias", [x.Channels])], ("axis", -1L), ("epsilon", 1e-5f)), x.Channels);

    /// <summary>x * sigmoid(x).</summary>
    public Value Silu(Value x) => Value.OfPlain(Emit(Fused, "QuickGelu", [Plain(x)], ("alpha", 1f)), x.Channels);

    /// <summary>x * sigmoid(1.702 x): the activation of OpenAI's CLIP.</summary>
    public Value QuickGelu(Value x) => Value.OfPlain(Emit(Fused, "QuickGelu", [Plain(x)], ("alpha", 1.702f)), x.Channels);

    /// <summary>x * weight^T (+ bias) over the last dimension: `weight` [O, I] or [O, I, 1, 1], `bias` [O].</summary>
    public Value Linear(Value x, Weights w, long width, bool bias = true)
    {
        // A 1x1 convolution's kernel is a matrix too.
        var convolves = w.Find("weight").Shape.Count == 4;
        long[] shape = convolves ? [width, x.Channels, 1, 1] : [width, x.Channels];
        var product = MatMulTransposed(Plain(x), Weight(w.Get("weight", shape), WeightLayout.Plain, [width, x.Channels], convolves ? ":matrix" : ""));
        return bias ? Value.OfPlain(Emit(Standard, "Add", [product, Weight(w, "bias", [width])]), width) : Value.OfPlain(product, width);
    }

    /// <summary>One of several linear layers that lie below each other in one tensor: <paramref name="weight"/> [parts * O, I], <paramref name="bias"/> [parts * O].</summary>
    /// <param name="x">[..., I].</param>
    /// <param name="w">Where both are.</param>
    /// <param name="weight">The matrix' name.</param>
    /// <param name="bias">The bias' name.</param>
    /// <param name="part">Which one, from 0.</param>
    /// <param name="marks">Of each, for the initializers' names.</param>
    /// <param name="width">O.</param>
    public Value LinearPart(Value x, Weights w, string weight, string bias, int part, string[] marks, long width)
    {
        var (matrix, shift) = (w.Get(weight, marks.Length * width, x.Channels), w.Get(bias, marks.Length * width));
        var product = MatMulTransposed(Plain(x), Part(matrix, part, marks));
        return Value.OfPlain(Emit(Standard, "Add", [product, Part(shift, part, marks)]), width);
    }

    /// <summary>GELU of a linear layer: `weight` [O, I], `bias` [O].</summary>
    public Value LinearGelu(Value x, Weights w, long width)
    {
        var product = MatMulTransposed(Plain(x), Weight(w, "weight", [width, x.Channels]));
        return Value.OfPlain(Emit(Fused, "BiasGelu", [product, Weight(w, "bias", [width])]), width);
    }

    /// <summary>The token [B, C] of each text [B, T, C] at the places <paramref name="at"/> [B, 1] (int64), times <paramref name="tensor"/> [C, O].</summary>
    public Value Projected(Value tokens, Value at, Weights w, string tensor, long width)
    {
        var one = Emit(Standard, "GatherND", [Plain(tokens), Plain(at)], ("batch_dims", 1L));
        return Value.OfPlain(Emit(Standard, "MatMul", [one, Weight(w, tensor, [tokens.Channels, width])]), width);
    }

    private string Part(TensorInfo whole, int index, string[] marks)
    {
        var rows = whole.Shape[0] / marks.Length;
        var part = whole.Rows(index * rows, rows);
        return Weight(part, WeightLayout.Plain, [.. part.Shape], marks[index]);
    }

    private string MatMulTransposed(string x, string weight) => Emit(Fused, "FusedMatMul", [x, weight], ("transB", 1L), ("alpha", 1f));

    /// <summary>
    /// GEGLU (Shazeer, 2020): one linear layer [2 O, I] whose upper half passes and whose lower half gates through GELU. The halves are
    /// rows of one tensor, so each is a weight of its own and nothing has to be split.
    /// </summary>
    public Value GatedGelu(Value x, Weights w, long width)
    {
        var (weight, bias) = (w.Get("weight", 2 * width, x.Channels), w.Get("bias", 2 * width));
        string[] marks = [":value", ":gate"];
        var value = Emit(Standard, "Add", [MatMulTransposed(Plain(x), Part(weight, 0, marks)), Part(bias, 0, marks)]);
        var gate = Emit(Fused, "BiasGelu", [MatMulTransposed(Plain(x), Part(weight, 1, marks)), Part(bias, 1, marks)]);
        return Value.OfPlain(Emit(Standard, "Mul", [value, gate]), width);
    }

    /// <summary>softmax(q k^T / sqrt(C / heads)) v; q [B, S, C], k and v [B, T, C].</summary>
    public Value Attention(Value q, Value k, Value v, long heads, bool causal = false) => Value.OfPlain(Emit(Fused, "MultiHeadAttention",
        [Plain(q), Plain(k), Plain(v)], causal ? [("num_heads", heads), ("unidirectional", 1L)] : [("num_heads", heads)]), q.Channels);

    /// <summary>Rows of an embedding table: `weight` [N, C] at ids [B, T] (int64) below N.</summary>
    /// <param name="ids">Which rows.</param>
    /// <param name="w">Where `weight` is.</param>
    /// <param name="rows">N at least; tables with more are known.</param>
    /// <param name="width">C.</param>
    public Value Embed(Value ids, Weights w, long rows, long width)
    {
        var table = w.Find("weight");
        if (table.Shape is not [var n, var c] || n < rows || c != width)
            throw new InvalidCheckpointException($"{table.File}: tensor '{table.Name}' is {Checkpoints.Weights.Show(table.Shape)}; expected [{rows}, {width}].");
        return Value.OfPlain(Emit(Standard, "Gather", [Weight(table, WeightLayout.Plain, [n, c], ""), Plain(ids)]), width);
    }

    /// <summary>A weight [T, C] added to every [B, T, C].</summary>
    public Value AddWeight(Value x, Weights w, string tensor, params long[] shape) =>
        Value.OfPlain(Emit(Standard, "Add", [Plain(x), Weight(w, tensor, shape)]), x.Channels);

    /// <summary>
    /// Sinusoidal embedding of timesteps [B] (float, any value) as [B, width]: cosines, then sines, of t * 10000^(-i / (width / 2))
    /// (Ho et al., 2020; the order is Stable Diffusion's). Computed in float whatever the graph's type.
    /// </summary>
    public Value TimestepEmbedding(Value timesteps, long width)
    {
        var half = (int)(width / 2);
        var frequencies = new float[half];
        for (var i = 0; i < half; i++) frequencies[i] = MathF.Exp(-MathF.Log(10000f) * i / half);
        var column = Emit(Standard, "Unsqueeze", [Plain(timesteps), Longs(1)]);
        var angles = Emit(Standard, "Mul", [column, Floats("frequencies", [half], frequencies, ElementType.Float)]);
        var embedding = Emit(Standard, "Concat", [Emit(Standard, "Cos", [angles]), Emit(Standard, "Sin", [angles])], ("axis", 1L));
        return FromHost(Value.OfPlain(embedding, width));
    }
}
