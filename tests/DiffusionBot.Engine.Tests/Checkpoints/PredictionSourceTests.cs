using System.Text;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Checkpoints;

public sealed class PredictionSourceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("model:\n  params:\n    parameterization: \"v\"\n", true)]
    [InlineData("model:\r\n  params:\r\n    parameterization: v  # velocity\r\n", true)]
    [InlineData("model: {params: {\"parameterization\": 'v', channels: 4}}", true)]
    [InlineData("parameterization: v", true)]
    [InlineData("scaling_config:\n  target: sgm.modules.diffusionmodules.denoiser_scaling.VScaling\n", true)]
    [InlineData("scaling_config:\n  target: sgm.modules.diffusionmodules.denoiser_scaling.EpsScaling # VScaling\n", false)]
    [InlineData("model:\n  params:\n    parameterization: eps\n", false)]
    [InlineData("model:\n  params:\n    # parameterization: \"v\"\n", false)]
    [InlineData("model:\n  params:\n    parameterization: vlb\n", false)]
    [InlineData("model:\n  params:\n    my_parameterization: v\n", false)]
    [InlineData("model:\n  params:\n    channels: 4\n", false)]
    public void A_config_beside_the_checkpoint_says_it(string yaml, bool isV)
    {
        folder.Write("m.yaml", Encoding.UTF8.GetBytes(yaml));
        Assert.Equal(isV ? PredictionType.V : PredictionType.Eps, Of("""{"modelspec.prediction_type":"v"}"""));
    }

    [Theory]
    [InlineData("v", true)]
    [InlineData("epsilon", false)]
    [InlineData("", null)]
    [InlineData("x0", null)]
    public void Without_a_config_the_metadata_says_it(string type, bool? isV) =>
        Assert.Equal(isV switch { true => PredictionType.V, false => PredictionType.Eps, null => null }, Of($$"""{"modelspec.prediction_type":"{{type}}"}"""));

    [Fact]
    public void A_checkpoint_of_sdxl_says_it_by_empty_tensors()
    {
        var file = TensorFile.Open(folder.Write("m.safetensors", Safetensors.WithTensors(("v_pred", [0]), ("ztsnr", [0]))));
        Assert.Equal(PredictionType.V, PredictionSource.Of(file));
        Assert.True(PredictionSource.EndsInNoise(file));
        Assert.False(PredictionSource.EndsInNoise(TensorFile.Open(folder.Write("n.safetensors", Safetensors.WithTensors(("v_pred", [0]))))));
    }

    [Fact]
    public void Without_either_nothing_is_known() => Assert.Null(Of(""));

    [Fact]
    public void A_config_that_is_none_is_refused()
    {
        var path = folder.Write("m.yaml", new byte[(1 << 20) + 1]);
        Assert.StartsWith($"{path}: 1048577 bytes;", Assert.Throws<InvalidCheckpointException>(() => Of("")).Message, StringComparison.Ordinal);
    }

    private PredictionType? Of(string metadata) => PredictionSource.Of(TensorFile.Open(folder.Write("m.safetensors", Safetensors.Checkpoint(metadata: metadata))));
}
