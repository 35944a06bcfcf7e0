using System.Runtime.InteropServices;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Runtime;

/// <summary>What a checkpoint of SD 2.x predicts whose files do not say.</summary>
public sealed class PredictionProbeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(-5, true)]
    [InlineData(5, false)]
    public void A_unet_that_takes_the_picture_off_predicts_velocity(float shift, bool isV)
    {
        var path = folder.Write("m.safetensors", File.ReadAllBytes(TestData.Reference("families/tiny-sd2-v/model.safetensors")));
        var bias = SafetensorsFile.Open(path).Tensors["model.diffusion_model.out.2.bias"].Offset;
        using (var file = File.OpenWrite(path))
        {
            file.Seek(bias, SeekOrigin.Begin);
            file.Write(MemoryMarshal.AsBytes<Half>(Enumerable.Repeat((Half)shift, 4).ToArray()));
        }
        using var model = LoadedModel.Load(TensorFile.Open(path), vae: null, EngineDevice.Cpu(0), CancellationToken.None);
        Assert.Equal(isV ? PredictionType.V : PredictionType.Eps, model.Prediction);
    }

    [Theory]
    [InlineData(-1.01, true)]
    [InlineData(-1, false)]
    public void The_limit_is_that_of_WebUI(float mean, bool isV) => Assert.Equal(isV ? PredictionType.V : PredictionType.Eps, PredictionProbe.OfMean(mean));
}
