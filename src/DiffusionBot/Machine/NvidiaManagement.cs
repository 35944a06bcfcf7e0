using System.Runtime.InteropServices;
using System.Text;

namespace DiffusionBot.Machine;

/// <summary>
/// NVIDIA's management library (NVML), which every driver brings along. Reached by name at run time, so that nothing fails where
/// it is absent. Functions and structs as in NVIDIA's "NVML API Reference Guide".
/// </summary>
internal static unsafe class NvidiaManagement
{
    private const int TextBytes = 96;   // the longest of the texts asked for: NVML_DEVICE_NAME_V2_BUFFER_SIZE

    /// <summary>The driver and its cards; null where there is no driver.</summary>
    public static NvidiaDriver? Read()
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvml.dll" : "libnvidia-ml.so.1", out var library)) return null;
        try
        {
            return ReadFrom(library);
        }
        catch (EntryPointNotFoundException e)
        {
            return new NvidiaDriver("", [], e.Message);
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }

    private static NvidiaDriver ReadFrom(IntPtr library)
    {
        var initialize = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "nvmlInit_v2");
        var shutdown = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "nvmlShutdown");
        var describe = (delegate* unmanaged<int, byte*>)NativeLibrary.GetExport(library, "nvmlErrorString");
        var driverVersion = (delegate* unmanaged<byte*, uint, int>)NativeLibrary.GetExport(library, "nvmlSystemGetDriverVersion");
        var count = (delegate* unmanaged<uint*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetCount_v2");

        var code = initialize();
        if (code != 0) return new NvidiaDriver("", [], Marshal.PtrToStringUTF8((IntPtr)describe(code)) ?? $"NVML error {code}");
        try
        {
            var text = stackalloc byte[TextBytes];
            var version = driverVersion(text, TextBytes) == 0 ? Text(text) : "";
            uint cards = 0;
            if (count(&cards) != 0) cards = 0;
            var list = new List<NvidiaCard>();
            for (uint i = 0; i < cards; i++)
            {
                if (ReadCard(library, i) is { } card) list.Add(card);
            }
            return new NvidiaDriver(version, list);
        }
        finally
        {
            shutdown();
        }
    }

    /// <summary>A card, or null where the driver shows it but lets nobody ask.</summary>
    private static NvidiaCard? ReadCard(IntPtr library, uint index)
    {
        var handle = (delegate* unmanaged<uint, IntPtr*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetHandleByIndex_v2");
        var name = (delegate* unmanaged<IntPtr, byte*, uint, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetName");
        var memory = (delegate* unmanaged<IntPtr, Memory*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetMemoryInfo");
        var capability = (delegate* unmanaged<IntPtr, int*, int*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetCudaComputeCapability");

        IntPtr device;
        if (handle(index, &device) != 0) return null;
        var text = stackalloc byte[TextBytes];
        var (bytes, major, minor) = (default(Memory), 0, 0);
        if (name(device, text, TextBytes) != 0 || capability(device, &major, &minor) != 0) return null;
        // Cards that share the machine's memory (DGX Spark) have none of their own to tell of; zero says so.
        if (memory(device, &bytes) != 0) bytes = default;
        return new NvidiaCard(Text(text), (long)bytes.Total, (long)bytes.Free, new Version(major, minor));
    }

    private static string Text(byte* text)
    {
        var bytes = new ReadOnlySpan<byte>(text, TextBytes);
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>nvmlMemory_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Memory
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }
}
