namespace DiffusionBot.Engine.Checkpoints;

/// <summary>What a folder held when it was read.</summary>
/// <param name="Files">Full paths, hidden ones left out, in the order of their names.</param>
/// <param name="Folders">Likewise.</param>
internal sealed record FolderListing(IReadOnlyList<string> Files, IReadOnlyList<string> Folders)
{
    public static FolderListing Empty { get; } = new([], []);
}

/// <summary>
/// Folders, read again only where their time says so. No watcher: those run out (inotify), and see nothing on network shares.
/// Not for several threads at once.
/// </summary>
internal sealed class FolderCache(TimeProvider clock)
{
    // The coarsest clocks of file systems count 2 s: a folder that changed this recently may change again unseen.
    private static readonly TimeSpan Coarse = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, (DateTime Modified, FolderListing Listing)> cache = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> unreadable = new(StringComparer.Ordinal);

    /// <summary>Folders that are there but could not be read when last tried, with the reason.</summary>
    public IEnumerable<string> Notes => unreadable.Where(note => Directory.Exists(note.Key)).Select(note => note.Value);

    /// <summary>The folder's one real path, or null where that cannot be told.</summary>
    public string? Identify(string folder) => Guarded(folder, RealPath.Of, otherwise: null);

    /// <summary>What a folder holds; nothing, with a note where it is there but cannot be read.</summary>
    public FolderListing Read(string folder) => Guarded(folder, ReadOrThrow, otherwise: FolderListing.Empty)!;

    private FolderListing ReadOrThrow(string folder)
    {
        var modified = Directory.GetLastWriteTimeUtc(RealPath.Of(folder));
        if (cache.TryGetValue(folder, out var known) && known.Modified == modified) return known.Listing;
        cache.Remove(folder);
        unreadable.Remove(folder);
        if (!Directory.Exists(folder)) return FolderListing.Empty;
        var listing = new FolderListing(Visible(Directory.EnumerateFiles(folder)), Visible(Directory.EnumerateDirectories(folder)));
        if (clock.GetUtcNow().UtcDateTime - modified > Coarse) cache[folder] = (modified, listing);
        return listing;
    }

    private T? Guarded<T>(string folder, Func<string, T> read, T? otherwise) where T : class
    {
        try
        {
            return read(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unreadable[folder] = $"{folder}: this folder is skipped: {e.Message}";
            return otherwise;
        }
    }

    private static string[] Visible(IEnumerable<string> paths) =>
        [.. paths.Where(path => !Path.GetFileName(path.AsSpan()).StartsWith('.')).Order(StringComparer.Ordinal)];
}
