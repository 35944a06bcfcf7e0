using System.Runtime.InteropServices;
using DiffusionBot.Engine.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace DiffusionBot.Engine.Runtime;

/// <summary>Where networks run, and the graphs and session options that go with it.</summary>
/// <param name="Name">`cpu` or `cuda:0`.</param>
/// <param name="Target">What graphs are written for.</param>
/// <param name="Settings">What sessions are made with.</param>
/// <param name="Note">Why it is not what was asked for, or null.</param>
internal sealed record EngineDevice(string Name, GraphTarget Target, SessionSettings Settings, string? Note = null)
{
    public static EngineDevice Cpu(int threads, string? note = null) =>
        new("cpu", GraphTarget.Cpu(CpuBlocking.BlockSize), new SessionSettings { Threads = threads }, note);

    public static EngineDevice Cuda(int device, long memoryLimit) =>
        new($"cuda:{device}", GraphTarget.Cuda, new SessionSettings
        {
            CudaDevice = device,
            CudaMemoryLimit = memoryLimit,
            CopiesWeights = true,
            Optimization = GraphOptimizationLevel.ORT_ENABLE_ALL,
        });

    /// <summary>The device that the options ask for. `auto` falls back to the CPU where CUDA cannot be used, and says why.</summary>
    /// <exception cref="EngineException">CUDA was asked for by name and cannot be used.</exception>
    public static EngineDevice Choose(EngineOptions options)
    {
        if (options.CudaIndex is not { } index) return Cpu(options.Threads);
        // ONNX Runtime knows CUDA only with its provider beside it; without, there is nothing to try and nothing to say.
        if (options.Device == "auto" && !CudaProviderIsThere()) return Cpu(options.Threads);
        var cuda = Cuda(index, options.CudaMemoryLimitMb << 20);
        try
        {
            Try(cuda.Settings);
            return cuda;
        }
        catch (Exception e) when (e is OnnxRuntimeException or EngineException)
        {
            var detail = e.Message.ReplaceLineEndings(" ");
            var reason = new LocalText($"CUDA cannot be used: {detail} `DiffusionBot doctor` says what is missing.", $"无法使用 CUDA：{detail} 运行 DiffusionBot doctor 可以看到缺少什么。");
            return options.Device == "auto" ? Cpu(options.Threads, $"Drawing on the CPU. {reason.English}") : throw new EngineException(reason, e);
        }
    }

    /// <summary>Whether ONNX Runtime's CUDA provider came along with the program.</summary>
    public static bool CudaProviderIsThere() => Array.Exists(
        ["libonnxruntime_providers_cuda.so", "onnxruntime_providers_cuda.dll"],
        file => File.Exists(Path.Combine(AppContext.BaseDirectory, file))
            || File.Exists(Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", file)));

    /// <summary>Runs one addition: a driver that is too old, or a card that is away, shows only then.</summary>
    internal static void Try(SessionSettings settings)
    {
        using var session = OrtSession.Create(GraphBuilder.Trial(), settings);
        using var binding = session.Bind();
        float[] one = [1], sum = [0];
        binding.Input("x", one, 1);
        binding.Output("sum", sum, 1);
        binding.Run();
        if (sum[0] != 2) throw new EngineException($"it says that 1 + 1 is {sum[0]}.");
    }
}
