using DiffusionBot.Engine.Checkpoints.Torch;

namespace DiffusionBot.Engine.Tests.Checkpoints.Torch;

/// <summary>Writes tensors as torch.save does: a zip archive with a pickled `state_dict` and a storage a tensor.</summary>
internal sealed class TorchBytes
{
    private readonly PickleBytes pickle = new PickleBytes().Op(PickleOpcode.EmptyDict).Text("state_dict").Op(PickleOpcode.EmptyDict);
    private readonly List<byte[]> storages = [];

    /// <param name="name">The tensor's.</param>
    /// <param name="type">F32, F16, BF16 or I64.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="data">Its elements, row-major.</param>
    /// <param name="transposed">A matrix, to lie column by column.</param>
    public void Add(string name, string type, long[] shape, byte[] data, bool transposed = false)
    {
        var (storage, size) = type switch
        {
            "F32" => ("FloatStorage", 4),
            "F16" => ("HalfStorage", 2),
            "BF16" => ("BFloat16Storage", 2),
            "I64" => ("LongStorage", 8),
            _ => throw new ArgumentException($"{type} is not written.", nameof(type)),
        };
        var strides = transposed ? [1L, shape[0]] : RowMajor(shape);
        pickle.Text(name).Tensor(storage, $"{storages.Count}", data.Length / size, 0, shape, strides).Op(PickleOpcode.SetItem);
        storages.Add(transposed ? Transposed(data, (int)shape[0], (int)shape[1], size) : data);
    }

    public byte[] ToBytes()
    {
        var zip = new ZipBytes().Add("archive/data.pkl", pickle.Op(PickleOpcode.SetItem).ToBytes()).Add("archive/byteorder", "little"u8);
        for (var i = 0; i < storages.Count; i++) zip.Add($"archive/data/{i}", storages[i]);
        return zip.Add("archive/version", "3\n"u8).ToBytes(zip64: true);
    }

    public static long[] RowMajor(long[] shape)
    {
        var strides = new long[shape.Length];
        for (var (i, step) = (shape.Length - 1, 1L); i >= 0; step *= shape[i], i--) strides[i] = step;
        return strides;
    }

    private static byte[] Transposed(byte[] data, int rows, int columns, int size)
    {
        var turned = new byte[data.Length];
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++) data.AsSpan(size * (r * columns + c), size).CopyTo(turned.AsSpan(size * (c * rows + r)));
        }
        return turned;
    }
}
