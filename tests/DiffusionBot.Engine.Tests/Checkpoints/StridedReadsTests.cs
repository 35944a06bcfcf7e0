using System.Runtime.InteropServices;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Checkpoints.Torch;

namespace DiffusionBot.Engine.Tests.Checkpoints;

/// <summary>Tensors whose elements do not lie one behind the other, against the same indices counted here.</summary>
public sealed class StridedReadsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(new long[] { 5, 7 }, new long[] { 1, 5 }, 0)]                       // transposed
    [InlineData(new long[] { 700, 900 }, new long[] { 1, 700 }, 3)]                 // of several pieces
    [InlineData(new long[] { 3, 4, 5, 6 }, new long[] { 120, 1, 24, 4 }, 1)]        // channels last
    [InlineData(new long[] { 2, 3 }, new long[] { 8, 2 }, 17)]                      // every second of two rows
    [InlineData(new long[] { 1, 9, 1 }, new long[] { 77, 3, 55 }, 2)]
    [InlineData(new long[] { 3, 4 }, new long[] { 200_000, 3 }, 5)]                 // far apart: not read with what lies between
    [InlineData(new long[] { 4 }, new long[] { 0 }, 6)]                             // one element, four times
    public void Elements_come_in_their_order(long[] shape, long[] strides, long offset)
    {
        var numbers = Enumerable.Range(0, 700_000).Select(i => (float)i).ToArray();
        var path = folder.Write("x", MemoryMarshal.AsBytes(numbers.AsSpan()));
        var storage = new TorchStorage(path, "0", TensorType.F32, numbers.Length) { Offset = 0 };
        var tensor = TorchTensor.Checked(storage, TensorType.F32, offset, shape, strides).Info("x");
        var expected = Places(shape, strides, offset).Select(p => numbers[p]).ToArray();
        Assert.NotNull(tensor.Strides);
        Assert.Equal(expected, TensorData.Floats(tensor));
        Assert.Equal(expected, MemoryMarshal.Cast<byte, float>(TensorData.Bytes(tensor)).ToArray());
        Assert.Equal(4 * (Places(shape, strides, offset).Max() + 1), tensor.End);

        using var handle = ModelFileAccess.Open(path, out _, out _);
        var middle = new Half[expected.Length / 2];
        TensorData.ReadHalves(handle, tensor, 1, middle);
        Assert.Equal(expected.Skip(1).Take(middle.Length).Select(f => (Half)f), middle);

        if (shape[0] % 2 != 0) return;
        var half = tensor.Rows(shape[0] / 2, shape[0] / 2);
        Assert.Equal(expected[(expected.Length / 2)..], TensorData.Floats(half));
    }

    [Fact]
    public void What_is_row_major_but_for_dimensions_of_one_has_no_strides()
    {
        var storage = new TorchStorage("f", "0", TensorType.F16, 100) { Offset = 10 };
        var tensor = TorchTensor.Checked(storage, TensorType.F16, 4, [3, 1, 5], [5, 99, 1]).Info("x");
        Assert.Null(tensor.Strides);
        Assert.Equal((18L, 30L, 48L), (tensor.Offset, tensor.Length, tensor.End));
    }

    [Fact]
    public void A_file_that_shrank_is_an_error()
    {
        var path = folder.Write("x", new byte[100]);
        var storage = new TorchStorage(path, "0", TensorType.F32, 100) { Offset = 0 };
        var error = Assert.Throws<InvalidCheckpointException>(() => TensorData.Floats(TorchTensor.Checked(storage, TensorType.F32, 0, [10, 10], [1, 10]).Info("x")));
        Assert.StartsWith($"{path}: the file ends at byte 100", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<long> Places(long[] shape, long[] strides, long offset) =>
        shape.Zip(strides).Aggregate((IEnumerable<long>)[offset], (places, d) => places.SelectMany(p => Enumerable.Range(0, (int)d.First).Select(i => p + (i * d.Second))));
}
