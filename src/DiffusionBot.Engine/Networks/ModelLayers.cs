using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Networks;

/// <summary>A layer of a model that networks can change.</summary>
/// <param name="Weight">The tensor that holds its weight, by the checkpoint's name.</param>
/// <param name="Bias">Likewise its bias; null: it has none.</param>
/// <param name="IsText">Whether it is the text encoder's, which has a weight of its own in tags.</param>
internal sealed record ModelLayer(TensorInfo Weight, TensorInfo? Bias, bool IsText)
{
    /// <summary>The first row of the tensor that is this layer's, where several lie below each other.</summary>
    public long FirstRow { get; init; }

    /// <summary>The layer's own shape.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>What the layer's change waits for: of OpenCLIP's attention all four matrices are changed, or none, as in WebUI. Null: for nothing.</summary>
    public string? Group { get; init; }
}

/// <summary>The layers of a checkpoint's UNet and text encoders by the names that WebUI gives them: paths with underscores.</summary>
internal sealed class ModelLayers
{
    private const string Unet = "model.diffusion_model.";
    private const string Clip = "cond_stage_model.";
    private const string Embedders = "conditioner.embedders.";

    private readonly Dictionary<string, ModelLayer> layers = new(StringComparer.Ordinal);

    /// <summary>Of a checkpoint.</summary>
    public ModelLayers(TensorFile checkpoint)
    {
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            if (PathOf(name) is not { } path || tensor.Shape.Count is not (1 or 2 or 4) || tensor.Elements is 0 or > int.MaxValue) continue;
            if (path.EndsWith(".attn.in_proj_weight", StringComparison.Ordinal)) AddAttention(checkpoint, name, path, tensor);
            else if (path.EndsWith(".weight", StringComparison.Ordinal)) Add(checkpoint, name, path[..^".weight".Length], tensor);
        }
        IsOpenClip = layers.Keys.Any(key => key.StartsWith("model_transformer_resblocks", StringComparison.Ordinal));
        HasTwoEncoders = layers.Keys.Any(key => key.StartsWith("1_model_", StringComparison.Ordinal));
    }

    /// <summary>Whether the text encoder is SD 2.x's.</summary>
    public bool IsOpenClip { get; }

    /// <summary>Whether there are SDXL's two.</summary>
    public bool HasTwoEncoders { get; }

    /// <summary>A layer, or null.</summary>
    public ModelLayer? Find(string key) => layers.GetValueOrDefault(key);

    private static string? PathOf(string name)
    {
        if (name.StartsWith(Unet, StringComparison.Ordinal)) return name["model.".Length..];
        if (name.StartsWith(Embedders, StringComparison.Ordinal)) return name[Embedders.Length..];
        if (!name.StartsWith(Clip, StringComparison.Ordinal)) return null;
        var path = name[Clip.Length..];
        // Some early checkpoints leave out a level.
        return path.StartsWith("transformer.", StringComparison.Ordinal) && !path.StartsWith("transformer.text_model.", StringComparison.Ordinal) ? $"transformer.text_model.{path["transformer.".Length..]}" : path;
    }

    private void Add(TensorFile checkpoint, string name, string path, TensorInfo weight)
    {
        var bias = checkpoint.Tensors.GetValueOrDefault($"{name[..^".weight".Length]}.bias");
        var group = path.EndsWith(".attn.out_proj", StringComparison.Ordinal) ? Key(path[..^".out_proj".Length]) : null;
        layers[Key(path)] = new ModelLayer(weight, bias?.Elements == weight.Shape[0] ? bias : null, IsText(path)) { Shape = weight.Shape, Group = group };
    }

    /// <summary>q, k and v lie below each other.</summary>
    private void AddAttention(TensorFile checkpoint, string name, string path, TensorInfo weight)
    {
        if (weight.Shape is not [var rows, var width] || rows % 3 != 0) return;
        var attention = Key(path[..^".in_proj_weight".Length]);
        string[] parts = ["q", "k", "v"];
        for (var i = 0; i < parts.Length; i++)
            layers[$"{attention}_{parts[i]}_proj"] = new ModelLayer(weight, null, IsText(path)) { Shape = [rows / 3, width], FirstRow = i * (rows / 3), Group = attention };
    }

    private static bool IsText(string path) => !path.StartsWith("diffusion_model.", StringComparison.Ordinal);

    private static string Key(string path) => path.Replace('.', '_');
}
