using System.Runtime.InteropServices;
using System.Text;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Runtime;

/// <summary>Layouts and conversions against what they are by definition, element by element.</summary>
public sealed class WeightMemoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<int, int, int, int, string, int> Kernels
    {
        get
        {
            // Outputs, inputs, side of the kernel, block; multiples of the block and not.
            var data = new TheoryData<int, int, int, int, string, int>
            {
                { 16, 16, 3, 16, "F16", 0 }, { 32, 64, 1, 16, "F32", 1 }, { 20, 36, 3, 16, "BF16", 2 }, { 3, 16, 3, 8, "F16", 3 }, { 17, 8, 3, 8, "F32", 4 }, { 1, 12, 1, 8, "F16", 5 },
            };
            var random = new Random(4321);
            for (var i = 0; i < 12; i++)
                data.Add(random.Next(1, 50), random.Next(1, 50), random.Next(2) == 0 ? 1 : 3, random.Next(2) == 0 ? 8 : 16, random.Next(3) switch { 0 => "F32", 1 => "F16", _ => "BF16" }, 100 + i);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_kernel_in_blocks_is_O_I_H_W_i_o(int outputs, int inputs, int side, int block, string type, int seed)
    {
        var (tensor, numbers) = Write(type, [outputs, inputs, side, side], seed);
        var (filledO, filledI) = (FilledUp(outputs, block), FilledUp(inputs, block));
        var actual = Load(new WeightUse("w", tensor, ElementType.Float, WeightLayout.BlockedKernel, [filledO, filledI, side, side]), block);

        var expected = new float[filledO * filledI * side * side];
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                for (var k = 0; k < side * side; k++)
                    expected[(((((o / block * (filledI / block)) + (i / block)) * side * side) + k) * block + (i % block)) * block + (o % block)] = numbers[(o * inputs + i) * side * side + k];
            }
        }
        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_kernel_of_plain_input_is_O_I_H_W_o(int outputs, int inputs, int side, int block, string type, int seed)
    {
        var (tensor, numbers) = Write(type, [outputs, inputs, side, side], seed);
        var filledO = FilledUp(outputs, block);
        var actual = Load(new WeightUse("w", tensor, ElementType.Float, WeightLayout.BlockedKernelOfPlainInput, [filledO, inputs, side, side]), block);

        var expected = new float[filledO * inputs * side * side];
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                for (var k = 0; k < side * side; k++)
                    expected[(((o / block * inputs + i) * side * side) + k) * block + (o % block)] = numbers[(o * inputs + i) * side * side + k];
            }
        }
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(3, 16)]
    public void A_bias_is_filled_up_with_zeros(int outputs, int filled)
    {
        var (tensor, numbers) = Write("F16", [outputs], seed: outputs);
        var actual = Load(new WeightUse("b", tensor, ElementType.Float, WeightLayout.BlockedBias, [filled]), 16);
        Assert.Equal([.. numbers, .. new float[filled - outputs]], actual);
    }

    [Theory]
    [InlineData("F64")]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Plain_weights_become_float(string type)
    {
        // More than one piece of work.
        var (tensor, numbers) = Write(type, [3, 700_001], seed: 7);
        Assert.Equal(numbers, Load(new WeightUse("w", tensor, ElementType.Float, WeightLayout.Plain, [3, 700_001]), 16));
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Plain_weights_become_half(string type)
    {
        var (tensor, numbers) = Write(type, [3, 700_001], seed: 8);
        using var memory = WeightMemory.Load([new WeightUse("w", tensor, ElementType.Half, WeightLayout.Plain, [3, 700_001])], 0, CancellationToken.None);
        var (address, bytes) = memory.Places["w"];
        Assert.Equal(numbers.Length * 2, bytes);
        var actual = new short[numbers.Length];
        Marshal.Copy(address, actual, 0, actual.Length);
        Assert.Equal(Array.ConvertAll(numbers, n => (Half)n), MemoryMarshal.Cast<short, Half>(actual).ToArray());
    }

    [Fact]
    public void The_halves_of_a_gated_layer_are_its_rows()
    {
        var (tensor, _) = Write("F32", [8, 4], seed: 9, "ff.weight");
        var (bias, _) = Write("F32", [8], seed: 10, "ff.bias");
        var g = new GraphBuilder("gated", GraphTarget.Plain);
        g.GatedGelu(g.Input("x", ElementType.Float, 4, "b", 4L), new Weights(new Dictionary<string, TensorInfo>(StringComparer.Ordinal) { ["ff.weight"] = tensor, ["ff.bias"] = bias }, "file", "ff."), 4);
        var uses = g.Weights.ToDictionary(w => w.Name, StringComparer.Ordinal);
        Assert.Equal(["ff.bias:gate", "ff.bias:value", "ff.weight:gate", "ff.weight:value"], uses.Keys.Order(StringComparer.Ordinal));
        var whole = TensorData.Floats(tensor);
        Assert.Equal(whole[..16], Load(uses["ff.weight:value"], 0));
        Assert.Equal(whole[16..], Load(uses["ff.weight:gate"], 0));
        Assert.Equal(TensorData.Floats(bias)[4..], Load(uses["ff.bias:gate"], 0));
    }

    [Fact]
    public void Many_weights_lie_each_in_its_place()
    {
        var written = Enumerable.Range(0, 20).Select(i => Write("F16", [i + 1, 16, 3, 3], seed: i, $"w{i}")).ToList();
        using var memory = WeightMemory.Load([.. written.Select(w => new WeightUse(w.Tensor.Name, w.Tensor, ElementType.Float, WeightLayout.Plain, [.. w.Tensor.Shape]))], 16, CancellationToken.None);
        foreach (var (tensor, numbers) in written)
        {
            var (address, bytes) = memory.Places[tensor.Name];
            Assert.Equal(0, address % 64);
            Assert.Equal(numbers, Copy(address, bytes));
        }
    }

    [Fact]
    public void A_file_that_shrank_is_an_error_that_names_it()
    {
        var (tensor, _) = Write("F16", [64, 16, 3, 3], seed: 11);
        using (var file = File.OpenWrite(tensor.File)) file.SetLength(tensor.Offset + 100);
        foreach (var layout in (WeightLayout[])[WeightLayout.Plain, WeightLayout.BlockedKernel])
        {
            var error = Assert.Throws<InvalidCheckpointException>(() => Load(new WeightUse("w", tensor, ElementType.Float, layout, [64, 16, 3, 3]), 16));
            Assert.StartsWith($"{tensor.File}: the file ends at byte {tensor.Offset + 100};", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Loading_stops_when_cancelled()
    {
        var (tensor, _) = Write("F16", [64, 16, 3, 3], seed: 12);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            WeightMemory.Load([new WeightUse("w", tensor, ElementType.Float, WeightLayout.Plain, [64, 16, 3, 3])], 16, new CancellationToken(canceled: true)));
    }

    private static int FilledUp(int channels, int block) => (channels + block - 1) / block * block;

    private static float[] Load(WeightUse use, int block)
    {
        using var memory = WeightMemory.Load([use], block, CancellationToken.None);
        var (address, bytes) = memory.Places[use.Name];
        return Copy(address, bytes);
    }

    private static float[] Copy(nint address, long bytes)
    {
        var copy = new float[bytes / sizeof(float)];
        Marshal.Copy(address, copy, 0, copy.Length);
        return copy;
    }

    /// <summary>A file with one tensor of numbers that every type here holds exactly: few bits, small exponents.</summary>
    private (TensorInfo Tensor, float[] Numbers) Write(string type, long[] shape, int seed, string name = "w")
    {
        var random = new Random(seed);
        var numbers = new float[shape.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = random.Next(-127, 128) / 64f;
        var data = type switch
        {
            "F64" => MemoryMarshal.AsBytes<double>(Array.ConvertAll(numbers, n => (double)n)).ToArray(),
            "F32" => MemoryMarshal.AsBytes<float>(numbers).ToArray(),
            "F16" => MemoryMarshal.AsBytes<Half>(Array.ConvertAll(numbers, n => (Half)n)).ToArray(),
            _ => MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(numbers, n => (ushort)(BitConverter.SingleToUInt32Bits(n) >> 16))).ToArray(),
        };
        var header = $"{{\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[0,{data.Length}]}}}}";
        var path = folder.Write($"{name}-{type}-{seed}.safetensors", Safetensors.File(Encoding.UTF8.GetBytes(header), data));
        return (SafetensorsFile.Open(path).Tensors[name], numbers);
    }
}
