namespace DiffusionBot.Engine.Checkpoints;

/// <summary>Element types of tensors in model files.</summary>
public enum TensorType
{
    F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, Bool, F8E4M3, F8E5M2,
}

/// <summary>Where a tensor lies: read from a header, nothing of the data touched yet.</summary>
/// <param name="Name">Its full name in the file.</param>
/// <param name="Type">The element type as stored.</param>
/// <param name="Shape">Row-major; empty for a scalar.</param>
/// <param name="File">The file that holds the bytes.</param>
/// <param name="Offset">Byte offset in that file, from its beginning.</param>
/// <param name="Length">Bytes: elements times their size, checked.</param>
public sealed record TensorInfo(string Name, TensorType Type, IReadOnlyList<long> Shape, string File, long Offset, long Length)
{
    /// <summary>How many elements.</summary>
    public long Elements => Shape.Aggregate(1L, (a, b) => a * b);
}
