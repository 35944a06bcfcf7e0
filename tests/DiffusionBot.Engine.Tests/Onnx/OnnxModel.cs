using System.Text;
using Google.Protobuf;

namespace DiffusionBot.Engine.Tests.Onnx;

/// <summary>An ONNX model read back by field numbers (onnx.proto3): what checks the writer must not be the writer.</summary>
internal sealed class OnnxModel
{
    public long IrVersion { get; private set; }

    public List<(string Domain, long Version)> Opsets { get; } = [];

    public List<OnnxNode> Nodes { get; } = [];

    public List<OnnxTensor> Initializers { get; } = [];

    public List<(string Name, long Type)> Inputs { get; } = [];

    public List<(string Name, long Type)> Outputs { get; } = [];

    public static OnnxModel Parse(byte[] bytes)
    {
        var model = new OnnxModel();
        foreach (var field in Fields(bytes))
        {
            if (field.Number == 1) model.IrVersion = field.Varint;
            if (field.Number == 7) model.ReadGraph(field.Bytes);
            if (field.Number != 8) continue;
            var opset = Fields(field.Bytes).ToLookup(f => f.Number);
            model.Opsets.Add((opset[1].Select(f => f.Text).FirstOrDefault(""), opset[2].Single().Varint));
        }
        return model;
    }

    private void ReadGraph(byte[] bytes)
    {
        foreach (var field in Fields(bytes))
        {
            switch (field.Number)
            {
                case 1: Nodes.Add(OnnxNode.Of(Fields(field.Bytes).ToLookup(f => f.Number))); break;
                case 5: Initializers.Add(OnnxTensor.Of(Fields(field.Bytes).ToLookup(f => f.Number))); break;
                case 11: Inputs.Add(PortOf(field.Bytes)); break;
                case 12: Outputs.Add(PortOf(field.Bytes)); break;
            }
        }
    }

    private static (string, long) PortOf(byte[] bytes)
    {
        var port = Fields(bytes).ToLookup(f => f.Number);
        var tensor = Fields(Fields(port[2].Single().Bytes).Single(f => f.Number == 1).Bytes);
        return (port[1].Single().Text, tensor.Single(f => f.Number == 1).Varint);
    }

    internal static List<Field> Fields(byte[] bytes)
    {
        var (fields, input) = (new List<Field>(), new CodedInputStream(bytes));
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => new Field(number, input.ReadInt64(), 0, []),
                WireFormat.WireType.Fixed32 => new Field(number, 0, input.ReadFloat(), []),
                _ => new Field(number, 0, 0, input.ReadBytes().ToByteArray()),
            });
        }
        return fields;
    }

    internal sealed record Field(int Number, long Varint, float Float, byte[] Bytes)
    {
        public string Text => Encoding.UTF8.GetString(Bytes);
    }
}

/// <summary>A node; attributes as float, long, string or long[].</summary>
internal sealed record OnnxNode(string Name, string Domain, string Operator, string[] Inputs, string[] Outputs, IReadOnlyDictionary<string, object> Attributes)
{
    public static OnnxNode Of(ILookup<int, OnnxModel.Field> node) => new(
        node[3].Single().Text, node[7].Select(f => f.Text).FirstOrDefault(""), node[4].Single().Text, [.. node[1].Select(f => f.Text)], [.. node[2].Select(f => f.Text)],
        node[5].Select(f => OnnxModel.Fields(f.Bytes).ToLookup(a => a.Number)).ToDictionary(a => a[1].Single().Text, ValueOf, StringComparer.Ordinal));

    private static object ValueOf(ILookup<int, OnnxModel.Field> attribute) => attribute[20].Single().Varint switch
    {
        1 => attribute[2].Single().Float,
        2 => attribute[3].Select(f => f.Varint).FirstOrDefault(),
        3 => attribute[4].Single().Text,
        7 => attribute[8].Select(f => f.Varint).ToArray(),
        var other => throw new InvalidDataException($"An attribute of the unknown type {other}."),
    };
}

/// <summary>An initializer; `External` holds location, offset and length where its numbers lie elsewhere.</summary>
internal sealed record OnnxTensor(string Name, long Type, long[] Shape, byte[] Raw, bool IsExternal, IReadOnlyDictionary<string, string> External)
{
    public static OnnxTensor Of(ILookup<int, OnnxModel.Field> tensor) => new(
        tensor[8].Single().Text, tensor[2].Single().Varint, [.. tensor[1].Select(f => f.Varint)], tensor[9].Select(f => f.Bytes).FirstOrDefault([]),
        tensor[14].Any(f => f.Varint == 1), tensor[13].Select(f => OnnxModel.Fields(f.Bytes)).ToDictionary(e => e.Single(f => f.Number == 1).Text, e => e.Single(f => f.Number == 2).Text, StringComparer.Ordinal));
}
