using System.Numerics;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Checkpoints.Torch;
using DiffusionBot.Testing;

namespace DiffusionBot.Engine.Tests.Checkpoints.Torch;

/// <summary>Files that torch itself wrote.</summary>
public sealed class TorchFileTests
{
    [Theory]
    [InlineData("everything-p2", "everything")]
    [InlineData("everything-p3", "everything")]
    [InlineData("everything-p4", "everything")]
    [InlineData("everything-legacy", "everything")]
    [InlineData("vae-zip", "vae")]
    public void Every_tensor_is_what_it_is_in_the_safetensors_file(string name, string expectedName)
    {
        var (file, expected) = (TensorFile.Open(TestData.Reference($"torch-files/{name}.pt")), ReferenceTensors.Open($"torch-files/{expectedName}.safetensors"));
        Assert.IsType<TorchFile>(file);
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var tensor in file.Tensors.Values)
        {
            Assert.Equal(expected.Shape(tensor.Name).Select(d => (long)d), tensor.Shape);
            Assert.Equal(expected.Type(tensor.Name), tensor.Type == TensorType.Bool ? "BOOL" : tensor.Type.ToString());
            Assert.True(expected.Read<byte>(tensor.Name, expected.Type(tensor.Name)).AsSpan().SequenceEqual(TensorData.Bytes(tensor)), tensor.Name);
        }
    }

    /// <summary>The same numbers in other types: each must be the float that the other is, rounded.</summary>
    [Theory]
    [InlineData("vae-legacy", TensorType.F32)]
    [InlineData("vae-bf16", TensorType.BF16)]
    public void A_file_of_another_type_has_the_same_numbers(string name, TensorType type)
    {
        var (file, expected) = (TensorFile.Open(TestData.Reference($"torch-files/{name}.pt")), TensorFile.Open(TestData.Reference("torch-files/vae.safetensors")));
        Assert.Equal(expected.Tensors.Keys.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var tensor in file.Tensors.Values)
        {
            var numbers = TensorData.Floats(expected.Tensors[tensor.Name]);
            if (type == TensorType.BF16) numbers = Array.ConvertAll(numbers, RoundToBf16);
            Assert.Equal(type, tensor.Type);
            Assert.True(numbers.AsSpan().SequenceEqual(TensorData.Floats(tensor)), tensor.Name);
        }
    }

    [Fact]
    public void Of_a_lightning_checkpoint_the_state_dict_is_taken()
    {
        var file = TorchFile.Open(TestData.Reference("torch-files/lightning.pt"));
        Assert.Equal([6L, 8L], Assert.Single(file.Tensors).Value.Shape);
        var w = Assert.Single(file.Tensors.Values);
        Assert.Equal("w", w.Name);
        Assert.Equal(ReferenceTensors.Open("torch-files/everything.safetensors").Floats("f32"), TensorData.Floats(w));
        var root = Assert.IsType<PickleDict>(file.Root);
        Assert.Equal("1.4.2", root["pytorch-lightning_version"]);
        var (_, callback) = Assert.Single(Assert.IsType<PickleDict>(root["callbacks"]).Entries);
        Assert.Equal("val/loss", Assert.IsType<PickleDict>(callback)["monitor"]);
    }

    [Theory]
    [InlineData("p2")]
    [InlineData("p3")]
    [InlineData("p4")]
    [InlineData("legacy")]
    public void Values_that_are_no_tensors_are_there_too(string format)
    {
        var root = Assert.IsType<PickleDict>(TorchFile.Open(TestData.Reference($"torch-files/everything-{format}.pt")).Root);
        Assert.Equal(-7L, root["neg"]);
        Assert.Equal([2L, 3L], Assert.IsType<PickleTuple>(root["size"]).Items);
        Assert.Equal([1L, 2L], Assert.IsType<PickleSet>(root["set"]).Items);
        Assert.Equal([6L, 8L], Assert.IsType<TorchTensor>(root["param"]).Shape);
        var nested = Assert.IsType<PickleDict>(root["nested"]);
        Assert.Equal(BigInteger.Pow(2, 70), Assert.IsType<PickleDict>(nested[5L])["int key"]);
        var list = Assert.IsType<PickleList>(nested["a"]).Items;
        Assert.Equal([1L, 2.5, null, true, "文字"], list.Take(5));
        Assert.Equal([1L], Assert.IsType<PickleTuple>(list[5]).Items);
        Assert.Equal("bytes"u8, Assert.IsType<byte[]>(Assert.IsType<PickleDict>(list[6])["k"]));
    }

    [Fact]
    public void Tensors_that_share_a_storage_lie_at_the_same_bytes()
    {
        var tensors = TensorFile.Open(TestData.Reference("torch-files/everything-p2.pt")).Tensors;
        Assert.Equal(tensors["f32"].Offset, tensors["transposed"].Offset);
        Assert.Equal(tensors["f32"].Offset, tensors["shared_a"].Offset);
        Assert.Equal(tensors["f32"].Offset + (17 * sizeof(float)), tensors["slice"].Offset);
        Assert.Equal([8L, 2L], tensors["slice"].Strides);
        Assert.Null(tensors["f32"].Strides);
    }

    private static float RoundToBf16(float number)
    {
        var bits = BitConverter.SingleToUInt32Bits(number);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);   // to nearest, ties to even
    }
}
