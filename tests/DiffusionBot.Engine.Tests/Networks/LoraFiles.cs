using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Networks;

/// <summary>Writes network files: tensors of numbers that a seed makes.</summary>
internal static class LoraFiles
{
    /// <summary>A layer of tiny-sd1 by kohya's name, [32, 32].</summary>
    public const string Query = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";

    /// <summary>The bytes of a safetensors file, F32, with small numbers.</summary>
    public static byte[] Bytes(int seed, IReadOnlyDictionary<string, string>? metadata, params ReadOnlySpan<(string Name, long[] Shape)> tensors) => Bytes(seed, 0.05f, metadata, tensors);

    /// <summary>The same with numbers up to <paramref name="most"/> either way.</summary>
    public static byte[] Bytes(int seed, float most, IReadOnlyDictionary<string, string>? metadata, params ReadOnlySpan<(string Name, long[] Shape)> tensors)
    {
        var random = new Random(seed);
        var header = new Dictionary<string, object>(StringComparer.Ordinal);
        if (metadata is not null) header["__metadata__"] = metadata;
        var numbers = new List<float>();
        foreach (var (name, shape) in tensors)
        {
            var begin = numbers.Count;
            for (var i = 0L; i < shape.Aggregate(1L, (a, b) => a * b); i++) numbers.Add((random.NextSingle() - 0.5f) * 2 * most);
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { begin * 4, numbers.Count * 4 } };
        }
        return Safetensors.File(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header)), MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(numbers)).ToArray());
    }
}
