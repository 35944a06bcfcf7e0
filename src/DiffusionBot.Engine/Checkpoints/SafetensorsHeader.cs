using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace DiffusionBot.Engine.Checkpoints;

/// <summary>The JSON header of a .safetensors file, checked against the file's length. Streamed: it is on the way of every start.</summary>
internal sealed class SafetensorsHeader
{
    // Root, tensor, shape: 3. Unknown fields are skipped and may have some depth of their own.
    private const int MaxDepth = 16;

    private readonly string path;
    private readonly long dataStart;
    private readonly long fileLength;
    private readonly Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly List<long> dimensions = [];

    private SafetensorsHeader(string path, long dataStart, long fileLength) =>
        (this.path, this.dataStart, this.fileLength) = (path, dataStart, fileLength);

    public IReadOnlyDictionary<string, TensorInfo> Tensors => tensors;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <param name="json">The header's bytes.</param>
    /// <param name="path">For messages.</param>
    /// <param name="dataStart">Where in the file the data begins: tensors' offsets count from there.</param>
    /// <param name="fileLength">Where the last tensor must end.</param>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string path, long dataStart, long fileLength)
    {
        var header = new SafetensorsHeader(path, dataStart, fileLength);
        if (!Utf8.IsValid(json)) throw header.Error("the header is not UTF-8");
        try
        {
            header.ReadRoot(json);
        }
        catch (JsonException e)
        {
            throw new InvalidCheckpointException($"{path}: the header is not sound JSON: {e.Message}", e);
        }
        header.CheckCover();
        return header;
    }

