using System.Runtime.InteropServices;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Testing;

namespace DiffusionBot.Engine.Tests.Checkpoints;

public sealed class TensorDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_half_becomes_its_float()
    {
        var halves = Enumerable.Range(0, 65536).Select(i => BitConverter.UInt16BitsToHalf((ushort)i)).ToArray();
        var floats = TensorData.Floats(Tensor("F16", halves));
        Assert.Equal(halves.Select(h => BitConverter.SingleToUInt32Bits((float)h)), floats.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Every_bfloat_becomes_its_float()
    {
        var bits = Enumerable.Range(0, 65536).Select(i => (ushort)i).ToArray();
        var floats = TensorData.Floats(Tensor("BF16", bits));
        Assert.Equal(bits.Select(b => (uint)b << 16), floats.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Doubles_are_rounded_and_floats_stay()
    {
        double[] doubles = [0, -0.1, 1 / 3.0, 1e300, double.NaN, double.NegativeInfinity, Math.PI, 1e-50];
        Assert.Equal(doubles.Select(d => (float)d), TensorData.Floats(Tensor("F64", doubles)));
        float[] floats = [0.1f, -0f, float.Epsilon, float.MaxValue, float.NaN];
        Assert.Equal(floats, TensorData.Floats(Tensor("F32", floats)));
    }

    [Fact]
    public void A_tensor_of_several_pieces_is_whole()
    {
        var numbers = Enumerable.Range(0, 1_000_003).Select(i => (Half)(i % 2048)).ToArray();
        Assert.Equal(numbers.Select(h => (float)h), TensorData.Floats(Tensor("F16", numbers)));
    }

    [Fact]
    public void A_real_tensor_is_read_where_it_lies()
    {
        var file = SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors"));
        const string name = "first_stage_model.decoder.conv_in.weight";
        var expected = ReferenceTensors.Open("families/tiny-sd1/model.safetensors").Read<Half>(name, "F16");
        Assert.Equal(expected.Select(h => (float)h), TensorData.Floats(file.Tensors[name]));
    }

    [Fact]
    public unsafe void Many_tensors_are_read_at_once()
    {
        var file = SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors"));
        var tensors = file.Tensors.Values.Where(t => t.Type == TensorType.F16).ToArray();
        var all = (float*)NativeMemory.Alloc((nuint)tensors.Sum(t => t.Elements), sizeof(float));
        try
        {
            var places = new List<(TensorInfo, nint)>();
            var next = all;
            foreach (var tensor in tensors)
            {
                places.Add((tensor, (nint)next));
                next += tensor.Elements;
            }
            TensorData.Read(places, TestContext.Current.CancellationToken);
            foreach (var (tensor, place) in places)
                Assert.True(TensorData.Floats(tensor).AsSpan().SequenceEqual(new Span<float>((float*)place, (int)tensor.Elements)), tensor.Name);
        }
        finally
        {
            NativeMemory.Free(all);
        }
    }

    [Fact]
    public void Cancelling_stops_the_reading()
    {
        var tensor = Tensor("F16", new Half[1_000_000]);
        var floats = new float[1_000_000];
        var pinned = GCHandle.Alloc(floats, GCHandleType.Pinned);
        try
        {
            Assert.ThrowsAny<OperationCanceledException>(() => TensorData.Read([(tensor, pinned.AddrOfPinnedObject())], new CancellationToken(canceled: true)));
        }
        finally
        {
            pinned.Free();
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public void A_file_that_shrank_since_is_an_error_that_says_so(int elements)
    {
        var tensor = Tensor("F16", new Half[elements]);
        using (var file = File.OpenWrite(tensor.File)) file.SetLength(file.Length - 10);
        var error = Assert.Throws<InvalidCheckpointException>(() => TensorData.Floats(tensor));
        Assert.StartsWith($"{tensor.File}: the file ends at byte {new FileInfo(tensor.File).Length}", error.Message, StringComparison.Ordinal);
        Assert.Contains("shrank", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Integers_are_no_weights()
    {
        var error = Assert.Throws<InvalidCheckpointException>(() => TensorData.Floats(Tensor("I64", new long[2])));
        Assert.EndsWith("tensor 'a' is I64; weights are read from F64, F32, F16 and BF16.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_tensor_is_empty() => Assert.Empty(TensorData.Floats(Tensor("F16", Array.Empty<Half>())));

    private TensorInfo Tensor<T>(string type, T[] elements) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(elements.AsSpan()).ToArray();
        return SafetensorsFile.Open(folder.Write("t.safetensors", Safetensors.WithData(type, elements.Length, bytes))).Tensors["a"];
    }
}
