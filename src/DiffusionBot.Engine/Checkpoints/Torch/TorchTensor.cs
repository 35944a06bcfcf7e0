namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>A view of a storage, checked against it.</summary>
internal sealed class TorchTensor
{
    // torch's own limit.
    private const int MaxRank = 64;

    private readonly TorchStorage storage;
    private readonly long offset;
    private readonly long[] shape;
    private readonly long[]? strides;

    private TorchTensor(TorchStorage storage, TensorType type, long offset, long[] shape, long[]? strides) =>
        (this.storage, Type, this.offset, this.shape, this.strides) = (storage, type, offset, shape, strides);

    public TensorType Type { get; }

    public IReadOnlyList<long> Shape => shape;

    /// <summary>Checks that every element lies within the storage.</summary>
    /// <param name="storage">Where the elements are.</param>
    /// <param name="type">What they are.</param>
    /// <param name="offset">The first one's place, in elements.</param>
    /// <param name="shape">Dimensions.</param>
    /// <param name="strides">Elements from one to the next, for each dimension.</param>
    /// <exception cref="InvalidCheckpointException">One does not; the message begins with the storage's file.</exception>
    public static TorchTensor Checked(TorchStorage storage, TensorType type, long offset, long[] shape, long[] strides)
    {
        if (shape.Length > MaxRank) throw Error($"has {shape.Length} dimensions; torch knows at most {MaxRank}");
        if (shape.Length != strides.Length) throw Error($"has {shape.Length} dimensions and {strides.Length} strides");
        if (offset < 0) throw Error($"begins at element {offset}");
        if (Array.Find(shape, d => d < 0) is not 0 and var size) throw Error($"has the negative size {size}");
        if (Array.Find(strides, s => s < 0) is not 0 and var stride) throw Error($"has the negative stride {stride}");

        var held = (long)(storage.Bytes / type.Size());
        if (shape.Contains(0)) return new TorchTensor(storage, type, 0, shape, strides: null);
        var (elements, last) = (Int128.One, (Int128)offset);
        for (var i = 0; i < shape.Length; i++)
        {
            elements *= shape[i];
            // As many as the storage has: a tensor spread out from fewer would take memory that the file does not have.
            if (elements > held) throw Error($"is {Weights.Show(shape)}, more elements than the storage's {held}");
            last += (Int128)(shape[i] - 1) * strides[i];
        }
        if (last >= held) throw Error($"is {Weights.Show(shape)} from element {offset} with strides {Weights.Show(strides)}, and ends behind the storage's {held} elements");
        return new TorchTensor(storage, type, offset, shape, IsRowMajor(shape, strides) ? null : strides);

        InvalidCheckpointException Error(string found) => new($"{storage.File}: a tensor of storage '{ModelFileAccess.Printable(storage.Key)}' {found}.");
    }

    /// <summary>Where its bytes are, under the name that it is asked for by.</summary>
    public TensorInfo Info(string name)
    {
        var size = Type.Size();
        return new TensorInfo(name, Type, shape, storage.File, storage.Offset + (offset * size), shape.Aggregate((long)size, (a, b) => a * b)) { Strides = strides };
    }

    private static bool IsRowMajor(long[] shape, long[] strides)
    {
        var expected = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] != 1 && strides[i] != expected) return false;
            expected *= shape[i];
        }
        return true;
    }
}