    private void ReadRoot(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw Error($"the header is {Kind(reader.TokenType)}; expected a JSON object");
        var hasMetadata = false;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            if (name == "__metadata__")
            {
                if (hasMetadata) throw Error("'__metadata__' is there twice");
                hasMetadata = true;
                ReadMetadata(ref reader);
            }
            else if (!tensors.TryAdd(name, ReadTensor(ref reader, name)))
            {
                throw Error($"tensor '{ModelFileAccess.Printable(name)}' is there twice");
            }
        }
        reader.Read();   // throws if anything but white space follows
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (Next(ref reader) != JsonTokenType.StartObject)
            throw Error($"'__metadata__' is {Kind(reader.TokenType)}; expected an object of strings");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var key = Text(ref reader);
            if (Next(ref reader) != JsonTokenType.String)
                throw Error($"metadata '{ModelFileAccess.Printable(key)}' is {Kind(reader.TokenType)}; expected a string");
            if (!metadata.TryAdd(key, Text(ref reader))) throw Error($"metadata '{ModelFileAccess.Printable(key)}' is there twice");
        }
    }

    private TensorInfo ReadTensor(ref Utf8JsonReader reader, string name)
    {
        if (Next(ref reader) != JsonTokenType.StartObject)
            throw TensorError(name, $"is {Kind(reader.TokenType)}; expected an object");
        TensorType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "dtype"u8)) type = type is null ? ReadType(ref reader, name) : throw TensorError(name, "has 'dtype' twice");
            else if (Is(ref reader, "shape"u8)) shape = shape is null ? ReadIntegers(ref reader, name, "shape") : throw TensorError(name, "has 'shape' twice");
            else if (Is(ref reader, "data_offsets"u8)) offsets = offsets is null ? ReadIntegers(ref reader, name, "data_offsets") : throw TensorError(name, "has 'data_offsets' twice");
            else reader.Skip();   // as the original reader does
        }
        if (type is null) throw TensorError(name, "has no dtype");
        if (shape is null) throw TensorError(name, "has no shape");
        if (offsets is null) throw TensorError(name, "has no data_offsets");
        return Checked(name, type.Value, shape, offsets);
    }

    private TensorType ReadType(ref Utf8JsonReader reader, string name)
    {
        if (Next(ref reader) != JsonTokenType.String) throw TensorError(name, $"has a dtype that is {Kind(reader.TokenType)}; expected a string");
        return Text(ref reader) switch
        {
            "F32" => TensorType.F32,
            "F16" => TensorType.F16,
            "F64" => TensorType.F64,
            "BF16" => TensorType.BF16,
            "I64" => TensorType.I64,
            "I32" => TensorType.I32,
            "I16" => TensorType.I16,
            "I8" => TensorType.I8,
            "U64" => TensorType.U64,
            "U32" => TensorType.U32,
            "U16" => TensorType.U16,
            "U8" => TensorType.U8,
            "BOOL" => TensorType.Bool,
            "F8_E4M3" => TensorType.F8E4M3,
            "F8_E5M2" => TensorType.F8E5M2,
            var other => throw TensorError(name, $"has the unknown dtype '{ModelFileAccess.Printable(other)}'; known are F64, F32, F16, BF16, F8_E4M3, F8_E5M2, I64 to I8, U64 to U8 and BOOL"),
        };
    }

    private long[] ReadIntegers(ref Utf8JsonReader reader, string name, string what)
    {
        if (Next(ref reader) != JsonTokenType.StartArray)
            throw TensorError(name, $"has a {what} that is {Kind(reader.TokenType)}; expected an array");
        dimensions.Clear();
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw TensorError(name, $"has a {what} with {(reader.TokenType == JsonTokenType.Number ? Raw(ref reader) : Kind(reader.TokenType))} in it; expected integers from 0 to 2^63 - 1");
            dimensions.Add(number);
        }
        return [.. dimensions];
    }

    private TensorInfo Checked(string name, TensorType type, long[] shape, long[] offsets)
    {
        if (offsets is not [var begin, var end]) throw TensorError(name, $"has {offsets.Length} data_offsets; expected 2");
        if (end < begin) throw TensorError(name, $"begins at byte {begin} of the data and ends at {end}, before that");
        var dataBytes = fileLength - dataStart;
        if (end > dataBytes) throw TensorError(name, $"ends at byte {end} of the data; the file has {dataBytes} bytes of it. The download may be incomplete");
        if (!TryCount(shape, type.Size(), out var bytes)) throw TensorError(name, $"has the shape {Weights.Show(shape)}, whose size overflows");
        if (bytes != end - begin) throw TensorError(name, $"has {end - begin} bytes; {type} of shape {Weights.Show(shape)} takes {bytes}");
        return new TensorInfo(name, type, shape, path, dataStart + begin, bytes);
    }

    private static bool TryCount(long[] shape, int size, out long bytes)
    {
        bytes = 0;
        var product = (UInt128)(uint)size;
        foreach (var dimension in shape)
        {
            product *= (UInt128)dimension;
            if (product > long.MaxValue) return false;
        }
        bytes = (long)product;
        return true;
    }

    /// <summary>Tensors in the order of their offsets must follow each other, to the end of the file.</summary>
    private void CheckCover()
    {
        // A header without a tensor makes no claim; what the file is for is the caller's question.
        if (tensors.Count == 0) return;
        var inOrder = tensors.Values.ToArray();
        Array.Sort(inOrder, static (a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.Length.CompareTo(b.Length));
        var reached = dataStart;
        foreach (var tensor in inOrder)
        {
            if (tensor.Offset < reached) throw TensorError(tensor.Name, $"begins at byte {tensor.Offset - dataStart} of the data and overlaps the tensor before it, which ends at {reached - dataStart}");
            if (tensor.Offset > reached) throw TensorError(tensor.Name, $"begins at byte {tensor.Offset - dataStart} of the data; the bytes from {reached - dataStart} belong to no tensor");
            reached = tensor.Offset + tensor.Length;
        }
        if (reached != fileLength) throw Error($"tensors end at byte {reached}, the file at {fileLength}");
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader)
    {
        reader.Read();   // throws where the JSON ends early
        return reader.TokenType;
    }

    /// <summary>Like ValueTextEquals, which throws InvalidOperationException at half a surrogate pair.</summary>
    private bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> text) => reader.ValueIsEscaped
        ? Text(ref reader) == Encoding.UTF8.GetString(text)
        : reader.ValueSpan.SequenceEqual(text);

    private string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidCheckpointException($"{path}: the header has a string with half a surrogate pair: {e.Message}", e);
        }
    }

    private static string Raw(ref Utf8JsonReader reader) =>
        ModelFileAccess.Printable(Encoding.UTF8.GetString(reader.ValueSpan));

    private static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        _ => "empty",
    };

    private InvalidCheckpointException Error(string found) => new($"{path}: {found}.");

    private InvalidCheckpointException TensorError(string name, string found) => Error($"tensor '{ModelFileAccess.Printable(name)}' {found}");
}
