using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Tests.Runtime;

public sealed class EngineDeviceTests
{
    [Fact]
    public void A_device_that_works_adds() => EngineDevice.Try(new SessionSettings());

    [Fact]
    public void Without_the_provider_auto_is_the_cpu_and_nothing_to_speak_of()
    {
        Assert.SkipWhen(EngineDevice.CudaProviderIsThere(), "This build has the CUDA provider.");
        var device = EngineDevice.Choose(new EngineOptions { Device = "auto" });
        Assert.Equal(("cpu", null), (device.Name, device.Note));
    }

    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:1")]
    public void A_card_that_is_asked_for_by_name_and_cannot_be_used_is_an_error_that_says_what_to_do(string name)
    {
        Assert.SkipWhen(EngineDevice.CudaProviderIsThere(), "This build has the CUDA provider.");
        var error = Assert.Throws<EngineException>(() => EngineDevice.Choose(new EngineOptions { Device = name }));
        Assert.StartsWith("CUDA cannot be used: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("doctor", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cuda_sessions_grow_by_what_they_need_and_stay_within_their_limit()
    {
        var options = SessionSettings.CudaOptions(device: 1, memoryLimit: 6L << 30);
        Assert.Equal("1", options["device_id"]);
        Assert.Equal("kSameAsRequested", options["arena_extend_strategy"]);
        Assert.Equal("6442450944", options["gpu_mem_limit"]);
        Assert.False(SessionSettings.CudaOptions(0, 0).ContainsKey("gpu_mem_limit"));
    }

    [Fact]
    public void Cuda_takes_copies_of_converted_weights()
    {
        var device = EngineDevice.Cuda(0, 0);
        Assert.True(device.Settings.CopiesWeights);
        Assert.True(device.Target.FusedGroupNorm);
        Assert.Equal(Engine.Onnx.ElementType.Half, device.Target.Type);
    }
}
