using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DiffusionBot.Testing;

/// <summary>
/// Tensors of a reference file (.safetensors), read by a few lines of its own: what checks the engine's reader
/// must not be that reader. Trusted files only.
/// </summary>
internal sealed class ReferenceTensors
{
    private readonly byte[] file;
    private readonly int dataStart;
    private readonly Dictionary<string, (string Type, int[] Shape, int Start, int End)> tensors = new(StringComparer.Ordinal);

    private ReferenceTensors(byte[] file)
    {
        this.file = file;
        var headerBytes = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        dataStart = 8 + headerBytes;
        using var header = JsonDocument.Parse(file.AsMemory(8, headerBytes));
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__") continue;
            var offsets = entry.Value.GetProperty("data_offsets");
            tensors[entry.Name] = (entry.Value.GetProperty("dtype").GetString()!,
                [.. entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32())],
                offsets[0].GetInt32(), offsets[1].GetInt32());
        }
    }

    /// <summary>Opens a file of tests/reference.</summary>
    public static ReferenceTensors Open(string referencePath) => new(File.ReadAllBytes(TestData.Reference(referencePath)));

    public IEnumerable<string> Names => tensors.Keys;

    public bool Has(string name) => tensors.ContainsKey(name);

    public int[] Shape(string name) => tensors[name].Shape;

    /// <summary>A tensor as float, row-major. F32 only.</summary>
    public float[] Floats(string name) => Read<float>(name, "F32");

    /// <summary>A tensor's raw elements, with the type that the header must name.</summary>
    public T[] Read<T>(string name, string type) where T : unmanaged
    {
        var t = tensors[name];
        if (t.Type != type) throw new InvalidOperationException($"{name} is {t.Type}, the test wants {type}.");
        return MemoryMarshal.Cast<byte, T>(file.AsSpan(dataStart + t.Start, t.End - t.Start)).ToArray();
    }

    /// <summary>The type the header names: F32, F64, I64, U32, U8 ...</summary>
    public string Type(string name) => tensors[name].Type;
}
