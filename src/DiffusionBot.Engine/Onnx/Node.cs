namespace DiffusionBot.Engine.Onnx;

/// <summary>Element types that the graphs use; the numbers are ONNX's (TensorProto.DataType).</summary>
internal enum ElementType
{
    Float = 1,
    Int32 = 6,
    Int64 = 7,
    Half = 10,
}

/// <summary>An operator of the graph, as ONNX's NodeProto has it.</summary>
internal sealed record Node(string Domain, string Operator, string[] Inputs, string[] Outputs, IReadOnlyList<NodeAttribute> Attributes);

/// <summary>A constant of an operator. The value is a float, long, string or long[].</summary>
internal sealed record NodeAttribute(string Name, object Value);

/// <summary>An input or output of the graph. A negative dimension is dynamic and is named by <see cref="DimensionNames"/>.</summary>
internal sealed record GraphPort(string Name, ElementType Type, long[] Shape, string[] DimensionNames);

/// <summary>A small constant whose bytes stand in the graph itself.</summary>
internal sealed record Constant(string Name, ElementType Type, long[] Shape, byte[] Bytes);
