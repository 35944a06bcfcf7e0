using System.Globalization;
using Google.Protobuf;
using static Google.Protobuf.WireFormat;

namespace DiffusionBot.Engine.Onnx;

/// <summary>
/// Writes a graph as the bytes of an ONNX model. Field numbers are those of onnx.proto3 (ONNX IR, MIT/Apache-2.0):
/// only the messages and fields that our graphs have.
/// </summary>
internal static class ModelWriter
{
    private const int IrVersion = 10;

    /// <param name="graph">A finished graph.</param>
    /// <param name="locationOf">
    /// For a weight: the file within the session's folder of external data, and whether ONNX Runtime is to read it there. One that is
    /// handed over in memory needs a file as well: its existence is checked.
    /// </param>
    public static byte[] Write(GraphBuilder graph, Func<WeightUse, (string File, bool Read)> locationOf)
    {
        return Message(model =>
        {
            model.Varint(1, IrVersion);
            model.String(2, "DiffusionBot");
            model.Nested(7, g => WriteGraph(g, graph, locationOf));
            foreach (var (domain, version) in graph.Opsets)
            {
                model.Nested(8, o =>
                {
                    o.String(1, domain);
                    o.Varint(2, version);
                });
            }
        });
    }

    private static void WriteGraph(Fields graph, GraphBuilder source, Func<WeightUse, (string File, bool Read)> locationOf)
    {
        foreach (var node in source.Nodes) graph.Nested(1, n => WriteNode(n, node));
        graph.String(2, source.Name);
        foreach (var constant in source.Constants)
        {
            graph.Nested(5, t =>
            {
                WriteTensorHead(t, constant.Name, constant.Type, constant.Shape);
                t.Bytes(9, constant.Bytes);
            });
        }
        foreach (var weight in source.Weights)
        {
            var (file, read) = locationOf(weight);
            graph.Nested(5, t =>
            {
                WriteTensorHead(t, weight.Name, weight.Type, weight.Shape);
                Entry(t, "location", file);
                // What is handed over in memory is declared external too, at no place in particular: nothing reads it there.
                Entry(t, "offset", (read ? weight.Tensor.Offset : 0).ToString(CultureInfo.InvariantCulture));
                if (read) Entry(t, "length", weight.Tensor.Length.ToString(CultureInfo.InvariantCulture));
                t.Varint(14, 1);   // data_location: EXTERNAL
            });
        }
        foreach (var port in source.Inputs) graph.Nested(11, p => WritePort(p, port));
        foreach (var port in source.Outputs) graph.Nested(12, p => WritePort(p, port));

        static void Entry(Fields tensor, string key, string value) => tensor.Nested(13, e =>
        {
            e.String(1, key);
            e.String(2, value);
        });
    }

    private static void WriteTensorHead(Fields tensor, string name, ElementType type, long[] shape)
    {
        foreach (var dimension in shape) tensor.Varint(1, dimension);
        tensor.Varint(2, (long)type);
        tensor.String(8, name);
    }

    private static void WriteNode(Fields node, Node source)
    {
        foreach (var input in source.Inputs) node.String(1, input);
        foreach (var output in source.Outputs) node.String(2, output);
        node.String(3, source.Outputs[0]);   // a node is called like what it makes
        node.String(4, source.Operator);
        foreach (var attribute in source.Attributes) node.Nested(5, a => WriteAttribute(a, attribute));
        node.String(7, source.Domain);
    }

    private static void WriteAttribute(Fields attribute, NodeAttribute source)
    {
        attribute.String(1, source.Name);
        switch (source.Value)
        {
            case float f:
                attribute.Float(2, f);
                attribute.Varint(20, 1);
                break;
            case long i:
                attribute.Varint(3, i);
                attribute.Varint(20, 2);
                break;
            case string s:
                attribute.String(4, s);
                attribute.Varint(20, 3);
                break;
            case long[] many:
                foreach (var one in many) attribute.Varint(8, one);
                attribute.Varint(20, 7);
                break;
            default:
                throw new ArgumentException($"Attribute '{source.Name}' is a {source.Value.GetType().Name}; ONNX Runtime is given float, long, string or long[].", nameof(source));
        }
    }

    private static void WritePort(Fields port, GraphPort source)
    {
        port.String(1, source.Name);
        port.Nested(2, type => type.Nested(1, tensor =>
        {
            tensor.Varint(1, (long)source.Type);
            tensor.Nested(2, shape =>
            {
                for (var i = 0; i < source.Shape.Length; i++)
                {
                    var (size, name) = (source.Shape[i], source.DimensionNames[i]);
                    shape.Nested(1, dimension =>
                    {
                        if (size >= 0) dimension.Varint(1, size);
                        else dimension.String(2, name);
                    });
                }
            });
        }));
    }

    private static byte[] Message(Action<Fields> write)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true)) write(new Fields(output));
        return buffer.ToArray();
    }

    /// <summary>The fields of one message.</summary>
    private readonly struct Fields(CodedOutputStream output)
    {
        public void Varint(int field, long value)
        {
            output.WriteTag(field, WireType.Varint);
            output.WriteInt64(value);
        }

        public void Float(int field, float value)
        {
            output.WriteTag(field, WireType.Fixed32);
            output.WriteFloat(value);
        }

        public void String(int field, string value)
        {
            output.WriteTag(field, WireType.LengthDelimited);
            output.WriteString(value);
        }

        public void Bytes(int field, byte[] value)
        {
            output.WriteTag(field, WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(value));
        }

        public void Nested(int field, Action<Fields> write) => Bytes(field, Message(write));
    }
}
