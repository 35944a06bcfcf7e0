using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>
/// torch.save's format since 1.6: a zip archive with NAME/data.pkl and each storage stored as NAME/data/KEY. Storages stay where they
/// are and are never unpacked.
/// </summary>
internal sealed class TorchArchive : ITorchStorages
{
    private const string Pickle = "/data.pkl";

    private readonly string path;
    private readonly string folder;
    private readonly Dictionary<string, ZipEntry> entries;
    private readonly Dictionary<string, TorchStorage> storages = new(StringComparer.Ordinal);

    private TorchArchive(string path, string folder, Dictionary<string, ZipEntry> entries) =>
        (this.path, this.folder, this.entries) = (path, folder, entries);

    /// <summary>The value in the archive.</summary>
    /// <exception cref="InvalidCheckpointException">It is no archive of torch, or an unsound one.</exception>
    public static object? Read(SafeFileHandle file, string path, long length)
    {
        var entries = ZipDirectory.Read(file, path, length);
        var pickles = entries.Values.Where(e => e.Name.EndsWith(Pickle, StringComparison.Ordinal) && e.Name.IndexOf('/') == e.Name.Length - Pickle.Length).ToArray();
        if (pickles is not [var pickle])
            throw new InvalidCheckpointException($"{path}: a zip archive with {pickles.Length} files NAME/data.pkl; expected one, as torch.save writes.");
        var archive = new TorchArchive(path, pickle.Name[..^Pickle.Length], entries);
        archive.CheckByteOrder(file);
        return new Unpickler(archive.Open(file, pickle), path, archive).Read();
    }

    public TorchStorage Get(string key, TensorType? type, long elements)
    {
        if (storages.TryGetValue(key, out var known))
        {
            return known.Type == type && known.Elements == elements ? known
                : throw Error(key, $"is {elements} elements of {Show(type)}, and was {known.Elements} of {Show(known.Type)} before");
        }
        if (!entries.TryGetValue($"{folder}/data/{key}", out var entry)) throw Error(key, "is not in the archive");
        if (!entry.IsStored) throw Error(key, "is compressed; expected it as torch.save writes it. Unpack the archive and pack it without compression");
        var storage = new TorchStorage(path, key, type, elements) { Offset = entry.Offset };
        if (storage.Bytes > entry.Length) throw Error(key, $"claims {elements} elements of {Show(type)}, {storage.Bytes} bytes; the archive has {entry.Length} of it");
        storages.Add(key, storage);
        return storage;
    }

    private void CheckByteOrder(SafeFileHandle file)
    {
        if (!entries.TryGetValue($"{folder}/byteorder", out var entry)) return;
        const int longest = 16;
        if (entry.Length > longest || Open(file, entry).Text((ulong)entry.Length) is not "little")
            throw new InvalidCheckpointException($"{path}: its numbers are not little-endian; expected 'little' in {folder}/byteorder.");
    }

    private PickleInput Open(SafeFileHandle file, ZipEntry entry)
    {
        if (entry.IsStored) return new PickleInput(file, path, entry.Offset, entry.Offset + entry.Length);
        if (entry.Length > PickleInput.MaxBytes || entry.Packed > PickleInput.MaxBytes)
            throw new InvalidCheckpointException($"{path}: '{ModelFileAccess.Printable(entry.Name)}' unpacks to {entry.Length} bytes; at most {PickleInput.MaxBytes} are read.");
        var (packed, unpacked) = (new byte[entry.Packed], new byte[entry.Length]);
        ModelFileAccess.Read(file, packed, entry.Offset, path);
        try
        {
            using var inflate = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            inflate.ReadExactly(unpacked);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidCheckpointException($"{path}: '{ModelFileAccess.Printable(entry.Name)}' cannot be unpacked to its {entry.Length} bytes: {e.Message}", e);
        }
        return new PickleInput(unpacked, path);
    }

    private InvalidCheckpointException Error(string key, string found) => new($"{path}: storage '{ModelFileAccess.Printable(key)}' {found}.");

    private static string Show(TensorType? type) => type?.ToString() ?? "bytes";
}
