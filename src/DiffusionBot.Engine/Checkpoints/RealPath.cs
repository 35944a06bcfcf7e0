namespace DiffusionBot.Engine.Checkpoints;

/// <summary>A path with all links in it followed: two paths to one folder become the same.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MaxLinks = 40;

    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Of(string path)
    {
        var links = 0;
        return Follow(Path.GetFullPath(path));

        string Follow(string full)
        {
            if (Path.GetDirectoryName(full) is not { } parent) return full;
            var here = Path.Combine(Follow(parent), Path.GetFileName(full));
            if (new FileInfo(here).LinkTarget is not { } target) return here;
            if (++links > MaxLinks) throw new IOException($"{path}: its links lead in a circle, or through more than {MaxLinks}.");
            return Follow(Path.GetFullPath(target, Path.GetDirectoryName(here)!));
        }
    }
}
