using DiffusionBot.Machine;

namespace DiffusionBot.Tests.Machine;

/// <summary>Machines to report on: a sound one with a card, to be broken in one place by each test.</summary>
internal static class SomeMachine
{
    public const long Gigabyte = 1L << 30;

    public static NvidiaCard Rtx3060 { get; } = new("NVIDIA GeForce RTX 3060", 12 * Gigabyte, 11 * Gigabyte, new Version(8, 6));

    public static MachineFacts With(params NvidiaCard[] cards) => new()
    {
        Platform = Platform.Linux,
        System = "Ubuntu 24.04 LTS, x64",
        Cpu = "Some CPU",
        Threads = 8,
        Avx2 = true,
        Avx512 = false,
        MemoryTotal = 32 * Gigabyte,
        MemoryFree = 20 * Gigabyte,
        OwnLibraries = [new("ONNX Runtime", null), new("libvips", null)],
        Nvidia = new NvidiaDriver("580.95.05", cards),
        NvidiaCardOnBus = true,
        CudaProvider = true,
        CudaLibraries = Found(Platform.Linux),
        ModelsFolder = "/models",
        DiskFree = 100 * Gigabyte,
    };

    public static MachineFacts WithoutCard => With() with { Nvidia = null, NvidiaCardOnBus = false, CudaProvider = false, CudaLibraries = [] };

    /// <summary>The CUDA libraries of a platform, all there but those named.</summary>
    public static IReadOnlyList<FoundLibrary> Found(Platform platform, params string[] missing) =>
        [.. CudaLibraries.For(platform).Select(l => new FoundLibrary(l, missing.Contains(l.File) ? $"{l.File} is nowhere to be found" : null))];
}
