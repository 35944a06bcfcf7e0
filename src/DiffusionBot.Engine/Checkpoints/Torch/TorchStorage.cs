namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>Bytes that tensors are views of.</summary>
/// <param name="file">The file that holds them.</param>
/// <param name="key">Its name in the file.</param>
/// <param name="type">What the elements are; null: it is counted in bytes, each tensor says what they are.</param>
/// <param name="elements">How many, as the pickle claims.</param>
internal sealed class TorchStorage(string file, string key, TensorType? type, long elements)
{
    public string File => file;

    public string Key => key;

    public TensorType? Type => type;

    public long Elements => elements;

    /// <summary>Byte offset in the file; set once that is found.</summary>
    public long Offset { get; set; } = -1;

    /// <summary>Bytes, or more than any file has.</summary>
    public Int128 Bytes => (Int128)elements * (type?.Size() ?? 1);
}

/// <summary>What of a file's storages is known while its pickle is read.</summary>
internal interface ITorchStorages
{
    /// <summary>The storage of a persistent id. The same id is the same storage.</summary>
    /// <exception cref="InvalidCheckpointException">There is none such, or the file has fewer bytes than it claims.</exception>
    TorchStorage Get(string key, TensorType? type, long elements);
}
