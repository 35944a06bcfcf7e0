namespace DiffusionBot.Engine.Checkpoints.Torch;

/// <summary>What is done where a pickle calls a name.</summary>
internal enum PickleCall
{
    /// <summary>Nothing: it may only be named.</summary>
    None, Dict, ParameterDict, Set, Bytes, Encode, Size, Device, Tensor, TensorOfType, Parameter, NumpyType, NumpyScalar, NumpyArray,
}

/// <summary>A name that a pickle may have, and what stands for it here. Nothing of Python is behind it.</summary>
/// <param name="FullName">`torch._utils._rebuild_tensor_v2`.</param>
/// <param name="Call">What calling it gives.</param>
/// <param name="Type">The elements of a storage class or of a torch.dtype.</param>
/// <param name="IsStorage">A storage class; without type, one that is counted in bytes.</param>
internal sealed record PickleGlobal(string FullName, PickleCall Call, TensorType? Type = null, bool IsStorage = false);

/// <summary>The names that models have, as torch, Lightning and numpy write them: every other is refused.</summary>
internal static class PickleGlobals
{
    private static readonly (string? Storage, string[] DTypes, TensorType Type)[] Types =
    [
        ("DoubleStorage", ["float64", "double"], TensorType.F64), ("FloatStorage", ["float32", "float"], TensorType.F32),
        ("HalfStorage", ["float16", "half"], TensorType.F16), ("BFloat16Storage", ["bfloat16"], TensorType.BF16),
        ("LongStorage", ["int64", "long"], TensorType.I64), ("IntStorage", ["int32", "int"], TensorType.I32),
        ("ShortStorage", ["int16", "short"], TensorType.I16), ("CharStorage", ["int8"], TensorType.I8),
        ("ByteStorage", ["uint8"], TensorType.U8), ("BoolStorage", ["bool"], TensorType.Bool),
        (null, ["uint64"], TensorType.U64), (null, ["uint32"], TensorType.U32), (null, ["uint16"], TensorType.U16),
        (null, ["float8_e4m3fn"], TensorType.F8E4M3), (null, ["float8_e5m2"], TensorType.F8E5M2),
    ];

    private static readonly Dictionary<string, PickleGlobal> Known = Make();

    /// <summary>What stands for a name; null: it is refused.</summary>
    public static PickleGlobal? Find(string module, string name) => Known.GetValueOrDefault($"{module}.{name}");

    private static Dictionary<string, PickleGlobal> Make()
    {
        var known = new Dictionary<string, PickleGlobal>(StringComparer.Ordinal);
        void Add(PickleCall call, params ReadOnlySpan<string> names)
        {
            foreach (var name in names) known.Add(name, new PickleGlobal(name, call));
        }
        Add(PickleCall.Dict, "collections.OrderedDict");
        Add(PickleCall.ParameterDict, "torch.nn.modules.container.ParameterDict");
        Add(PickleCall.Set, "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset");
        Add(PickleCall.Bytes, "builtins.bytes", "__builtin__.bytes");
        Add(PickleCall.Encode, "_codecs.encode");   // how protocol 2 writes bytes
        Add(PickleCall.Size, "torch.Size");
        Add(PickleCall.Device, "torch.device");
        Add(PickleCall.Tensor, "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2");
        Add(PickleCall.TensorOfType, "torch._utils._rebuild_tensor_v3");
        Add(PickleCall.Parameter, "torch._utils._rebuild_parameter");
        Add(PickleCall.NumpyType, "numpy.dtype");
        Add(PickleCall.NumpyScalar, "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar");
        Add(PickleCall.NumpyArray, "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct");
        Add(PickleCall.None, "numpy.ndarray", "pytorch_lightning.callbacks.ModelCheckpoint", "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint");
        foreach (var (storage, types, type) in Types)
        {
            if (storage is not null) known.Add($"torch.{storage}", new PickleGlobal($"torch.{storage}", PickleCall.None, type, IsStorage: true));
            foreach (var name in types) known.Add($"torch.{name}", new PickleGlobal($"torch.{name}", PickleCall.None, type));
        }
        foreach (var untyped in (string[])["torch.UntypedStorage", "torch.storage.UntypedStorage"])
            known.Add(untyped, new PickleGlobal(untyped, PickleCall.None, IsStorage: true));
        return known;
    }
}
