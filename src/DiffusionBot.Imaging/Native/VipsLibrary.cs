using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DiffusionBot.Imaging.Native;

/// <summary>Finds libvips beside the assembly and starts it, once, at the first picture.</summary>
internal static partial class VipsLibrary
{
    /// <summary>The name in LibraryImport; the file's own name carries a version and differs by system.</summary>
    public const string Name = "vips";

    // One file on every system: the builds behind sharp link GLib in and export it beside the vips_* functions.
    private static readonly string[] FilePatterns = OperatingSystem.IsWindows() ? ["libvips-42.dll"]
        : OperatingSystem.IsMacOS() ? ["libvips-cpp*.dylib", "libvips*.dylib"] : ["libvips-cpp.so*", "libvips.so*"];

    private static readonly Lazy<bool> Started = new(Start);

    /// <summary>Returns when libvips is ready; throws the same error each time where it cannot be.</summary>
    public static void EnsureStarted() => _ = Started.Value;

    private static bool Start()
    {
        NativeLibrary.SetDllImportResolver(typeof(VipsLibrary).Assembly, Resolve);
        unsafe
        {
            // libvips warns about damaged metadata on standard error, where a person reads our own messages.
            VipsNative.SetLogHandler(&IgnoreLog, 0);
        }
        if (VipsNative.Init("DiffusionBot") != 0) throw new VipsException("libvips does not start", VipsNative.TakeError());
        VipsNative.CacheSetMax(0);            // pictures are seen once; a cache would only keep their memory
        VipsNative.ConcurrencySet(1);         // one picture is small, and the engine wants the cores
        VipsNative.BlockUntrustedSet(1);      // loaders that libvips itself does not trust with strangers' files
        return true;
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? search)
    {
        if (library != Name) return 0;
        var folder = AppContext.BaseDirectory;
        foreach (var pattern in FilePatterns)
        {
            foreach (var file in Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal))
            {
                if (NativeLibrary.TryLoad(file, out var handle)) return handle;
            }
        }
        throw new DllNotFoundException($"No libvips ({string.Join(" or ", FilePatterns)}) that loads in {folder}.");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void IgnoreLog(nint domain, int level, nint message, nint data)
    {
    }
}
