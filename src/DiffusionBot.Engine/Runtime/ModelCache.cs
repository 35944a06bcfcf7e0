using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Runtime;

/// <summary>Which networks a picture needs: a checkpoint and perhaps a separate VAE, as the files are now.</summary>
internal sealed record ModelKey(FileStamp Checkpoint, FileStamp? Vae)
{
    /// <summary>When the checkpoint's config last changed; null: it has none.</summary>
    public DateTime? Config { get; private init; }

    public static ModelKey Of(ModelFile checkpoint, ModelFile? vae)
    {
        var config = new FileInfo(PredictionSource.ConfigOf(checkpoint.Path));
        return new(FileStamp.Of(checkpoint), vae is null ? null : FileStamp.Of(vae)) { Config = config.Exists ? config.LastWriteTimeUtc : null };
    }
}

/// <summary>A model file as it is now: other bytes have another time or size.</summary>
internal sealed record FileStamp(string Path, DateTime Modified, long Size)
{
    public static FileStamp Of(ModelFile file) => new(file.Path, file.Modified, file.Size);
}

/// <summary>
/// Keeps models in memory while there is room, and lets the one go that was used longest ago. Used by one picture at a time: whoever draws
/// holds the device.
/// </summary>
/// <param name="limit">Bytes of weights that all models together may take; the one that is being drawn with may alone take more.</param>
/// <param name="load">Reads a model.</param>
internal sealed class ModelCache(long limit, Func<ModelKey, CancellationToken, LoadedModel> load) : IDisposable
{
    // Most recently used last.
    private readonly List<(ModelKey Key, LoadedModel Model)> models = [];

    /// <summary>The models in memory, most recently used last.</summary>
    public IEnumerable<ModelKey> Keys => models.Select(m => m.Key);

    /// <summary>A model from memory, or from its files.</summary>
    /// <param name="key">Which.</param>
    /// <param name="bytes">What it is expected to take, asked only if it has to be read: so much room is made before.</param>
    /// <param name="cancel">Stops the reading.</param>
    /// <exception cref="NotEnoughMemoryException">It does not fit even alone.</exception>
    public LoadedModel Get(ModelKey key, Func<long> bytes, CancellationToken cancel)
    {
        var index = models.FindIndex(m => m.Key == key);
        if (index >= 0 && models[index].Model.IsSound)
        {
            var found = models[index];
            models.RemoveAt(index);
            models.Add(found);
            return found.Model;
        }
        // The same files as they were before: nothing will ask for those again.
        for (var i = models.Count - 1; i >= 0; i--)
        {
            if (models[i].Key.Checkpoint.Path == key.Checkpoint.Path && models[i].Key.Vae?.Path == key.Vae?.Path) Forget(i);
        }
        var expected = bytes();
        while (models.Count > 0 && models.Sum(m => m.Model.Bytes) + expected > limit) Forget(0);
        LoadedModel model;
        try
        {
            model = load(key, cancel);
        }
        catch (NotEnoughMemoryException) when (models.Count > 0)
        {
            while (models.Count > 0) Forget(0);
            model = load(key, cancel);
        }
        models.Add((key, model));
        return model;
    }

    public void Dispose()
    {
        while (models.Count > 0) Forget(0);
    }

    private void Forget(int index)
    {
        models[index].Model.Dispose();
        models.RemoveAt(index);
    }
}
