using System.Runtime.InteropServices;

namespace DiffusionBot.Machine;

/// <summary>A library that ONNX Runtime's CUDA provider loads from the system.</summary>
/// <param name="File">Its file name, as the provider asks for it.</param>
/// <param name="Product">The NVIDIA product that has it.</param>
/// <param name="Package">NVIDIA's apt package on Linux (x is the minor version); empty on Windows.</param>
/// <param name="Wheel">The Python wheel that carries the same file.</param>
internal sealed record CudaLibrary(string File, string Product, string Package, string Wheel);

/// <summary>
/// What the CUDA provider of ONNX Runtime 1.29 needs, read from the provider's files themselves: their import tables, the names
/// they open while running, and the code they carry. cuFFT is opened only by Fourier transforms, which nothing here draws with.
/// </summary>
internal static class CudaLibraries
{
    /// <summary>CUDA 13 runs on this driver branch and newer (NVIDIA, "CUDA Compatibility", minor version compatibility).</summary>
    public const int MinimumDriver = 580;

    private static readonly CudaLibrary[] Linux =
    [
        new("libcudart.so.13", "CUDA 13", "cuda-cudart-13-x", "nvidia-cuda-runtime"),
        new("libcublasLt.so.13", "CUDA 13", "libcublas-13-x", "nvidia-cublas"),
        new("libcublas.so.13", "CUDA 13", "libcublas-13-x", "nvidia-cublas"),
        new("libcurand.so.10", "CUDA 13", "libcurand-13-x", "nvidia-curand"),
        new("libcudnn.so.9", "cuDNN 9", "cudnn9-cuda-13", "nvidia-cudnn-cu13"),
    ];

    // The Windows provider has the runtime and cuRAND linked in.
    private static readonly CudaLibrary[] Windows =
    [
        new("cublasLt64_13.dll", "CUDA 13", "", "nvidia-cublas"),
        new("cublas64_13.dll", "CUDA 13", "", "nvidia-cublas"),
        new("cudnn64_9.dll", "cuDNN 9", "", "nvidia-cudnn-cu13"),
    ];

    /// <summary>The libraries, in an order in which each finds those before it.</summary>
    public static IReadOnlyList<CudaLibrary> For(Platform platform) => platform switch
    {
        Platform.Linux => Linux,
        Platform.Windows => Windows,
        _ => [],
    };

    /// <summary>
    /// Whether the provider has code for a card. It carries machine code only, no PTX that a driver could translate:
    /// 7.5, 8.0, 8.6, 8.9, 12.0, and 9.0 on Linux; a card runs code of its own major version and no higher a minor one.
    /// </summary>
    public static bool Run(Version capability, Platform platform) => (capability.Major, capability.Minor) switch
    {
        (7, >= 5) or (8, _) or (12, _) => true,
        (9, _) => platform == Platform.Linux,
        _ => false,
    };

    /// <summary>
    /// Loads every library: from where the system looks, else from where NVIDIA's installers put it. What is loaded stays so, and
    /// the provider then finds it by name; so this belongs before the first CUDA session as much as into a report.
    /// </summary>
    public static IReadOnlyList<FoundLibrary> Load(Platform platform) =>
        [.. For(platform).Select(library => new FoundLibrary(library, WhyNot(library.File, platform)))];

    private static string? WhyNot(string file, Platform platform)
    {
        if (NativeLibrary.TryLoad(file, out _)) return null;
        string? error = null;
        foreach (var path in Folders(platform).Select(folder => Path.Combine(folder, file)).Where(System.IO.File.Exists))
        {
            // On Windows a library finds its siblings (cuDNN has eight) only on the PATH.
            if (platform == Platform.Windows) AddToPath(Path.GetDirectoryName(path)!);
            try
            {
                NativeLibrary.Load(path);
                return null;
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                error ??= e.Message.ReplaceLineEndings(" ");
            }
        }
        return error ?? $"{file} is nowhere to be found";
    }

    private static void AddToPath(string folder)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        if (!path.Split(Path.PathSeparator).Contains(folder, StringComparer.OrdinalIgnoreCase))
            Environment.SetEnvironmentVariable("PATH", folder + Path.PathSeparator + path);
    }

    /// <summary>Where installers put the libraries without telling the loader.</summary>
    private static IEnumerable<string> Folders(Platform platform)
    {
        var toolkit = Environment.GetEnvironmentVariable("CUDA_PATH");
        if (platform == Platform.Linux)
        {
            if (!string.IsNullOrEmpty(toolkit)) yield return Path.Combine(toolkit, "lib64");
            yield return "/usr/local/cuda-13/lib64";
            yield return "/usr/local/cuda/lib64";
            yield break;
        }
        // CUDA 13 moved its libraries to bin\x64; its installer puts only bin on the PATH.
        if (!string.IsNullOrEmpty(toolkit))
        {
            yield return Path.Combine(toolkit, "bin", "x64");
            yield return Path.Combine(toolkit, "bin");
        }
        var programs = Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles);
        var cudnn = Path.Combine(programs, "NVIDIA", "CUDNN");
        if (!Directory.Exists(cudnn)) yield break;
        // One folder a version and in it one a CUDA version: v9.x\bin\13.x, with x64 below in newer ones.
        foreach (var folder in Directory.EnumerateDirectories(cudnn, "*", SearchOption.AllDirectories)
                     .Where(f => f.Contains($"{Path.DirectorySeparatorChar}13.", StringComparison.Ordinal))
                     .OrderDescending(StringComparer.Ordinal)) yield return folder;
    }
}
