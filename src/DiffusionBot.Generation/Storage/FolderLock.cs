namespace DiffusionBot.Generation.Storage;

/// <summary>
/// Keeps a data folder for one process: on SQLite all that says Drawing at the start is then known to be nobody's. The system lets go of it when the process ends, however it ends.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <exception cref="IOException">Another process has it.</exception>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "bot.lock");
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1));
        }
        catch (IOException e)
        {
            throw new IOException($"{path}: another process uses this data folder ({e.Message}). Several hosts need Postgres: Data:Database in the settings.", e);
        }
    }

    public void Dispose() => file.Dispose();
}
