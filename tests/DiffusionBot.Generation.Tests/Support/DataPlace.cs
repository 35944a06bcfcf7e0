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
        ? Directory.EnumerateFiles(Path.Combine(Folder, "pictures"), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f)).Order(StringComparer.Ordinal)
        : [];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
