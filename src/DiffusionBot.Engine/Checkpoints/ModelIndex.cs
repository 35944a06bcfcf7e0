namespace DiffusionBot.Engine.Checkpoints;

/// <summary>
/// What lies in the models folders, as it is at each call: files that came, changed or went while running are noticed.
/// For any number of threads.
/// </summary>
/// <param name="options">Where to look.</param>
/// <param name="clock">Says how old a folder's last change is.</param>
public sealed class ModelIndex(ModelIndexOptions options, TimeProvider clock)
{
    private readonly string[] roots = [.. new[] { options.Folder }.Concat(options.MoreFolders).Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];
    private readonly FolderCache folders = new(clock);
    private readonly Dictionary<(ModelKind, string), ModelFile> files = [];
    private readonly Lock gate = new();

    /// <summary>Hashes of the files, kept.</summary>
    public ModelHashes Hashes { get; } = new(options.CacheFolder);

    /// <summary>What the one who runs this should know: folders that are not there or cannot be read, as of the last look. May be empty.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (gate)
            {
                return [.. roots.Where(root => !Directory.Exists(root)).Select(root => $"{root}: there is no such folder; expected one with models."), .. folders.Notes];
            }
        }
    }

    /// <summary>All files of a kind, in the order of their names; of files with one name, those of the first folder first.</summary>
    public IReadOnlyList<ModelFile> Files(ModelKind kind)
    {
        lock (gate)
        {
            var found = new List<ModelFile>();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var root in roots)
            {
                foreach (var folder in ModelFolders.Of(root, kind, folders.Read)) Walk(folder, folder, kind, kind, seen, found);
                if (kind is ModelKind.Checkpoint or ModelKind.Vae)
                {
                    if (folders.Identify(root) is { } identity && seen.Add(identity)) Take(root, root, ModelKind.Checkpoint, kind, found);
                    foreach (var folder in kind == ModelKind.Vae ? ModelFolders.Of(root, ModelKind.Checkpoint, folders.Read) : [])
                        Walk(folder, folder, ModelKind.Checkpoint, kind, seen, found);
                }
            }
            Forget(kind, found);
            return [.. found.OrderBy(file => file.Name, StringComparer.OrdinalIgnoreCase)];
        }
    }

    /// <summary>A checkpoint by name, file name, title, hash or path.</summary>
    /// <exception cref="InvalidRequestException">There is none such, or more than one: the message says which there are.</exception>
    public async Task<ModelFile> FindCheckpointAsync(string nameOrHash, CancellationToken cancel = default)
    {
        var checkpoints = Files(ModelKind.Checkpoint);
        if (checkpoints.Count == 0) throw NoCheckpoint();
        return await ModelSearch.FindAsync(checkpoints, new("checkpoint", "模型"), nameOrHash, cancel);
    }

    /// <summary>The checkpoint of requests that name none: the option's, else the first by name that can be drawn with.</summary>
    /// <exception cref="InvalidRequestException">There is none.</exception>
    public async Task<ModelFile> DefaultCheckpointAsync(CancellationToken cancel = default)
    {
        if (options.DefaultCheckpoint is { Length: > 0 } name) return await FindCheckpointAsync(name, cancel);
        var checkpoints = Files(ModelKind.Checkpoint);
        return checkpoints.FirstOrDefault(file => file.Problem is null)
            ?? throw (checkpoints.Count == 0 ? NoCheckpoint() : new InvalidRequestException(new(
                $"None of the checkpoints can be drawn with. {checkpoints[0].Problem}", $"现有的模型都不能用来绘图。{checkpoints[0].ProblemText?.Chinese}")));
    }

    /// <summary>
    /// A separate VAE by name, file name, hash or path; null: the checkpoint's own. "Automatic" takes, as WebUI does, the
    /// VAE that is named like the checkpoint (x.vae.safetensors, or x.safetensors in vae/) if there is one.
    /// </summary>
    /// <param name="name">Null, "" and "None" stand for the checkpoint's own.</param>
    /// <param name="checkpoint">Whose VAE "Automatic" is; null: that is the checkpoint's own.</param>
    /// <param name="cancel">Hashes may have to be computed.</param>
    /// <exception cref="InvalidRequestException">There is none such, or more than one.</exception>
    public async Task<ModelFile?> FindVaeAsync(string? name, ModelFile? checkpoint = null, CancellationToken cancel = default)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Trim().Equals("None", StringComparison.OrdinalIgnoreCase)) return null;
        var vaes = Files(ModelKind.Vae);
        if (!name.Trim().Equals("Automatic", StringComparison.OrdinalIgnoreCase)) return await ModelSearch.FindAsync(vaes, "VAE", name, cancel);
        return checkpoint is null ? null : vaes.FirstOrDefault(vae => vae.IsReadable && vae.FileName.StartsWith($"{checkpoint.Name}.", StringComparison.OrdinalIgnoreCase));
    }

    private InvalidRequestException NoCheckpoint()
    {
        var folders = roots.Select(root => Path.Combine(root, "checkpoints")).ToArray();
        return new(new(
            $"There is no checkpoint in {string.Join(", ", folders)}; put a .safetensors file of SD 1.x, SD 2.x or SDXL there.",
            $"{string.Join("、", folders)} 里没有模型，请放入一个 SD 1.x、SD 2.x 或 SDXL 的 .safetensors 文件。"));
    }

    /// <param name="folder">Where to look, and in all folders below.</param>
    /// <param name="top">What relative names are relative to.</param>
    /// <param name="folderKind">What the folder is for.</param>
    /// <param name="kind">Which files are wanted.</param>
    /// <param name="seen">Real paths of folders already looked through: links may lead in circles.</param>
    /// <param name="found">Gets the files.</param>
    private void Walk(string folder, string top, ModelKind folderKind, ModelKind kind, HashSet<string> seen, List<ModelFile> found)
    {
        if (!Directory.Exists(folder) || folders.Identify(folder) is not { } identity || !seen.Add(identity)) return;
        Take(folder, top, folderKind, kind, found);
        foreach (var below in folders.Read(folder).Folders) Walk(below, top, folderKind, kind, seen, found);
    }

    private void Take(string folder, string top, ModelKind folderKind, ModelKind kind, List<ModelFile> found)
    {
        foreach (var path in folders.Read(folder).Files)
        {
            if (ModelFolders.KindOf(path, folderKind) == kind && Current(path, top, kind) is { } file) found.Add(file);
        }
    }

    /// <summary>The file as known, if it has not changed; null if it went meanwhile or is a link to nowhere.</summary>
    private ModelFile? Current(string path, string top, ModelKind kind)
    {
        try
        {
            var target = ModelFileAccess.Target(path);
            if (!target.Exists) return null;
            if (!files.TryGetValue((kind, path), out var file) || file.Size != target.Length || file.Modified != target.LastWriteTimeUtc)
            {
                var relative = Path.GetRelativePath(top, path).Replace(Path.DirectorySeparatorChar, '/');
                files[(kind, path)] = file = new ModelFile(kind, path, relative, target.Length, target.LastWriteTimeUtc, Hashes);
            }
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Forget(ModelKind kind, List<ModelFile> found)
    {
        var there = found.Select(file => (kind, file.Path)).ToHashSet();
        foreach (var gone in files.Keys.Where(key => key.Item1 == kind && !there.Contains(key)).ToArray()) files.Remove(gone);
    }
}
