using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Runtime;
using Microsoft.ML.OnnxRuntime;

namespace DiffusionBot.Engine.Tests.Runtime;

public sealed class EngineDeviceTests
{
    private static bool ProviderIsThere => EngineDevice.CudaProviderIsThere();

    [Fact]
    public void A_device_that_works_adds() => EngineDevice.Try(new SessionSettings());

    [Fact]
    public void Cpu_is_the_cpu_with_convolutions_in_its_blocks()
    {
        var device = EngineDevice.Choose(new EngineOptions { Device = "cpu", Threads = 3 });
        Assert.Equal(("cpu", 3, null, null), (device.Name, device.Settings.Threads, device.Settings.CudaDevice, device.Note));
        Assert.Equal(GraphTarget.Cpu(CpuBlocking.BlockSize), device.Target);
        Assert.Contains(CpuBlocking.BlockSize, new[] { 0, 8, 16 });
    }

    [Fact]
    public void Auto_is_the_cpu_where_CUDA_was_never_installed_and_says_nothing()
    {
        Assert.SkipWhen(ProviderIsThere, "The CUDA provider lies beside this program.");
        var device = EngineDevice.Choose(new EngineOptions { Threads = 1 });
        Assert.Equal(("cpu", null), (device.Name, device.Note));
    }

    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:1")]
    public void CUDA_by_name_without_its_provider_is_an_error_that_names_the_doctor(string asked)
    {
        Assert.SkipWhen(ProviderIsThere, "The CUDA provider lies beside this program.");
        var error = Assert.Throws<EngineException>(() => EngineDevice.Choose(new EngineOptions { Device = asked }));
        Assert.StartsWith("CUDA cannot be used: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("`DiffusionBot doctor` says what is missing.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task An_engine_that_cannot_have_its_device_says_so_at_the_first_request()
    {
        Assert.SkipWhen(ProviderIsThere, "The CUDA provider lies beside this program.");
        using var engine = new ImageEngine(new EngineOptions { Device = "cuda", Models = new ModelIndexOptions { Folder = TestData.Model("") } });
        Assert.Throws<EngineException>(() => engine.Device);
        var error = await Assert.ThrowsAsync<EngineException>(() => engine.GenerateAsync(new ImageRequest { Seed = 1 }, cancel: TestContext.Current.CancellationToken));
        Assert.Contains("doctor", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cuda_computes_in_halves_with_all_optimizations()
    {
        var device = EngineDevice.Cuda(2, 5L << 30);
        Assert.Equal(("cuda:2", GraphTarget.Cuda), (device.Name, device.Target));
        Assert.Equal((2, 5L << 30, GraphOptimizationLevel.ORT_ENABLE_ALL), (device.Settings.CudaDevice, device.Settings.CudaMemoryLimit, device.Settings.Optimization));
        Assert.True(device.Settings.CopiesWeights);
    }

    [Fact]
    public void Cuda_options_are_those_of_the_provider()
    {
        var options = SessionSettings.CudaOptions(1, 0);
        Assert.Equal(
            ["arena_extend_strategy=kSameAsRequested", "cudnn_conv_algo_search=HEURISTIC", "cudnn_conv_use_max_workspace=1", "device_id=1", "do_copy_in_default_stream=1", "prefer_nhwc=1"],
            options.Select(o => $"{o.Key}={o.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("6442450944", SessionSettings.CudaOptions(0, 6L << 30)["gpu_mem_limit"]);
    }

    [Theory]
    [InlineData("gpu", "Device is 'gpu'; expected auto, cpu, cuda or cuda:N.")]
    [InlineData("cuda:", "Device is 'cuda:'; expected auto, cpu, cuda or cuda:N.")]
    [InlineData("cuda:x", "Device is 'cuda:x'; expected auto, cpu, cuda or cuda:N.")]
    [InlineData("cuda:-1", "Device is 'cuda:-1'; expected auto, cpu, cuda or cuda:N.")]
    [InlineData("cuda:64", "Device is 'cuda:64'; expected auto, cpu, cuda or cuda:N.")]
    [InlineData("", "Device is ''; expected auto, cpu, cuda or cuda:N.")]
    public void Unknown_devices_are_refused_at_once(string device, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => new ImageEngine(new EngineOptions { Device = device })).Message);

    [Fact]
    public void Other_options_have_ranges_too()
    {
        Assert.Equal("Threads is -1; expected 0 to 256.", Refused(new EngineOptions { Threads = -1 }));
        Assert.Equal("Threads is 257; expected 0 to 256.", Refused(new EngineOptions { Threads = 257 }));
        Assert.Equal("A memory limit is negative; expected megabytes, or 0.", Refused(new EngineOptions { ModelMemoryMb = -1 }));
        Assert.Equal("A memory limit is negative; expected megabytes, or 0.", Refused(new EngineOptions { CudaMemoryLimitMb = -1 }));
        new EngineOptions { Device = "cuda:63", Threads = 256, ModelMemoryMb = 1, CudaMemoryLimitMb = 1 }.Validate();

        static string Refused(EngineOptions options) => Assert.Throws<EngineException>(options.Validate).Message;
    }
}
