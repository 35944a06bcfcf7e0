using System.Runtime.InteropServices;
using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Onnx;

/// <summary>
/// Collects the nodes of one graph. This file holds the book-keeping and the plain operators; convolutions and layouts are in
/// GraphBuilder.Maps.cs, what networks are made of (norms, attention, linear layers) in GraphBuilder.Layers.cs.
/// Weights are named as in the checkpoint, and only declared: who runs the graph brings their numbers.
/// </summary>
internal sealed partial class GraphBuilder(string name, GraphTarget target)
{
    /// <summary>Standard operators, opset 17: what ONNX Runtime's CPU and CUDA kernels both have in full.</summary>
    private const string Standard = "";

    /// <summary>ONNX Runtime's own fused operators (docs/ContribOperators.md there).</summary>
    private const string Fused = "com.microsoft";

    /// <summary>Blocked convolutions and the reorders around them (onnxruntime/core/graph/contrib_ops/nchwc_schema_defs.cc).</summary>
    private const string BlockedDomain = "com.microsoft.nchwc";

    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, Constant> constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WeightUse> weights = new(StringComparer.Ordinal);
    private readonly List<GraphPort> inputs = [];
    private readonly List<GraphPort> outputs = [];
    private int counter;

    public string Name => name;

    public GraphTarget Target => target;

    public IReadOnlyList<Node> Nodes => nodes;

    public IReadOnlyCollection<Constant> Constants => constants.Values;

    public IReadOnlyCollection<WeightUse> Weights => weights.Values;

    public IReadOnlyList<GraphPort> Inputs => inputs;

    public IReadOnlyList<GraphPort> Outputs => outputs;

    /// <summary>Operator sets the model imports: domain and version.</summary>
    public IReadOnlyList<(string Domain, long Version)> Opsets => target.BlockSize > 0
        ? [(Standard, 17), (Fused, 1), (BlockedDomain, 1)]
        : [(Standard, 17), (Fused, 1)];

    /// <summary>An input. A dimension is a number or the name of a dynamic one.</summary>
    public Value Input(string port, ElementType type, long channels, params object[] shape)
    {
        inputs.Add(PortOf(port, type, shape));
        return Value.OfPlain(port, channels);
    }

    /// <summary>An input [B, T, C] (float) that is the same number everywhere where nobody gives it.</summary>
    public Value OptionalInput(string port, long channels, float otherwise)
    {
        inputs.Add(PortOf(port, ElementType.Float, [$"{port}_batch", $"{port}_tokens", $"{port}_width"]));
        Floats(port, [1, 1, 1], [otherwise], ElementType.Float);
        return Value.OfPlain(port, channels);
    }

    /// <summary>Makes <paramref name="value"/> an output of the graph, in plain layout.</summary>
    public void Output(string port, ElementType type, Value value, params object[] shape)
    {
        nodes.Add(new Node(Standard, type == target.Type ? "Identity" : "Cast", [Plain(value)], [port],
            type == target.Type ? [] : [new NodeAttribute("to", (long)type)]));
        outputs.Add(PortOf(port, type, shape));
    }

    /// <summary>A weight in the checkpoint's shape, or another shape of as many elements.</summary>
    private string Weight(Weights w, string tensor, long[] shape, long[]? graphShape = null) =>
        Weight(w.Get(tensor, shape), WeightLayout.Plain, graphShape ?? shape, "");

    private string Weight(TensorInfo tensor, WeightLayout layout, long[] shape, string mark, ElementType? type = null)
    {
        var use = new WeightUse(tensor.Name + mark, tensor, type ?? target.Type, layout, shape);
        if (weights.TryGetValue(use.Name, out var other) && !(other.Layout == use.Layout && other.Type == use.Type && other.Shape.SequenceEqual(use.Shape)))
            throw new InvalidOperationException($"'{use.Name}' is used as {use.Type} [{string.Join(", ", use.Shape)}] and as {other.Type} [{string.Join(", ", other.Shape)}].");
        weights[use.Name] = use;
        return use.Name;
    }

    /// <summary>Constant numbers, in the graph's own type unless another is named.</summary>
    private string Floats(string label, long[] shape, ReadOnlySpan<float> values, ElementType? type = null)
    {
        if ((type ?? target.Type) == ElementType.Half)
        {
            var halves = new Half[values.Length];
            for (var i = 0; i < halves.Length; i++) halves[i] = (Half)values[i];
            constants.TryAdd(label, new Constant(label, ElementType.Half, shape, MemoryMarshal.AsBytes<Half>(halves).ToArray()));
        }
        else
        {
            constants.TryAdd(label, new Constant(label, ElementType.Float, shape, MemoryMarshal.AsBytes(values).ToArray()));
        }
        return label;
    }

    private string Longs(params long[] values)
    {
        var label = $"[{string.Join(",", values)}]";
        constants.TryAdd(label, new Constant(label, ElementType.Int64, [values.Length], MemoryMarshal.AsBytes<long>(values).ToArray()));
        return label;
    }

    private string Emit(string domain, string op, string[] from, params (string Name, object Value)[] attributes)
    {
        var output = $"{op}_{++counter}";
        nodes.Add(new Node(domain, op, from, [output], [.. attributes.Select(a => new NodeAttribute(a.Name, a.Value))]));
        return output;
    }

    private static GraphPort PortOf(string port, ElementType type, object[] shape) => new(port, type,
        [.. shape.Select(d => d is string ? -1L : Convert.ToInt64(d))],
        [.. shape.Select(d => d as string ?? "")]);

    /// <summary>Elementwise sum, broadcasting.</summary>
    public Value Add(Value a, Value b) => Value.OfPlain(Emit(Standard, "Add", [Plain(a), Plain(b)]), Math.Max(a.Channels, b.Channels));

    /// <summary>Elementwise product, broadcasting.</summary>
    public Value Multiply(Value a, Value b) => Value.OfPlain(Emit(Standard, "Mul", [Plain(a), Plain(b)]), Math.Max(a.Channels, b.Channels));

    /// <summary>Another shape; 0 keeps a dimension, -1 takes what is left.</summary>
    public Value Reshape(Value a, long channels, params long[] shape) => Value.OfPlain(Emit(Standard, "Reshape", [Plain(a), Longs(shape)]), channels);

    /// <summary>Float numbers in the graph's own type.</summary>
    public Value FromHost(Value a) => target.Type == ElementType.Float ? a
        : Value.OfPlain(Emit(Standard, "Cast", [Plain(a)], ("to", (long)target.Type)), a.Channels);
}
