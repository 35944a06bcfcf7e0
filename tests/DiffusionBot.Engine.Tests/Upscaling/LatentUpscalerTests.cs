using DiffusionBot.Engine.Upscaling;

namespace DiffusionBot.Engine.Tests.Upscaling;

public sealed class LatentUpscalerTests
{
    public static TheoryData<string, int, int> References { get; } = [.. LatentUpscaler.All.SelectMany(upscaler => new (string, int, int)[] { (upscaler.Name, 18, 13), (upscaler.Name, 24, 16) })];

    [Theory]
    [MemberData(nameof(References))]
    public void Enlarges_as_torch_does(string name, int width, int height)
    {
        var file = ReferenceTensors.Open("imaging/imaging.safetensors");
        var source = file.Floats("latent");
        var shape = file.Shape("latent");
        var expected = file.Floats($"{name}/{width}x{height}");
        var upscaler = LatentUpscaler.All.Single(u => u.Name == name);
        var actual = upscaler.Resize(source, shape[0] * shape[1], (shape[2], shape[3]), (height, width));
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-5, $"{name} {width}x{height}, element {i}: {actual[i]}, expected {expected[i]}.");
    }
}
