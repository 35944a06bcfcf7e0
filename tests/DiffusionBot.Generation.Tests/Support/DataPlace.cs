namespace DiffusionBot.Generation.Tests.Support;

/// <summary>A place for a test's data: a folder, and a database if it is not in that.</summary>
internal sealed class DataPlace : IDisposable
{
    public DataPlace(string? database = null)
    {
        Folder = Directory.CreateTempSubdirectory("generation-").FullName;
        Database = database;
    }

    public string Folder { get; }

    /// <summary>A connection string of Postgres; null: SQLite.</summary>
    public string? Database { get; }

    public IEnumerable<string> Pictures => Directory.Exists(Path.Combine(Folder, "pictures"))
        ? Directory.EnumerateFiles(Path.Combine(Folder, "pictures"), "*", SearchOption.AllDirectories).Where(f => !IsLeftover(f)).Select(f => Path.GetRelativePath(Folder, f)).Order(StringComparer.Ordinal)
        : [];

    /// <summary>What a kill in the middle of a write left: no picture, and gone once nobody can be writing it any more.</summary>
    public static bool IsLeftover(string file) => Path.GetFileName(file).StartsWith('.') && file.EndsWith(".tmp", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
