namespace DiffusionBot.Generation.Storage;

/// <summary>Where pictures lie: a folder, or the database.</summary>
public interface IFileStore
{
    /// <summary>Writes a file, whole or not at all; one of that name is replaced.</summary>
    /// <param name="name">Letters, digits, `-`, `_`, `.`, and `/` between folders; no `..`.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="cancel">Before it is written.</param>
    /// <exception cref="IOException">No room, no right: the message names the file.</exception>
    Task WriteAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancel = default);

    /// <summary>All of a file; null where there is none of that name.</summary>
    Task<byte[]?> ReadAsync(string name, CancellationToken cancel = default);

    /// <summary>Removes a file; no error where there is none.</summary>
    Task DeleteAsync(string name, CancellationToken cancel = default);

    /// <summary>Every file below a folder, with size and age.</summary>
    IAsyncEnumerable<(string Name, long Bytes, DateTime WrittenAt)> ListAsync(string folder, CancellationToken cancel = default);

    /// <summary>The names of the files below a folder that were written before a moment.</summary>
    async Task<IReadOnlyList<string>> OlderAsync(string folder, DateTime before)
    {
        var old = new List<string>();
        await foreach (var file in ListAsync(folder))
        {
            if (file.WrittenAt < before) old.Add(file.Name);
        }
        return old;
    }

    /// <summary>Removes what a kill in the middle of a write left behind; it is in no list.</summary>
    /// <param name="before">What is younger may be somebody's who still writes.</param>
    void RemoveLeftovers(DateTime before);
}
