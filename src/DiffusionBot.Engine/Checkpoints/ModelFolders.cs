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

    private static readonly string[] Extensions = [".safetensors", ".ckpt", ".pt", ".pth", ".bin"];

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
        var extension = Path.GetExtension(path);
        if (!Extensions.Contains(extension, StringComparer.OrdinalIgnoreCase)
            && !(kind == ModelKind.Tagger && extension.Equals(".onnx", StringComparison.OrdinalIgnoreCase))) return null;
        // WebUI's way of giving a checkpoint its VAE: x.vae.safetensors beside x.safetensors.
        return kind == ModelKind.Checkpoint && Path.GetFileNameWithoutExtension(path).EndsWith(".vae", StringComparison.OrdinalIgnoreCase)
            ? ModelKind.Vae
            : kind;
    }

    private static IEnumerable<string> Below(string folder, ModelKind kind, Func<string, FolderListing> read) =>
        read(folder).Folders.Where(f => Kinds.TryGetValue(Path.GetFileName(f), out var found) && found == kind);
}
