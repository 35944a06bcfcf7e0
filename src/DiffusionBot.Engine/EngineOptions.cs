using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine;

/// <summary>What the engine needs to know before the first request.</summary>
public sealed class EngineOptions
{
    /// <summary>Where models lie.</summary>
    public ModelIndexOptions Models { get; init; } = new();

    /// <summary>
    /// `auto`: the first NVIDIA card where CUDA works, else the CPU. `cpu`. `cuda` or `cuda:1`: that card or an error. Default auto.
    /// </summary>
    public string Device { get; set; } = "auto";

    /// <summary>Threads on the CPU, 0 to 256; 0: one a core. Default 0.</summary>
    public int Threads { get; set; }

    /// <summary>How much memory models may take before the least recently used goes, in MB; 0: half of the machine's. Default 0.</summary>
    public long ModelMemoryMb { get; set; }

    /// <summary>The most graphics memory that one network's arena may take, in MB; 0: all there is. Default 0.</summary>
    public long CudaMemoryLimitMb { get; set; }

    /// <summary>The card that <see cref="Device"/> names, or would try; null for the CPU and for what is no device.</summary>
    internal int? CudaIndex => Device switch
    {
        "auto" or "cuda" => 0,
        _ => Device.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(Device.AsSpan(5), out var n) && n is >= 0 and < 64 ? n : null,
    };

    /// <exception cref="EngineException">A value out of its range.</exception>
    internal void Validate()
    {
        if (Device != "cpu" && CudaIndex is null)
            throw new EngineException($"Device is '{Device}'; expected auto, cpu, cuda or cuda:N.");
        if (Threads is < 0 or > 256) throw new EngineException($"Threads is {Threads}; expected 0 to 256.");
        if (ModelMemoryMb < 0 || CudaMemoryLimitMb < 0) throw new EngineException("A memory limit is negative; expected megabytes, or 0.");
    }
}
