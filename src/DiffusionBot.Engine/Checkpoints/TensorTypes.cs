namespace DiffusionBot.Engine.Checkpoints;

/// <summary>What is the same for every tensor of a type.</summary>
internal static class TensorTypes
{
    /// <summary>Bytes an element.</summary>
    public static int Size(this TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 or TensorType.U64 => 8,
        TensorType.F32 or TensorType.I32 or TensorType.U32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 or TensorType.U16 => 2,
        TensorType.I8 or TensorType.U8 or TensorType.Bool or TensorType.F8E4M3 or TensorType.F8E5M2 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such tensor type."),
    };
}
