using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DiffusionBot.Engine.Tests.Checkpoints;
using DiffusionBot.Engine.Tests.Checkpoints.Torch;

namespace DiffusionBot.Engine.Tests.Models;

/// <summary>A tiny checkpoint's tensors, to be written again in other types, shapes or names: broken checkpoints are made from it.</summary>
internal sealed class TinyCheckpoint
{
    private readonly OrderedDictionary<string, (string Type, long[] Shape, byte[] Data)> tensors = new(StringComparer.Ordinal);

    /// <summary>A copy of its own, as the reference file has it: F16.</summary>
    public static TinyCheckpoint Read(string family = "tiny-sd1")
    {
        var file = ReferenceTensors.Open($"families/{family}/model.safetensors");
        var copy = new TinyCheckpoint();
        foreach (var name in file.Names)
            copy.tensors[name] = (file.Type(name), [.. file.Shape(name).Select(d => (long)d)], file.Read<byte>(name, file.Type(name)));
        return copy;
    }

    public IEnumerable<string> Names => tensors.Keys;

    public long[] Shape(string name) => tensors[name].Shape;

    /// <summary>All floating tensors as F32 or BF16. With <paramref name="roundToBf16"/>, F32 holds what BF16 would.</summary>
    public TinyCheckpoint As(string type, bool roundToBf16 = false)
    {
        foreach (var (name, tensor) in tensors.ToArray())
        {
            if (tensor.Type != "F16") continue;
            var floats = Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(tensor.Data).ToArray(), h => (float)h);
            if (type == "BF16" || roundToBf16)
            {
                for (var i = 0; i < floats.Length; i++) floats[i] = BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(floats[i]) + 0x8000) & 0xFFFF0000);
            }
            tensors[name] = (type, tensor.Shape, type == "F32"
                ? MemoryMarshal.AsBytes<float>(floats).ToArray()
                : MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(floats, f => (ushort)(BitConverter.SingleToUInt32Bits(f) >> 16))).ToArray());
        }
        return this;
    }

    public TinyCheckpoint Without(Func<string, bool> isLeftOut)
    {
        foreach (var name in tensors.Keys.Where(isLeftOut).ToArray()) tensors.Remove(name);
        return this;
    }

    /// <summary>A tensor of another shape, zeros in it.</summary>
    public TinyCheckpoint Reshaped(string name, params long[] shape)
    {
        tensors[name] = ("F16", shape, new byte[2 * shape.Aggregate(1L, (a, b) => a * b)]);
        return this;
    }

    /// <summary>A tensor of a type that no weight has.</summary>
    public TinyCheckpoint AsIntegers(string name)
    {
        tensors[name] = ("I16", tensors[name].Shape, tensors[name].Data);
        return this;
    }

    /// <summary>Tensors whose names begin so, with another beginning; the others are left out.</summary>
    public TinyCheckpoint Only(string beginning, string instead)
    {
        var kept = tensors.Where(t => t.Key.StartsWith(beginning, StringComparison.Ordinal)).ToArray();
        tensors.Clear();
        foreach (var (name, tensor) in kept) tensors[instead + name[beginning.Length..]] = tensor;
        return this;
    }

    /// <summary>Tensors whose names begin so, with another beginning; the others stay.</summary>
    public TinyCheckpoint Renamed(string beginning, string instead)
    {
        foreach (var (name, tensor) in tensors.Where(t => t.Key.StartsWith(beginning, StringComparison.Ordinal)).ToArray())
        {
            tensors.Remove(name);
            tensors[instead + name[beginning.Length..]] = tensor;
        }
        return this;
    }

    /// <summary>The numbers of every tensor times a factor.</summary>
    public TinyCheckpoint Scaled(float factor)
    {
        foreach (var (name, tensor) in tensors.ToArray())
        {
            if (tensor.Type != "F16") continue;
            var halves = Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(tensor.Data).ToArray(), h => (Half)((float)h * factor));
            tensors[name] = (tensor.Type, tensor.Shape, MemoryMarshal.AsBytes<Half>(halves).ToArray());
        }
        return this;
    }

    /// <summary>The file as torch.save writes it; with <paramref name="transposed"/>, matrices lie column by column.</summary>
    public byte[] ToTorch(bool transposed = false)
    {
        var file = new TorchBytes();
        foreach (var (name, tensor) in tensors) file.Add(name, tensor.Type, tensor.Shape, tensor.Data, transposed && tensor.Shape.Length == 2);
        return file.ToBytes();
    }

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        var (header, end) = (new Dictionary<string, object>(StringComparer.Ordinal), 0L);
        foreach (var (name, tensor) in tensors)
        {
            header[name] = new { dtype = tensor.Type, shape = tensor.Shape, data_offsets = new[] { end, end + tensor.Data.Length } };
            end += tensor.Data.Length;
        }
        var data = new byte[end];
        var at = 0;
        foreach (var (_, tensor) in tensors)
        {
            tensor.Data.CopyTo(data, at);
            at += tensor.Data.Length;
        }
        return Safetensors.File(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header)), data);
    }
}
