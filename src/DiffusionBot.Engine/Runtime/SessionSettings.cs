using Microsoft.ML.OnnxRuntime;

namespace DiffusionBot.Engine.Runtime;

/// <summary>What a session runs on.</summary>
internal sealed record SessionSettings
{
    /// <summary>Threads of a CPU session; 0: one a core.</summary>
    public int Threads { get; init; }

    /// <summary>The CUDA device, from 0; null: the CPU.</summary>
    public int? CudaDevice { get; init; }

    /// <summary>The most memory that CUDA's arena may take for this session, bytes; 0: all of it.</summary>
    public long CudaMemoryLimit { get; init; }

    /// <summary>
    /// How far ONNX Runtime rewrites the graph. Extended is enough, since our graphs have the fused operators already; beyond it comes the
    /// layout pass whose work <see cref="WeightMemory"/> does in a fraction of the time.
    /// </summary>
    public GraphOptimizationLevel Optimization { get; init; } = GraphOptimizationLevel.ORT_ENABLE_EXTENDED;

    /// <summary>
    /// Whether ONNX Runtime takes a copy of converted weights: on a graphics card it has to; on the CPU it reads ours in place, which a model of
    /// gigabytes wants (with copies, an SD 1.5 takes 9.8 GB at its peak instead of 6.9).
    /// </summary>
    public bool CopiesWeights { get; init; }

    /// <summary>Whether ONNX Runtime keeps a second copy of matrices, in the order that its products like: without, a weight that is changed in place is seen by the next run.</summary>
    public bool Prepacks { get; init; } = true;

    /// <summary>Options for ONNX Runtime: the same for every session of this kind. The caller owns them.</summary>
    public SessionOptions ToOptions()
    {
        var options = new SessionOptions
        {
            GraphOptimizationLevel = Optimization,
            IntraOpNumThreads = Threads,
            // What goes wrong is thrown; lines of its own on standard error would only stand beside our message.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        try
        {
            if (!Prepacks) options.AddSessionConfigEntry("session.disable_prepacking", "1");
            if (CudaDevice is { } device) AppendCuda(options, device, CudaMemoryLimit);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    /// <summary>CUDA's options, by the names of ONNX Runtime's CUDA execution provider.</summary>
    public static Dictionary<string, string> CudaOptions(int device, long memoryLimit)
    {
        var cuda = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["device_id"] = $"{device}",
            // Grow by what is asked for, not by doubling: a 12 GB card has no room for rounding up.
            ["arena_extend_strategy"] = "kSameAsRequested",
            // An exhaustive search for the fastest convolution would run again for every new picture size.
            ["cudnn_conv_algo_search"] = "HEURISTIC",
            ["cudnn_conv_use_max_workspace"] = "1",
            ["do_copy_in_default_stream"] = "1",
            // Tensor cores want channels last; the transposes around our group norms then cancel out.
            ["prefer_nhwc"] = "1",
        };
        if (memoryLimit > 0) cuda["gpu_mem_limit"] = $"{memoryLimit}";
        return cuda;
    }

    private static void AppendCuda(SessionOptions options, int device, long memoryLimit)
    {
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(CudaOptions(device, memoryLimit));
        options.AppendExecutionProvider_CUDA(cuda);
    }
}
