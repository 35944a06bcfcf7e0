using DiffusionBot.Imaging;

namespace DiffusionBot.Generation.Storage.Files;

/// <summary>Files in a folder.</summary>
internal sealed class FolderFileStore(BotDatabase database) : IFileStore
{
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancel = default)
    {
        var path = PathOf(name);
        cancel.ThrowIfCancellationRequested();
        await Task.Run(() =>
        {
            MakeFolder(path);
            AtomicFile.Write(path, bytes.Span);
        }, CancellationToken.None);
    }

    public async Task<byte[]?> ReadAsync(string name, CancellationToken cancel = default)
    {
        try
        {
            return await File.ReadAllBytesAsync(PathOf(name), cancel);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public Task DeleteAsync(string name, CancellationToken cancel = default)
    {
        var path = PathOf(name);
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            return Task.CompletedTask;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} cannot be removed: {e.Message}", e);
        }
        RemoveEmpty(Path.GetDirectoryName(path)!);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<(string Name, long Bytes, DateTime WrittenAt)> ListAsync(string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
    {
        await Task.Yield();
        foreach (var file in FilesBelow(PathOf(folder)).Where(f => !IsLeftover(f)))
        {
            cancel.ThrowIfCancellationRequested();
            yield return (Path.GetRelativePath(database.Folder, file.FullName).Replace('\\', '/'), file.Length, file.LastWriteTimeUtc);
        }
    }

    public void RemoveLeftovers(DateTime before)
    {
        foreach (var file in FilesBelow(database.Folder).Where(f => IsLeftover(f) && f.LastWriteTimeUtc < before)) file.Delete();
    }

    private static IEnumerable<FileInfo> FilesBelow(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        : [];

    /// <summary>AtomicFile's temporary names; no name of a file that is kept begins with a dot.</summary>
    private static bool IsLeftover(FileInfo file) => file.Name.StartsWith('.') && file.Extension == ".tmp";

    private string PathOf(string name) => Path.Combine(database.Folder, FileNames.Checked(name));

    private static void MakeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path}: its folder cannot be made: {e.Message}", e);
        }
    }

    /// <summary>A day without pictures needs no folder. Somebody may just be writing there: then it stays.</summary>
    private void RemoveEmpty(string folder)
    {
        if (Path.GetDirectoryName(folder) is not { } parent || Path.GetDirectoryName(parent) != database.Folder) return;
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not empty, or gone already.
        }
    }
}
