using System.Runtime.InteropServices;
using DiffusionBot.Engine.Checkpoints;
using Microsoft.Win32.SafeHandles;

namespace DiffusionBot.Engine.Networks;

/// <summary>What a network's file has for one layer of a model, by the names of the parts: `lora_up.weight`, `alpha`.</summary>
/// <param name="layer">As the file calls it, for messages.</param>
/// <param name="parts">Where their numbers are.</param>
internal sealed class LayerParts(string layer, IReadOnlyDictionary<string, TensorInfo> parts)
{
    public string Layer => layer;

    public IEnumerable<string> Names => parts.Keys;

    public bool Has(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!parts.ContainsKey(name)) return false;
        }
        return true;
    }

    public TensorInfo? Find(string name) => parts.GetValueOrDefault(name);

    /// <exception cref="InvalidCheckpointException">It is not there.</exception>
    public TensorInfo Get(string name) => Find(name) ?? throw new InvalidCheckpointException($"{parts.Values.First().File}: '{layer}' has no '{name}'.");

    /// <summary>A dimension of a part; those that it lacks are 1.</summary>
    public int Size(string name, int dimension) => Get(name).Shape is var shape && dimension < shape.Count ? Size(name, shape[dimension]) : 1;

    /// <summary>All dimensions from one on, multiplied.</summary>
    public int SizeFrom(string name, int dimension) => Size(name, Get(name).Shape.Skip(dimension).Aggregate(1L, (a, b) => a * b));

    private int Size(string name, long size) => size is >= 0 and <= int.MaxValue ? (int)size
        : throw new InvalidCheckpointException($"{Get(name).File}: tensor '{Get(name).Name}' is {Weights.Show(Get(name).Shape)}: too large.");
}

/// <summary>A network's file while its numbers are read. Safe for several threads.</summary>
internal sealed class NetworkSource(string path) : IDisposable
{
    private readonly SafeFileHandle handle = ModelFileAccess.Open(path, out _, out _);

    /// <summary>All numbers of a tensor, row-major.</summary>
    /// <exception cref="InvalidCheckpointException">It is of no floating type, or the file cannot be read.</exception>
    public float[] Read(TensorInfo tensor)
    {
        if (tensor.Elements > Array.MaxLength) throw new InvalidCheckpointException($"{tensor.File}: tensor '{tensor.Name}' is {Weights.Show(tensor.Shape)}: too large.");
        var floats = GC.AllocateUninitializedArray<float>((int)tensor.Elements);
        TensorData.ReadFloats(handle, tensor, 0, floats);
        return floats;
    }

    /// <summary>A tensor of one number, of any type.</summary>
    /// <exception cref="InvalidCheckpointException">It has more, or none.</exception>
    public static float Scalar(TensorInfo tensor)
    {
        if (tensor.Elements != 1) throw new InvalidCheckpointException($"{tensor.File}: tensor '{tensor.Name}' is {Weights.Show(tensor.Shape)}; expected one number.");
        if (tensor.Type is TensorType.F16 or TensorType.BF16 or TensorType.F32 or TensorType.F64) return TensorData.Floats(tensor)[0];
        var bytes = TensorData.Bytes(tensor);
        return tensor.Type switch
        {
            TensorType.I64 => MemoryMarshal.Read<long>(bytes),
            TensorType.I32 => MemoryMarshal.Read<int>(bytes),
            TensorType.Bool or TensorType.U8 => bytes[0],
            _ => throw new InvalidCheckpointException($"{tensor.File}: tensor '{tensor.Name}' is {tensor.Type}; expected a number."),
        };
    }

    public void Dispose() => handle.Dispose();
}
