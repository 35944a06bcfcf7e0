using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Tests.Checkpoints;

public sealed class WeightsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string path;
    private readonly Weights weights;

    public WeightsTests()
    {
        path = folder.Write("w.safetensors", Safetensors.WithTensors(("unet.in.0.weight", [3, 2]), ("unet.in.0.bias", [3]), ("unet.in.1.weight", [1]), ("unet.in.10.weight", [1]), ("vae", [1])));
        weights = SafetensorsFile.Open(path).Weights;
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_tensor_is_found_by_path_and_shape()
    {
        var layer = weights.At("unet").At("in.0");
        Assert.Equal("unet.in.0.", layer.Prefix);
        Assert.Equal("unet.in.0.weight", layer.Get("weight", 3, 2).Name);
        Assert.Equal([3L], layer.Find("bias").Shape);
        Assert.Equal(["weight", "bias"], layer.Names);
        Assert.True(layer.Has("bias"));
        Assert.False(layer.Has("bia"));
    }

    [Fact]
    public void Levels_are_told_apart_and_counted()
    {
        var unet = weights.At("unet");
        Assert.True(unet.HasAt("in"));
        Assert.False(unet.HasAt("i"));
        Assert.Equal(2, unet.Count("in"));   // 0 and 1; 10 does not follow
        Assert.Equal(0, unet.Count("out"));
    }

    [Fact]
    public void A_wrong_shape_is_told_with_both_shapes()
    {
        var error = Assert.Throws<InvalidCheckpointException>(() => weights.At("unet.in.0").Get("weight", 2, 3));
        Assert.Equal($"{path}: tensor 'unet.in.0.weight' is [3, 2]; expected [2, 3].", error.Message);
        Assert.Throws<InvalidCheckpointException>(() => weights.At("unet.in.0").Get("weight", 3, 2, 1));
        Assert.Throws<InvalidCheckpointException>(() => weights.At("unet.in.0").Get("weight"));
    }

    [Fact]
    public void A_missing_tensor_is_told_with_its_full_name()
    {
        var error = Assert.Throws<InvalidCheckpointException>(() => weights.At("unet.in.0").Get("scale", 7));
        Assert.Equal($"{path}: there is no tensor 'unet.in.0.scale'; expected one of shape [7].", error.Message);
        error = Assert.Throws<InvalidCheckpointException>(() => weights.Find("scale"));
        Assert.Equal($"{path}: there is no tensor 'scale'.", error.Message);
    }
}
