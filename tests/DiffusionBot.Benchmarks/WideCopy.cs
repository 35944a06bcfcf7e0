using System.Runtime.InteropServices;
using System.Text.Json;
using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Benchmarks;

/// <summary>Writes a checkpoint again as float: ONNX Runtime reads only that by itself, and what is compared with must need nothing of ours.</summary>
internal static class WideCopy
{
    public static void Write(string from, string to)
    {
        var source = SafetensorsFile.Open(from);
        var tensors = source.Tensors.Values.Where(t => t.Type is TensorType.F16 or TensorType.BF16 or TensorType.F32).ToList();
        var header = new Dictionary<string, object>(StringComparer.Ordinal);
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            header[tensor.Name] = new { dtype = "F32", shape = tensor.Shape, data_offsets = new[] { offset, offset + tensor.Elements * sizeof(float) } };
            offset += tensor.Elements * sizeof(float);
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        using var file = File.Create(to);
        file.Write(BitConverter.GetBytes((ulong)json.Length));
        file.Write(json);
        foreach (var tensor in tensors) file.Write(MemoryMarshal.AsBytes<float>(TensorData.Floats(tensor)));
    }
}
