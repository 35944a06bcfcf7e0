namespace DiffusionBot.Engine.Runtime;

/// <summary>What a session runs on.</summary>
internal sealed record SessionSettings
{
    /// <summary>Threads of a CPU session; 0: one a core.</summary>
    public int Threads { get; init; }

    /// <summary>The CUDA device, from 0; null: the CPU.</summary>
    public int? CudaDevice { get; init; }

    /// <summary>The most memory that CUDA's arena may take for this session, bytes; null: all of it.</summary>
    public long? CudaMemoryLimit { get; init; }

    /// <summary>Whether linear layers keep a second, packed copy of their weights: faster, for memory.</summary>
    public bool PackWeights { get; init; } = true;
}
