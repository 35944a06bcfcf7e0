using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Tests.Models;

/// <summary>Networks that enlarge pictures against the original's numbers and pixels.</summary>
public sealed class UpscalerNetworkTests
{
    private static readonly ReferenceTensors Expected = ReferenceTensors.Open("upscale/expected.safetensors");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static TensorFile File(string name) => TensorFile.Open(TestData.Reference($"upscale/{name}"));

    private static Bitmap Picture(string name) => PictureReader.Decode(System.IO.File.ReadAllBytes(TestData.Reference($"upscale/{name}"))).Bitmap;

    public static TheoryData<string, int> Files => new((from name in new[] { "tiny-new.safetensors", "tiny-old.pth" } from block in new[] { 0, CpuBlocking.BlockSize }.Distinct() select (name, block)).ToArray());

    [Theory]
    [MemberData(nameof(Files))]
    public void The_network_gives_what_the_original_gives(string name, int block)
    {
        var network = UpscalerNetwork.Of(File(name), GraphTarget.Cpu(block));
        Assert.Equal((1, 4), (network.Shrink, network.Scale));
        using var session = OrtSession.Create(network.Graph, new SessionSettings(), Cancel);
        var shape = Expected.Shape("input");
        var output = new float[shape[1] * shape[2] * shape[3] * 16];
        using (var binding = session.Bind())
        {
            binding.Input("x", Expected.Floats("input"), 1, shape[1], shape[2], shape[3]);
            binding.Output("out", output, 1, shape[1], shape[2] * 4, shape[3] * 4);
            binding.Run(Cancel);
        }
        TensorAssert.Close(Expected.Floats("output"), output, 1e-4f, name);
    }

    [Theory]
    [InlineData("tiny-new.safetensors", 0, 0)]
    [InlineData("tiny-new.safetensors", 48, 8)]
    [InlineData("tiny-old.pth", 64, 16)]
    public void Pictures_are_those_of_WebUI(string name, int tile, int overlap)
    {
        using var upscaler = NetworkUpscaler.Load(File(name), EngineDevice.Cpu(0), Cancel);
        var expected = Picture($"upscaled-tile{tile}-overlap{overlap}.png");
        var actual = upscaler.Enlarge(Picture("source.png"), tile, overlap, clock: null, Cancel);
        Assert.Equal((expected.Width, expected.Height, expected.Channels), (actual.Width, actual.Height, actual.Channels));
        for (var i = 0; i < expected.Pixels.Length; i++)
            Assert.True(Math.Abs(expected.Pixels[i] - actual.Pixels[i]) <= 1, $"Byte {i} is {actual.Pixels[i]}; expected {expected.Pixels[i]}.");
    }
}
