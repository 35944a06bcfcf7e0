namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>
/// A file that torch.save wrote (.ckpt, .pt, .pth, .bin), by its pickle: no code in it runs, and no tensor's bytes are touched here.
/// </summary>
internal sealed class TorchFile : TensorFile
{
    private TorchFile(string path, object? root) : base(path, TorchTensors.Of(root, path), new Dictionary<string, string>(StringComparer.Ordinal)) => Root = root;

    /// <summary>The value that was saved, mostly a <see cref="PickleDict"/>; see PickleValues.cs for what may be in it.</summary>
    public object? Root { get; }

    /// <summary>Does a file begin like one of these?</summary>
    public static bool IsOne(ReadOnlySpan<byte> start) => IsArchive(start) || start is [0x80, >= 2 and <= 5, ..];

    /// <summary>Reads and checks the value.</summary>
    /// <exception cref="InvalidCheckpointException">The file cannot be read, is damaged or lies about itself, or has in it what no model needs.</exception>
    public static new TorchFile Open(string path)
    {
        using var handle = ModelFileAccess.Open(path, out var fullPath, out var length);
        var start = ModelFileAccess.Start(handle, fullPath, length);
        if (!IsOne(start)) throw new InvalidCheckpointException($"{fullPath}: this is {OtherFormat(start) ?? "no file of torch"}; expected a zip archive or pickle that torch.save wrote.");
        return new TorchFile(fullPath, IsArchive(start) ? TorchArchive.Read(handle, fullPath, length) : TorchLegacy.Read(handle, fullPath, length));
    }

    private static bool IsArchive(ReadOnlySpan<byte> start) => start.StartsWith("PK\x03\x04"u8);
}
