namespace DiffusionBot.Engine.Checkpoints;

/// <summary>Which folder holds which kind of model: this program's names, WebUI's and ComfyUI's.</summary>
internal static class ModelFolders
{
    private static readonly Dictionary<string, ModelKind> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["checkpoints"] = ModelKind.Checkpoint,
        ["Stable-diffusion"] = ModelKind.Checkpoint,
        ["vae"] = ModelKind.Vae,
        ["loras"] = ModelKind.Lora,
        ["Lora"] = ModelKind.Lora,
        ["LyCORIS"] = ModelKind.Lora,
        ["embeddings"] = ModelKind.Embedding,
        ["hypernetworks"] = ModelKind.Hypernetwork,
        ["controlnet"] = ModelKind.ControlNet,
        ["upscalers"] = ModelKind.Upscaler,
        ["upscale_models"] = ModelKind.Upscaler,
        ["ESRGAN"] = ModelKind.Upscaler,
        ["RealESRGAN"] = ModelKind.Upscaler,
        ["taggers"] = ModelKind.Tagger,
    };

    // As WebUI lists them. A .pt among checkpoints is no checkpoint there, and mostly none at all.
    private static readonly Dictionary<ModelKind, string[]> Extensions = new()
    {
        [ModelKind.Checkpoint] = [".safetensors", ".ckpt"],
        [ModelKind.Vae] = [".safetensors", ".ckpt", ".pt"],
        [ModelKind.Lora] = [".safetensors", ".ckpt", ".pt"],
        [ModelKind.Embedding] = [".safetensors", ".pt", ".bin"],
        [ModelKind.Hypernetwork] = [".pt"],
        [ModelKind.ControlNet] = [".safetensors", ".ckpt", ".pt", ".pth", ".bin"],
        [ModelKind.Upscaler] = [".safetensors", ".pt", ".pth"],
        [ModelKind.Tagger] = [".onnx", ".safetensors"],
    };

    /// <summary>The folders of a kind below a root, as they are now.</summary>
    /// <param name="root">A models folder of ours or WebUI's, or the WebUI folder itself.</param>
    /// <param name="kind">What is looked for.</param>
    /// <param name="read">Lists a folder.</param>
    public static IEnumerable<string> Of(string root, ModelKind kind, Func<string, FolderListing> read)
    {
        foreach (var folder in Below(root, kind, read)) yield return folder;

        // The WebUI folder itself: most lies one level down.
        var models = Path.Combine(root, "models");
        if (read(root).Folders.Any(f => f.Equals(models, StringComparison.OrdinalIgnoreCase)))
        {
            foreach (var folder in Below(models, kind, read)) yield return folder;
            if (kind == ModelKind.ControlNet) yield return Path.Combine(root, "extensions", "sd-webui-controlnet", "models");
        }

        // WebUI's models folder: embeddings lie beside it.
        if (kind == ModelKind.Embedding && read(root).Folders.Any(f => Path.GetFileName(f).Equals("Stable-diffusion", StringComparison.OrdinalIgnoreCase))
            && Path.GetDirectoryName(root) is { } webui)
        {
            yield return Path.Combine(webui, "embeddings");
        }
    }

    /// <summary>The kind of a file in the folder of <paramref name="kind"/>, or null if it is no model.</summary>
    public static ModelKind? KindOf(string path, ModelKind kind)
    {
        // WebUI's way of giving a checkpoint its VAE: x.vae.safetensors or x.vae.pt beside x.safetensors.
        if (kind == ModelKind.Checkpoint && Path.GetFileNameWithoutExtension(path).EndsWith(".vae", StringComparison.OrdinalIgnoreCase)) kind = ModelKind.Vae;
        return Extensions[kind].Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? kind : null;
    }

    private static IEnumerable<string> Below(string folder, ModelKind kind, Func<string, FolderListing> read) =>
        read(folder).Folders.Where(f => Kinds.TryGetValue(Path.GetFileName(f), out var found) && found == kind);
}
