using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Networks.Changes;

namespace DiffusionBot.Engine.Networks;

/// <summary>A change and the layer that it is for.</summary>
/// <param name="Layer">The model's.</param>
/// <param name="Change">Of its weight.</param>
/// <param name="BiasDifference">What its bias gets; null: nothing.</param>
internal sealed record LayerUse(ModelLayer Layer, LayerChange Change, TensorInfo? BiasDifference);

/// <summary>A file of the LoRA family, as far as it fits a model.</summary>
/// <param name="Path">The file.</param>
/// <param name="Layers">What it changes, in its order.</param>
/// <param name="Note">What of it does not fit or is of no known kind; null: nothing.</param>
internal sealed record LoraFile(string Path, IReadOnlyList<LayerUse> Layers, LocalText? Note)
{
    /// <summary>What begins the names of embeddings that come along.</summary>
    public const string Bundled = "bundle_emb";

    private const int MostNamed = 3;

    /// <summary>Finds the layers of a model that a file changes. Numbers are not read yet.</summary>
    /// <param name="file">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="name">As it is asked for, for notes.</param>
    /// <param name="dynamicRank">How much of the rank counts; null: all.</param>
    public static LoraFile Read(TensorFile file, ModelLayers model, string name, int? dynamicRank)
    {
        var layers = new OrderedDictionary<string, Dictionary<string, TensorInfo>>(StringComparer.Ordinal);
        foreach (var tensor in file.Tensors.Values)
        {
            var (layer, part) = LayerNames.Split(tensor.Name);
            if (layer == Bundled) continue;
            if (!layers.TryGetValue(layer, out var parts)) layers.Add(layer, parts = new(StringComparer.Ordinal));
            parts[part] = tensor;
        }

        var (uses, unknown) = (new List<(string Name, LayerUse Use)>(), new List<string>());
        foreach (var (layer, tensors) in layers)
        {
            var parts = new LayerParts(layer, tensors);
            if (LayerNames.Find(layer, model) is not { } found) unknown.Add(layer);
            else if (ChangeOf(parts, found.Layer.Shape, dynamicRank) is not { } change) unknown.Add($"{layer} ({string.Join(", ", parts.Names.Take(MostNamed))})");
            else if (change.Misfit() is { } misfit) unknown.Add($"{layer} {misfit}");
            else
            {
                var bias = parts.Find("diff_b") ?? parts.Find("b_norm");
                var takesBias = bias is not null && found.Layer.Bias?.Elements == bias.Elements;
                if (bias is not null && !takesBias) unknown.Add($"{layer} has a bias, which the model's has not");
                uses.Add((layer, new LayerUse(found.Layer, change, takesBias ? bias : null)));
            }
        }
        foreach (var group in uses.Where(u => u.Use.Layer.Group is not null).GroupBy(u => u.Use.Layer.Group).Where(g => g.Count() != 4).ToList())
        {
            unknown.AddRange(group.Select(u => u.Name));
            uses.RemoveAll(u => u.Use.Layer.Group == group.Key);
        }
        return new LoraFile(file.Path, [.. uses.Select(u => u.Use)], NoteOf(name, uses.Count, unknown));
    }

    private static LayerChange? ChangeOf(LayerParts parts, IReadOnlyList<long> shape, int? dynamicRank) =>
        LowRank.Is(parts) ? new LowRank(parts, shape, dynamicRank)
        : Hadamard.Is(parts) ? new Hadamard(parts, shape)
        : InputOutputScale.Is(parts) ? new InputOutputScale(parts, shape)
        : Kronecker.Is(parts) ? new Kronecker(parts, shape)
        : WholeDifference.Is(parts) ? new WholeDifference(parts, shape)
        : Generalized.Is(parts) ? new Generalized(parts, shape)
        : Orthogonal.Is(parts) ? new Orthogonal(parts, shape)
        : null;

    private static LocalText? NoteOf(string name, int used, List<string> unknown)
    {
        if (unknown.Count == 0) return null;
        var named = string.Join("; ", unknown.Take(MostNamed).Select(ModelFileAccess.Printable));
        return used == 0
            ? new($"LoRA {name} does nothing: none of its layers is one of this checkpoint's ({named}). Is it made for another family?", $"LoRA {name} 不起作用：它的层都不属于这个模型（{named}）。它可能是为别的系列训练的。")
            : new($"LoRA {name}: {unknown.Count} of {used + unknown.Count} layers were left out, being none of this checkpoint's or of no known kind: {named}.", $"LoRA {name}：{used + unknown.Count} 层中有 {unknown.Count} 层不属于这个模型或类型未知，已略过：{named}。");
    }
}
