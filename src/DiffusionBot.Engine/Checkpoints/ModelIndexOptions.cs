namespace DiffusionBot.Engine.Checkpoints;

/// <summary>Where models are looked for.</summary>
public sealed class ModelIndexOptions
{
    /// <summary>The folder with checkpoints/, vae/, loras/ ... in it. Default "models", below the current folder.</summary>
    public string Folder { get; set; } = "models";

    /// <summary>
    /// More such folders, looked through after the first: of this program, or an existing WebUI folder (the one with
    /// webui.py in it, or its models/), with WebUI's names. Default none.
    /// </summary>
    public IList<string> MoreFolders { get; } = [];

    /// <summary>Where hashes are kept between runs; made if missing. Default null: nowhere.</summary>
    public string? CacheFolder { get; set; }

    /// <summary>The checkpoint of requests that name none, as <see cref="ModelIndex.FindCheckpointAsync"/> finds it. Default null: the first by name that can be drawn with.</summary>
    public string? DefaultCheckpoint { get; set; }
}
