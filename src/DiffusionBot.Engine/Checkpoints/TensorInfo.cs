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

    /// <summary>
    /// Elements from one to the next in the file, for each dimension: torch saves transposed and cut tensors as they lie. Null, as
    /// in most: row-major, one behind the other. Whoever reads gets them row-major in any case.
    /// </summary>
    public IReadOnlyList<long>? Strides { get; init; }

    /// <summary>Byte offset behind its last element.</summary>
    internal long End => Strides is null || Length == 0 ? Offset + Length : Offset + ((Shape.Zip(Strides, (d, s) => (d - 1) * s).Sum() + 1) * Type.Size());

    /// <summary>Rows of the first dimension, as a tensor of their own.</summary>
    internal TensorInfo Rows(long first, long count)
    {
        var row = Length / Shape[0];
        return this with
        {
            Shape = [count, .. Shape.Skip(1)],
            Offset = Offset + (first * (Strides is null ? row : Strides[0] * Type.Size())),
            Length = count * row,
        };
    }
}
