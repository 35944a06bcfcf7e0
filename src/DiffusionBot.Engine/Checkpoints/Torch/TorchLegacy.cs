using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>
/// torch.save's format before 1.6: pickles of a magic number, a version, the machine's byte order, the value and the storages' names one
/// behind the other; then each storage, its count of elements (8 bytes) before it.
/// </summary>
internal sealed class TorchLegacy : ITorchStorages
{
    private const long Version = 1001;

    // torch's serialization.py.
    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356");

    private readonly string path;
    private readonly Dictionary<string, TorchStorage> storages = new(StringComparer.Ordinal);

    private TorchLegacy(string path) => this.path = path;

    /// <summary>The value in the file.</summary>
    /// <exception cref="InvalidCheckpointException">It is no file of torch, or an unsound one.</exception>
    public static object? Read(SafeFileHandle file, string path, long length)
    {
        var position = 0L;
        var legacy = new TorchLegacy(path);
        if (Next(null) is not BigInteger magic || magic != Magic) throw new InvalidCheckpointException($"{path}: a pickle, but not torch's: it does not begin with torch's magic number.");
        if (Next(null) is not Version and var version) throw new InvalidCheckpointException($"{path}: torch's format of version {version as long?}; expected {Version}.");
        if (Next(null) is not PickleDict machine || machine["little_endian"] is not true) throw new InvalidCheckpointException($"{path}: its numbers are not little-endian.");
        var root = Next(legacy);
        if (Next(null) is not PickleList names) throw new InvalidCheckpointException($"{path}: it has no list of its storages.");
        legacy.Place(names, file, position, length);
        return root;

        object? Next(ITorchStorages? storages)
        {
            var input = new PickleInput(file, path, position, length);
            var value = new Unpickler(input, path, storages).Read();
            position = input.Position;
            return value;
        }
    }

    public TorchStorage Get(string key, TensorType? type, long elements)
    {
        if (!storages.TryGetValue(key, out var storage)) storages.Add(key, storage = new TorchStorage(path, key, type, elements));
        return storage.Type == type && storage.Elements == elements ? storage : throw Error(key, $"is {elements} elements of {type}, and was {storage.Elements} of {storage.Type} before");
    }

    /// <summary>Finds where each storage begins: they follow each other in the order of the list.</summary>
    private void Place(PickleList names, SafeFileHandle file, long position, long length)
    {
        Span<byte> count = stackalloc byte[sizeof(long)];
        foreach (var name in names.Items)
        {
            if (name is not string key || !storages.TryGetValue(key, out var storage)) throw new InvalidCheckpointException($"{path}: its list of storages has one that its value does not have.");
            if (storage.Offset >= 0) throw Error(key, "is there twice");
            if (position > length - count.Length) throw Error(key, $"begins at byte {position}; the file ends at {length}. The download may be incomplete");
            ModelFileAccess.Read(file, count, position, path);
            var elements = BitConverter.ToInt64(count);
            if (elements != storage.Elements) throw Error(key, $"has {elements} elements at byte {position}; the pickle says {storage.Elements}");
            storage.Offset = position + count.Length;
            if (storage.Bytes > length - storage.Offset) throw Error(key, $"has {storage.Bytes} bytes from {storage.Offset}; the file ends at {length}. The download may be incomplete");
            position = storage.Offset + (long)storage.Bytes;
        }
        foreach (var storage in storages.Values)
        {
            if (storage.Offset < 0) throw Error(storage.Key, "is not in the list of storages");
        }
    }

    private InvalidCheckpointException Error(string key, string found) => new($"{path}: storage '{ModelFileAccess.Printable(key)}' {found}.");
}
