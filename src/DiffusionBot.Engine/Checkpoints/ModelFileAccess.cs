using Microsoft.Win32.SafeHandles;

namespace DiffusionBot.Engine.Checkpoints;

/// <summary>Opens and reads model files so that whatever the disk says becomes an error that names the file.</summary>
internal static class ModelFileAccess
{
    /// <summary>Opens a regular, non-empty file for random reads. The caller owns the handle.</summary>
    public static SafeFileHandle Open(string path, out string fullPath, out long length)
    {
        try
        {
            fullPath = Path.GetFullPath(path);
        }
        catch (ArgumentException e)
        {
            throw new InvalidCheckpointException($"{Printable(path)}: not a path: {e.Message}", e);
        }
        try
        {
            if (Directory.Exists(fullPath)) throw new InvalidCheckpointException($"{fullPath}: this is a folder; expected a model file.");
            if (!File.Exists(fullPath)) throw new InvalidCheckpointException($"{fullPath}: there is no such file.");
            // Asked before opening: a pipe has no length, and opening one would wait for its writer for ever.
            length = Target(fullPath).Length;
            if (length == 0) throw new InvalidCheckpointException($"{fullPath}: the file is empty (0 bytes); expected a model.");
            return File.OpenHandle(fullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new InvalidCheckpointException($"{fullPath}: cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Fills <paramref name="buffer"/> from the file; a file that ends before is an error.</summary>
    public static void Read(SafeFileHandle handle, Span<byte> buffer, long offset, string path)
    {
        var done = 0;
        while (done < buffer.Length)
        {
            var read = ReadSome(handle, buffer[done..], offset + done, path);
            if (read == 0)
                throw new InvalidCheckpointException($"{path}: the file ends at byte {offset + done}; expected {buffer.Length} bytes from {offset}. It shrank since it was opened.");
            done += read;
        }
    }

    /// <summary>The first bytes of a file, as many as tell its format.</summary>
    public static byte[] Start(SafeFileHandle handle, string path, long length)
    {
        const int most = 16;
        var start = new byte[Math.Min(most, length)];
        Read(handle, start, 0, path);
        return start;
    }

    private static int ReadSome(SafeFileHandle handle, Span<byte> buffer, long offset, string path)
    {
        try
        {
            return RandomAccess.Read(handle, buffer, offset);
        }
        catch (IOException e)
        {
            throw new InvalidCheckpointException($"{path}: cannot be read at byte {offset}: {e.Message}", e);
        }
    }

    /// <summary>The file a path stands for: a link's own size and time say nothing about the model.</summary>
    public static FileInfo Target(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
    }

    /// <summary>A name from a file, fit for a message: cut if long, control characters shown as such.</summary>
    public static string Printable(string name)
    {
        const int longest = 200;
        var text = name.Length <= longest ? name : $"{name.AsSpan(0, longest)}...";
        return text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString())) : text;
    }
}
