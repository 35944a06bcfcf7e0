using System.Buffers.Binary;
using System.Text;

namespace DiffusionBot.Engine.Tests.Checkpoints;

/// <summary>Writes .safetensors files for tests: sound ones, and whatever header a test makes up.</summary>
internal static class Safetensors
{
    /// <summary>A header as given, sound or not, with zeros as data.</summary>
    public static byte[] File(string header, int dataBytes = 0) => File(Encoding.UTF8.GetBytes(header), new byte[dataBytes]);

    public static byte[] File(byte[] header, byte[] data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        return [.. length, .. header, .. data];
    }

    /// <summary>Tensors of zeros, F16, each of the shape given.</summary>
    public static byte[] WithTensors(params ReadOnlySpan<(string Name, long[] Shape)> tensors) => WithTensors("", tensors);

    /// <summary>Likewise, with this `__metadata__` (JSON).</summary>
    public static byte[] WithTensors(string metadata, params ReadOnlySpan<(string Name, long[] Shape)> tensors)
    {
        var end = 0L;
        var entries = new List<string>();
        if (metadata.Length > 0) entries.Add($"\"__metadata__\":{metadata}");
        foreach (var (name, shape) in tensors)
        {
            var begin = end;
            end += 2 * shape.Aggregate(1L, (a, b) => a * b);
            entries.Add($"\"{name}\":{{\"dtype\":\"F16\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{begin},{end}]}}");
        }
        return File($"{{{string.Join(',', entries)}}}", (int)end);
    }

    /// <summary>A tensor 'a' of this type with these bytes.</summary>
    public static byte[] WithData(string type, long elements, byte[] data) => File(
        Encoding.UTF8.GetBytes($"{{\"a\":{{\"dtype\":\"{type}\",\"shape\":[{elements}],\"data_offsets\":[0,{data.Length}]}}}}"), data);

    /// <summary>The names by which a checkpoint of a family is known, with tiny tensors.</summary>
    public static byte[] Checkpoint(string textEncoder = "cond_stage_model.transformer.text_model.embeddings.position_embedding.weight", long inputs = 4, string metadata = "") =>
        WithTensors(metadata, (textEncoder, [2]), ("model.diffusion_model.input_blocks.0.0.weight", [2, inputs, 3, 3]), ("first_stage_model.decoder.conv_in.weight", [2]), ("first_stage_model.decoder.up.0.block.0.conv1.weight", [2]));
}
