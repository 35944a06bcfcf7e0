using System.Globalization;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Networks;

/// <summary>One of a hypernetwork's networks: x + strength * layers(x).</summary>
/// <param name="Layers">In their order.</param>
/// <param name="Function">What follows a linear layer; null: nothing.</param>
/// <param name="EndsActivated">Whether it follows the last one too.</param>
internal sealed record HypernetworkModule(string File, IReadOnlyList<HypernetworkLayer> Layers, string? Function, bool EndsActivated)
{
    private const int MostLayers = 64;
    private const long MostWidth = 1 << 17;

    // As the first ones were saved.
    private static readonly (string Old, string New)[] oldNames = [("linear1.", "linear.0."), ("linear2.", "linear.1.")];

    /// <summary>The network of a width.</summary>
    /// <param name="file">A hypernetwork.</param>
    /// <param name="width">What goes in and comes out.</param>
    /// <param name="which">0: of keys; 1: of values.</param>
    /// <param name="function">As above.</param>
    /// <param name="endsActivated">As above.</param>
    /// <exception cref="InvalidCheckpointException">Its layers do not follow each other.</exception>
    public static HypernetworkModule Of(TensorFile file, long width, int which, string? function, bool endsActivated)
    {
        var prefix = $"{width}.{which}.";
        var numbered = new SortedDictionary<int, Dictionary<string, TensorInfo>>();
        foreach (var (name, tensor) in file.Tensors)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var inner = name[prefix.Length..];
            foreach (var (old, now) in oldNames) inner = inner.StartsWith(old, StringComparison.Ordinal) ? now + inner[old.Length..] : inner;
            if (inner.Split('.') is not ["linear", var number, ("weight" or "bias") and var part] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                throw new InvalidCheckpointException($"{file.Path}: tensor '{ModelFileAccess.Printable(name)}' is no layer of a hypernetwork.");
            if (!numbered.TryGetValue(index, out var parts)) numbered.Add(index, parts = new(StringComparer.Ordinal));
            parts[part] = tensor;
        }
        if (numbered.Count is 0 or > MostLayers) throw new InvalidCheckpointException($"{file.Path}: the network for width {width} has {numbered.Count} layers; expected 1 to {MostLayers}.");
        var layers = new List<HypernetworkLayer>();
        var wide = width;
        foreach (var (index, parts) in numbered)
        {
            if (!parts.TryGetValue("weight", out var weight) || !parts.TryGetValue("bias", out var bias))
                throw new InvalidCheckpointException($"{file.Path}: layer {index} for width {width} lacks its weight or bias.");
            var isNorm = weight.Shape.Count == 1;
            var made = weight.Shape.Count > 0 ? weight.Shape[0] : 0;
            var fits = isNorm ? made == wide && layers.Count > 0 : weight.Shape.Count == 2 && weight.Shape[1] == wide;
            if (!fits || made is 0 or > MostWidth || bias.Shape is not [var shifts] || shifts != made)
                throw new InvalidCheckpointException($"{file.Path}: layer {index} for width {width} is {Weights.Show(weight.Shape)} with a bias of {Weights.Show(bias.Shape)}; expected one that takes {wide} numbers.");
            layers.Add(new HypernetworkLayer(weight, bias, isNorm));
            wide = made;
        }
        return wide == width ? new HypernetworkModule(file.Path, layers, function, endsActivated)
            : throw new InvalidCheckpointException($"{file.Path}: the network for width {width} makes {wide} numbers.");
    }

    /// <summary>Writes it into a graph.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">[B, T, width].</param>
    /// <param name="strength">What is multiplied with.</param>
    /// <param name="prefix">Before its tensors' names: several may be on.</param>
    public Value Apply(GraphBuilder g, Value x, float strength, string prefix)
    {
        var h = x;
        var last = Layers.Count(layer => !layer.IsNorm) - 1;
        var linear = 0;
        foreach (var layer in Layers)
        {
            var w = layer.WeightsOf(prefix);
            if (layer.IsNorm)
            {
                h = g.LayerNorm(h, w);
                continue;
            }
            h = g.Linear(h, w, layer.Weight.Shape[0]);
            if (Function is not null && (linear++ < last || EndsActivated)) h = g.Activate(h, Function);
        }
        return g.Add(x, g.Scale(h, strength));
    }
}

/// <summary>A linear layer [O, I], or a layer norm [C].</summary>
internal sealed record HypernetworkLayer(TensorInfo Weight, TensorInfo Bias, bool IsNorm)
{
    /// <summary>`weight` and `bias`, under names that nothing else in a graph has.</summary>
    public Weights WeightsOf(string prefix) => new(new Dictionary<string, TensorInfo>(StringComparer.Ordinal)
    {
        [$"{prefix}{Stem}.weight"] = Weight with { Name = $"{prefix}{Weight.Name}" },
        [$"{prefix}{Stem}.bias"] = Bias with { Name = $"{prefix}{Bias.Name}" },
    }, Weight.File, $"{prefix}{Stem}.");

    private string Stem => Weight.Name[..^".weight".Length];
}
