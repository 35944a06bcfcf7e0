using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;
using DiffusionBot.Engine;

namespace DiffusionBot.Machine;

/// <summary>Looks at the machine. Everything that may be absent is asked for by name at run time; nothing here throws for its absence.</summary>
internal static class MachineProbe
{
    /// <param name="modelsFolder">The folder that models are read from; it need not exist.</param>
    public static MachineFacts Gather(string modelsFolder)
    {
        var platform = PlatformHere();
        var (total, free) = MemoryProbe.Read();
        var driver = platform == Platform.Other ? null : NvidiaManagement.Read();
        return new MachineFacts
        {
            Platform = platform,
            System = $"{SystemName()}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}",
            Cpu = CpuName(),
            Threads = Environment.ProcessorCount,
            Avx2 = Avx2.IsSupported,
            Avx512 = Avx512F.IsSupported,
            MemoryTotal = total,
            MemoryFree = free,
            OwnLibraries = [Own("ONNX Runtime", "libonnxruntime.so", "onnxruntime.dll", "libonnxruntime*.dylib"), Own("libvips", "libvips-cpp.so.*", "libvips-42.dll", "libvips-cpp.*.dylib")],
            Nvidia = driver,
            NvidiaCardOnBus = platform == Platform.Linux && CardOnBus("/sys/bus/pci/devices"),
            CudaProvider = ImageEngine.HasCudaProvider,
            CudaLibraries = driver is null ? [] : CudaLibraries.Load(platform),
            ModelsFolder = Path.GetFullPath(modelsFolder),
            DiskFree = Directory.Exists(modelsFolder) ? new DriveInfo(Path.GetFullPath(modelsFolder)).AvailableFreeSpace : null,
        };
    }

    /// <summary>The kind of system this program runs on.</summary>
    public static Platform PlatformHere() =>
        RuntimeInformation.OSArchitecture != Architecture.X64 ? Platform.Other
        : OperatingSystem.IsLinux() ? Platform.Linux
        : OperatingSystem.IsWindows() ? Platform.Windows
        : Platform.Other;

    /// <summary>Whether a folder of PCI devices, as Linux shows them, has a display controller (class 03) of NVIDIA's (10de).</summary>
    internal static bool CardOnBus(string devices) =>
        Directory.Exists(devices) && Directory.EnumerateDirectories(devices).Any(device =>
            FirstLine(Path.Combine(device, "vendor")) == "0x10de" && FirstLine(Path.Combine(device, "class")).StartsWith("0x03", StringComparison.Ordinal));

    private static OwnLibrary Own(string name, string linux, string windows, string mac)
    {
        var pattern = OperatingSystem.IsWindows() ? windows : OperatingSystem.IsMacOS() ? mac : linux;
        var file = Directory.EnumerateFiles(AppContext.BaseDirectory, pattern).FirstOrDefault();
        if (file is null) return new OwnLibrary(name, $"there is no {pattern} in {AppContext.BaseDirectory}");
        try
        {
            NativeLibrary.Load(file);   // stays loaded: drawing needs it next
            return new OwnLibrary(name, null);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return new OwnLibrary(name, e.Message.ReplaceLineEndings(" "));
        }
    }

    private static string SystemName()
    {
        const string Key = "PRETTY_NAME=";
        if (!File.Exists("/etc/os-release")) return RuntimeInformation.OSDescription;
        var line = File.ReadLines("/etc/os-release").FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        return line is null ? RuntimeInformation.OSDescription : line[Key.Length..].Trim('"');
    }

    /// <summary>The brand string that an x86 processor keeps in three leaves of CPUID; elsewhere what the system calls it.</summary>
    private static string CpuName()
    {
        const int Brand = unchecked((int)0x80000002);
        if (!X86Base.IsSupported) return RuntimeInformation.ProcessArchitecture.ToString();
        Span<int> words = stackalloc int[12];
        for (var leaf = 0; leaf < 3; leaf++)
            (words[leaf * 4], words[leaf * 4 + 1], words[leaf * 4 + 2], words[leaf * 4 + 3]) = X86Base.CpuId(Brand + leaf, 0);
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words)).Replace("\0", "", StringComparison.Ordinal).Trim();
    }

    private static string FirstLine(string path) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault("") : "";
}
