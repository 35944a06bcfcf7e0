namespace DiffusionBot.Engine.Checkpoints;

/// <summary>What a model file is for; each kind has its folder under models/.</summary>
public enum ModelKind
{
    Checkpoint, Vae, Lora, Embedding, Hypernetwork, ControlNet, Upscaler, Tagger,
}

/// <summary>A file of the index. What is in it is read when asked for.</summary>
public sealed class ModelFile
{
    private readonly ModelHashes hashes;
    private readonly Lazy<(ModelFamily? Family, LocalText? Problem)> family;
    private readonly Lazy<(string? Alias, string? Hash)> said;

    internal ModelFile(ModelKind kind, string path, string relativeName, long size, DateTime modified, ModelHashes hashes)
    {
        (Kind, Path, RelativeName, Size, Modified) = (kind, path, relativeName, size, modified);
        this.hashes = hashes;
        family = new Lazy<(ModelFamily?, LocalText?)>(ReadFamily);
        said = new Lazy<(string?, string?)>(ReadSaid);
    }

    /// <summary>By the folder that it lies in.</summary>
    public ModelKind Kind { get; }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>The path below the folder of its kind, with forward slashes: `people/portrait.safetensors`.</summary>
    public string RelativeName { get; }

    /// <summary>Bytes.</summary>
    public long Size { get; }

    /// <summary>When its content last changed, UTC.</summary>
    public DateTime Modified { get; }

    /// <summary>File name without folder and extension: `Model` in infotext.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>File name with extension: `VAE` in infotext.</summary>
    public string FileName => System.IO.Path.GetFileName(Path);

    /// <summary>`x.safetensors [4a44d18e42]`; without the hash as long as that is not known.</summary>
    public string Title => KnownHash is { } hash ? $"{RelativeName} [{hash}]" : RelativeName;

    /// <summary>The short hash if it was computed before; else null. Cheap.</summary>
    public string? KnownHash => hashes.Known(Path)?[..ModelHashes.ShortDigits];

    /// <summary>Can this format be opened?</summary>
    public bool IsReadable => TensorFile.IsReadable(Path);

    /// <summary>The family of a checkpoint, read from the header at the first call; null for other kinds, or with a <see cref="Problem"/>.</summary>
    public ModelFamily? Family => family.Value.Family;

    /// <summary>Why this file cannot be drawn with, in words; null if it can, and for other kinds than checkpoints.</summary>
    public string? Problem => ProblemText?.English;

    /// <summary><see cref="Problem"/> in both languages.</summary>
    public LocalText? ProblemText => family.Value.Problem;

    /// <summary>The SHA-256 of the file, 64 digits; seconds for gigabytes, unless it is known.</summary>
    public Task<string> Sha256Async(CancellationToken cancel = default) => hashes.Sha256Async(Path, cancel);

    /// <summary>The first 10 digits of the SHA-256: `Model hash` and `VAE hash` in infotext.</summary>
    public async Task<string> HashAsync(CancellationToken cancel = default) => (await Sha256Async(cancel))[..ModelHashes.ShortDigits];

    /// <summary>What a LoRA calls itself (`ss_output_name`); null: nothing. Read from the header at the first call.</summary>
    public string? Alias => said.Value.Alias;

    /// <summary>
    /// What WebUI tells LoRAs by, 64 digits: what the file says that it hashes to (`sshs_model_hash`), else the SHA-256 of what is behind a safetensors file's header; of other
    /// formats the whole file's.
    /// </summary>
    public async Task<string> LoraHashAsync(CancellationToken cancel = default) =>
        said.Value.Hash ?? (System.IO.Path.GetExtension(Path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase) ? await hashes.DataSha256Async(Path, cancel) : await Sha256Async(cancel));

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="InvalidCheckpointException">A bad file, or one that holds no tensors.</exception>
    public TensorFile Open() => IsReadable ? TensorFile.Open(Path) : throw new InvalidCheckpointException(new LocalText(
        $"{Path}: {System.IO.Path.GetExtension(Path)} files are not read as tensors; expected .safetensors, .ckpt, .pt, .pth or .bin.",
        $"{Path}：{System.IO.Path.GetExtension(Path)} 文件无法读取，请使用 .safetensors、.ckpt、.pt、.pth 或 .bin。"));

    /// <inheritdoc/>
    public override string ToString() => RelativeName;

    private (string?, string?) ReadSaid()
    {
        try
        {
            var metadata = Open().Metadata;
            var hash = metadata.GetValueOrDefault("sshs_model_hash")?.ToLowerInvariant();
            return (metadata.GetValueOrDefault("ss_output_name"), hash is { Length: 64 } && hash.All(char.IsAsciiHexDigit) ? hash : null);
        }
        catch (InvalidCheckpointException)
        {
            return (null, null);   // whoever draws with it is told
        }
    }

    private (ModelFamily?, LocalText?) ReadFamily()
    {
        if (Kind != ModelKind.Checkpoint) return (null, null);
        try
        {
            var file = Open();
            var found = ModelFamily.Of(file);
            return (found, found.IsDrawn ? null : new($"{Path}: {found.Name} is not drawn yet.", $"{Path}：还不支持 {found.Name}。"));
        }
        catch (InvalidCheckpointException e)
        {
            return (null, e.Text);
        }
    }
}
