using System.Buffers.Binary;
using System.Text;

namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>numpy.dtype of a number: `f8`, `i4`, `b1`.</summary>
internal sealed record NumpyType(string Code);

/// <summary>An array of numpy, as training leaves them in checkpoints. Nothing asks what is in it.</summary>
internal sealed class NumpyArray;

/// <summary>What calling one of <see cref="PickleGlobals"/> gives.</summary>
internal static class PickleCalls
{
    /// <summary>False: it may not be called, or not with these arguments.</summary>
    /// <exception cref="InvalidCheckpointException">A tensor that does not lie within its storage.</exception>
    public static bool TryCall(PickleGlobal global, IReadOnlyList<object?> arguments, out object? result)
    {
        result = (global.Call, arguments) switch
        {
            (PickleCall.Dict, []) => new PickleDict(),
            (PickleCall.Dict, [PickleList pairs]) => DictOf(pairs.Items),
            (PickleCall.ParameterDict, []) => new PickleDict { IsObject = true },
            (PickleCall.Set, []) => new PickleSet(),
            (PickleCall.Set, [PickleList items]) => SetOf(items.Items),
            (PickleCall.Set, [PickleTuple items]) => SetOf(items.Items),
            (PickleCall.Bytes, []) => Array.Empty<byte>(),
            (PickleCall.Encode, [string text, "latin1" or "latin-1"]) when text.All(c => c <= 0xFF) => Encoding.Latin1.GetBytes(text),
            (PickleCall.Size, [PickleTuple dimensions]) => dimensions,
            (PickleCall.Device, [string device, ..]) => device,
            (PickleCall.Tensor, [TorchStorage { Type: { } type } storage, long offset, PickleTuple shape, PickleTuple strides, ..]) => TensorOf(storage, type, offset, shape, strides),
            (PickleCall.TensorOfType, [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, _, _, PickleGlobal { IsStorage: false, Type: { } type }, ..]) =>
                TensorOf(storage, type, offset, shape, strides),
            (PickleCall.Parameter, [TorchTensor tensor, ..]) => tensor,
            (PickleCall.NumpyType, [string code, ..]) => new NumpyType(code),
            (PickleCall.NumpyScalar, [NumpyType type, byte[] bytes]) => NumberOf(type.Code, bytes),
            (PickleCall.NumpyArray, [PickleGlobal { FullName: "numpy.ndarray" }, ..]) => new NumpyArray(),
            _ => null,
        };
        return result is not null;
    }

    private static PickleDict? DictOf(IReadOnlyList<object?> pairs)
    {
        var dict = new PickleDict();
        foreach (var pair in pairs)
        {
            var (key, value) = pair switch
            {
                PickleTuple { Items: [string or long, _] and var items } => (items[0], items[1]),
                PickleList { Items: [string or long, _] and var items } => (items[0], items[1]),
                _ => (null, null),
            };
            if (key is null) return null;
            dict.Set(key, value);
        }
        return dict;
    }

    private static PickleSet SetOf(IReadOnlyList<object?> items)
    {
        var set = new PickleSet();
        foreach (var item in items) set.Add(item);
        return set;
    }

    private static TorchTensor TensorOf(TorchStorage storage, TensorType type, long offset, PickleTuple shape, PickleTuple strides) =>
        TorchTensor.Checked(storage, type, offset, LongsOf(shape, "size", storage), LongsOf(strides, "stride", storage));

    private static long[] LongsOf(PickleTuple tuple, string what, TorchStorage storage)
    {
        var longs = new long[tuple.Items.Count];
        for (var i = 0; i < longs.Length; i++)
        {
            longs[i] = tuple.Items[i] is long number ? number : throw new InvalidCheckpointException(
                $"{storage.File}: a tensor of storage '{ModelFileAccess.Printable(storage.Key)}' has a {what} with {PickleText.Of(tuple.Items[i])} in it; expected integers.");
        }
        return longs;
    }

    private static object? NumberOf(string code, byte[] bytes) => (code.TrimStart('<', '|', '='), bytes.Length) switch
    {
        ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
        ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
        ("i2", 2) => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
        ("i1", 1) => (long)(sbyte)bytes[0],
        ("u4", 4) => (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        ("u2", 2) => (long)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        ("u1", 1) => (long)bytes[0],
        ("b1", 1) => bytes[0] != 0,
        _ => null,
    };
}
