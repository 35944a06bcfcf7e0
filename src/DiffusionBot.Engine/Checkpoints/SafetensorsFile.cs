using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace DiffusionBot.Engine.Checkpoints;

/// <summary>
/// A .safetensors file by its header: which tensors, of which type and shape, lie at which bytes. The header is believed
/// only when all of it agrees with the file; the data is never touched here.
/// Format: https://github.com/huggingface/safetensors (8 bytes length, JSON header, data).
/// </summary>
public sealed class SafetensorsFile : TensorFile
{
    /// <summary>The format's own limit. Headers of full-size models take under 1 MB.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private const int LengthBytes = 8;

    private SafetensorsFile(string path, SafetensorsHeader header) : base(path, header.Tensors, header.Metadata)
    {
    }

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="InvalidCheckpointException">
    /// The file cannot be read, or its header is not one, or lies: types, shapes, offsets and lengths must agree, and the
    /// tensors must cover the data without overlap or hole up to the file's last byte.
    /// </exception>
    public static new SafetensorsFile Open(string path)
    {
        using var handle = ModelFileAccess.Open(path, out var fullPath, out var length);
        return new SafetensorsFile(fullPath, ReadHeader(handle, fullPath, length));
    }

    private static SafetensorsHeader ReadHeader(SafeFileHandle handle, string path, long fileLength)
    {
        Span<byte> start = stackalloc byte[LengthBytes];
        if (fileLength < LengthBytes)
            throw new InvalidCheckpointException($"{path}: {fileLength} bytes; a safetensors file begins with {LengthBytes} bytes that give its header's length.");
        ModelFileAccess.Read(handle, start, 0, path);
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (OtherFormat(start) is { } other)
            throw new InvalidCheckpointException($"{path}: this is {other}; expected a safetensors file.");
        if (headerBytes > MaxHeaderBytes)
            throw new InvalidCheckpointException($"{path}: the header claims {headerBytes} bytes; the format's limit is {MaxHeaderBytes}.");
        if (headerBytes > (ulong)(fileLength - LengthBytes))
            throw new InvalidCheckpointException($"{path}: the header claims {headerBytes} bytes; after its length the file has {fileLength - LengthBytes}. The download may be incomplete.");

        var json = new byte[headerBytes];
        ModelFileAccess.Read(handle, json, LengthBytes, path);
        return SafetensorsHeader.Parse(json, path, dataStart: LengthBytes + (long)headerBytes, fileLength);
    }
}
