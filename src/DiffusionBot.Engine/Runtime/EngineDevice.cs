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
        if (options.Device == "cpu") return Cpu(options.Threads);
        var index = options.Device.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(options.Device.AsSpan(5), out var number) ? number : 0;
        // ONNX Runtime knows CUDA only with its provider beside it; without, there is nothing to try and nothing to say.
        if (options.Device == "auto" && !CudaProviderIsThere()) return Cpu(options.Threads);
        var cuda = Cuda(index, options.CudaMemoryLimitMb << 20);
        try
        {
            using var tried = cuda.Settings.ToOptions();
            return cuda;
        }
        catch (OnnxRuntimeException e)
        {
            var reason = $"CUDA cannot be used: {e.Message.ReplaceLineEndings(" ")} `DiffusionBot doctor` says what is missing.";
            return options.Device == "auto" ? Cpu(options.Threads, $"Drawing on the CPU. {reason}") : throw new EngineException(reason, e);
        }
    }

    private static bool CudaProviderIsThere() => Array.Exists(
        ["libonnxruntime_providers_cuda.so", "onnxruntime_providers_cuda.dll"],
        file => File.Exists(Path.Combine(AppContext.BaseDirectory, file)));
}
