namespace DiffusionBot.Machine;

/// <summary>What a report on this machine is made from. <see cref="MachineProbe"/> gathers it; tests write it down.</summary>
internal sealed record MachineFacts
{
    /// <summary>Which kind of system this is: it decides file names and advice.</summary>
    public required Platform Platform { get; init; }

    /// <summary>The system's own name and version.</summary>
    public required string System { get; init; }

    /// <summary>The processor's own name.</summary>
    public required string Cpu { get; init; }

    /// <summary>Logical processors that this process may use.</summary>
    public required int Threads { get; init; }

    /// <summary>Whether the processor has AVX2: without it ONNX Runtime's kernels take several times as long.</summary>
    public required bool Avx2 { get; init; }

    /// <summary>Whether the processor has AVX-512.</summary>
    public required bool Avx512 { get; init; }

    /// <summary>Bytes: what the machine has, or what its container may use.</summary>
    public required long MemoryTotal { get; init; }

    /// <summary>Bytes that a program can have without pushing another out.</summary>
    public required long MemoryFree { get; init; }

    /// <summary>The native libraries that drawing needs anywhere, and why one does not load.</summary>
    public required IReadOnlyList<OwnLibrary> OwnLibraries { get; init; }

    /// <summary>What the NVIDIA driver says; null where none is installed.</summary>
    public NvidiaDriver? Nvidia { get; init; }

    /// <summary>Whether the bus shows an NVIDIA card, with a driver or without. Read on Linux only.</summary>
    public bool NvidiaCardOnBus { get; init; }

    /// <summary>Whether this build carries ONNX Runtime's CUDA provider.</summary>
    public bool CudaProvider { get; init; }

    /// <summary>The libraries that the provider loads, in <see cref="CudaLibraries.For"/>'s order; empty where none was looked for.</summary>
    public IReadOnlyList<FoundLibrary> CudaLibraries { get; init; } = [];

    /// <summary>The folder that models are read from.</summary>
    public required string ModelsFolder { get; init; }

    /// <summary>Bytes free on that folder's disk; null where the folder does not exist.</summary>
    public long? DiskFree { get; init; }
}

/// <summary>The kinds of system that file names and advice differ by.</summary>
internal enum Platform
{
    /// <summary>Linux with glibc, x64.</summary>
    Linux,

    /// <summary>Windows 10 or newer.</summary>
    Windows,

    /// <summary>Anything else; no CUDA there.</summary>
    Other,
}

/// <summary>A library that lies beside the program.</summary>
/// <param name="Name">What it is called in a report.</param>
/// <param name="Error">Why it does not load, in the loader's words; null: it does.</param>
internal sealed record OwnLibrary(string Name, string? Error);

/// <summary>A library that the system should have.</summary>
/// <param name="Library">Which.</param>
/// <param name="Error">Why it does not load; null: it does.</param>
internal sealed record FoundLibrary(CudaLibrary Library, string? Error);

/// <summary>The driver and its cards, by NVIDIA's management library.</summary>
/// <param name="Version">As the driver writes it, "580.95.05"; empty where <paramref name="Error"/> is set.</param>
/// <param name="Cards">In the driver's order, which is CUDA's unless CUDA_DEVICE_ORDER says otherwise.</param>
/// <param name="Error">What the library answered instead; null: all went well.</param>
internal sealed record NvidiaDriver(string Version, IReadOnlyList<NvidiaCard> Cards, string? Error = null)
{
    /// <summary>580 of "580.95.05"; 0 where there is no number.</summary>
    public int Major => int.TryParse(Version.AsSpan(0, Math.Max(Version.IndexOf('.', StringComparison.Ordinal), 0)), out var major) ? major : 0;
}

/// <summary>One card.</summary>
/// <param name="Name">"NVIDIA GeForce RTX 3060".</param>
/// <param name="MemoryTotal">Bytes.</param>
/// <param name="MemoryFree">Bytes.</param>
/// <param name="Capability">CUDA's compute capability: 8.6 is version 8.6.</param>
internal sealed record NvidiaCard(string Name, long MemoryTotal, long MemoryFree, Version Capability);
