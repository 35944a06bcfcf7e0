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

    /// <summary>Folders that could not be read, with the reason; by path.</summary>
    public Dictionary<string, string> Unreadable { get; } = new(StringComparer.Ordinal);

    /// <summary>What a folder holds; nothing, with a note where it is there but cannot be read.</summary>
    public FolderListing Read(string folder)
    {
        try
        {
            var modified = Directory.GetLastWriteTimeUtc(RealPath.Of(folder));
            if (cache.TryGetValue(folder, out var known) && known.Modified == modified) return known.Listing;
            cache.Remove(folder);
            Unreadable.Remove(folder);
            if (!Directory.Exists(folder)) return FolderListing.Empty;
            var listing = new FolderListing(Visible(Directory.EnumerateFiles(folder)), Visible(Directory.EnumerateDirectories(folder)));
            if (clock.GetUtcNow() - modified > Coarse) cache[folder] = (modified, listing);
            return listing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Unreadable[folder] = $"{folder}: this folder is skipped: {e.Message}";
            return FolderListing.Empty;
        }
    }

    private static string[] Visible(IEnumerable<string> paths) =>
        [.. paths.Where(path => !Path.GetFileName(path.AsSpan()).StartsWith('.')).Order(StringComparer.Ordinal)];
}
