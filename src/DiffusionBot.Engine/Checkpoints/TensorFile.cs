using DiffusionBot.Engine.Checkpoints.Torch;

namespace DiffusionBot.Engine.Checkpoints;

/// <summary>A file of tensors, by its header: which tensors, of which type and shape, lie where. Their bytes are read when asked for, by <see cref="TensorData"/>.</summary>
public abstract class TensorFile
{
    private static readonly string[] Readable = [".safetensors", ".ckpt", ".pt", ".pth", ".bin"];

    private protected TensorFile(string path, IReadOnlyDictionary<string, TensorInfo> tensors, IReadOnlyDictionary<string, string> metadata) =>
        (Path, Tensors, Metadata) = (path, tensors, metadata);

    /// <summary>The full path; error messages begin with it.</summary>
    public string Path { get; }

    /// <summary>By full name, offsets counted from the beginning of the file. May be empty.</summary>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>What `__metadata__` says, e.g. `modelspec.resolution`. Written by strangers. Empty if the file has none, as torch's never have.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>All tensors, to be asked for by name and shape.</summary>
    internal Weights Weights => new(Tensors, Path);

    /// <summary>Can a file of this name be opened?</summary>
    public static bool IsReadable(string path) => Readable.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads and checks the header, by what the file begins with: many a .ckpt was saved as .safetensors, and the other way round.</summary>
    /// <exception cref="InvalidCheckpointException">The file cannot be read, is damaged or lies about itself.</exception>
    public static TensorFile Open(string path)
    {
        bool isTorch;
        using (var handle = ModelFileAccess.Open(path, out var fullPath, out var length))
        {
            var start = ModelFileAccess.Start(handle, fullPath, length);
            // A brace where a safetensors file's header begins says more than the length before it, which may look like a pickle.
            isTorch = start is not [_, _, _, _, _, _, _, _, (byte)'{', ..]
                && (TorchFile.IsOne(start) || !System.IO.Path.GetExtension(fullPath).Equals(".safetensors", StringComparison.OrdinalIgnoreCase));
        }
        return isTorch ? TorchFile.Open(path) : SafetensorsFile.Open(path);
    }

    /// <summary>What people save under these extensions by mistake, by its first bytes.</summary>
    private protected static string? OtherFormat(ReadOnlySpan<byte> start) => start switch
    {
        _ when start.StartsWith("version "u8) => "a Git LFS pointer, not the model itself",
        _ when start.StartsWith("<!"u8) || start.StartsWith("<html"u8) || start.StartsWith("<HTML"u8) => "a web page, not a model",
        _ when start.StartsWith("PK\x03\x04"u8) => "a zip archive (PyTorch's .ckpt and .pt are such)",
        _ when start.StartsWith("GGUF"u8) => "a GGUF file",
        _ => null,
    };
}
