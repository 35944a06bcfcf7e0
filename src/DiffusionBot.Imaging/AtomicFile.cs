namespace DiffusionBot.Imaging;

/// <summary>Files that are there whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes to a temporary name in the same folder, flushes to the disk, and renames; an existing file is replaced in one
    /// instant. Where anything fails, the old file stays and the temporary one is removed.
    /// </summary>
    /// <exception cref="IOException">No folder, no right, no room: the message names the file and its bytes.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes) => Write(path, bytes, static temporary => new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None));

    internal static void Write(string path, ReadOnlySpan<byte> bytes, Func<string, Stream> create)
    {
        var full = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(full) ?? "", $".{Path.GetRandomFileName()}.tmp");
        try
        {
            using (var stream = create(temporary))
            {
                stream.Write(bytes);
                if (stream is FileStream file) file.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        // ArgumentOutOfRangeException: how .NET tells that the file is longer than the file system, or a limit on the process, allows (EFBIG).
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            Remove(temporary);
            throw new IOException($"{path}: {bytes.Length} bytes could not be written: {e.Message}", e);
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to tell; a folder that lets nothing be removed let nothing be made either.
        }
    }
}
