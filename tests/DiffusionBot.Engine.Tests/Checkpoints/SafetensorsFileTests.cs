using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Testing;

namespace DiffusionBot.Engine.Tests.Checkpoints;

public sealed class SafetensorsFileTests
{
    [Theory]
    [InlineData("array", "the header is an array; expected a JSON object")]
    [InlineData("deep-json", "'__metadata__' is an array; expected an object of strings")]
    [InlineData("dtype", "tensor 'a' has the unknown dtype 'Q9'")]
    [InlineData("dup", "tensor 'a' is there twice")]
    [InlineData("float-shape", "tensor 'a' has a shape with 4.0 in it; expected integers")]
    [InlineData("header-max", "the header claims 18446744073709551615 bytes; the format's limit is 100000000")]
    [InlineData("header-too-long", "the header claims 1000000000 bytes; the format's limit is 100000000")]
    [InlineData("hole", "tensor 'b' begins at byte 32 of the data; the bytes from 16 belong to no tensor")]
    [InlineData("metadata-not-strings", "metadata 'a' is a number; expected a string")]
    [InlineData("negative", "tensor 'a' has a data_offsets with -16 in it")]
    [InlineData("not-json", "the header is not sound JSON")]
    [InlineData("overlap", "tensor 'b' begins at byte 8 of the data and overlaps the tensor before it, which ends at 16")]
    [InlineData("past-end", "tensor 'a' ends at byte 72 of the data; the file has 64 bytes of it")]
    [InlineData("reversed", "tensor 'a' begins at byte 16 of the data and ends at 0")]
    [InlineData("shape-negative", "tensor 'a' has a shape with -4 in it")]
    [InlineData("shape-overflow", "tensor 'a' has the shape [4611686018427387904, 4], whose size overflows")]
    [InlineData("short", "3 bytes; a safetensors file begins with 8 bytes")]
    [InlineData("wrong-size", "tensor 'a' has 16 bytes; F32 of shape [5] takes 20")]
    [InlineData("zero", "the file is empty (0 bytes)")]
    public void A_hostile_file_is_refused_by_name_and_reason(string name, string reason)
    {
        var path = TestData.Reference($"torch-files/hostile/{name}.safetensors");
        var error = Assert.Throws<InvalidCheckpointException>(() => SafetensorsFile.Open(path));
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_hostile_file_is_tested()
    {
        var there = Directory.GetFiles(TestData.Reference("torch-files/hostile"), "*.safetensors").Length;
        Assert.Equal(19 + 2, there);
    }
}
