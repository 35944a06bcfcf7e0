using System.Globalization;
using System.Runtime.InteropServices;

namespace DiffusionBot.Machine;

/// <summary>How much memory there is and how much of it is free, in bytes.</summary>
internal static partial class MemoryProbe
{
    public static (long Total, long Free) Read()
    {
        if (OperatingSystem.IsLinux())
            return FromLinux(File.ReadAllText("/proc/meminfo"), TextOf("/sys/fs/cgroup/memory.max"), TextOf("/sys/fs/cgroup/memory.current"));
        if (OperatingSystem.IsWindows())
        {
            var status = new MemoryStatus { Length = (uint)Marshal.SizeOf<MemoryStatus>() };
            if (GlobalMemoryStatusEx(ref status)) return ((long)status.TotalPhysical, (long)status.AvailablePhysical);
        }
        var gc = GC.GetGCMemoryInfo();
        return (gc.TotalAvailableMemoryBytes, Math.Max(gc.TotalAvailableMemoryBytes - gc.MemoryLoadBytes, 0));
    }

    /// <summary>The machine's memory, or what the container may use of it where that is less.</summary>
    /// <param name="meminfo">The text of /proc/meminfo: lines of `MemTotal:  24576 kB`.</param>
    /// <param name="limit">The text of the control group's memory.max: bytes, or `max`; null where there is none.</param>
    /// <param name="used">The text of its memory.current; null where there is none.</param>
    public static (long Total, long Free) FromLinux(string meminfo, string? limit, string? used)
    {
        var total = Kilobytes(meminfo, "MemTotal:") * 1024;
        var free = Kilobytes(meminfo, "MemAvailable:") * 1024;
        if (!long.TryParse(limit, CultureInfo.InvariantCulture, out var most) || most >= total) return (total, free);
        _ = long.TryParse(used, CultureInfo.InvariantCulture, out var taken);
        return (most, Math.Clamp(most - taken, 0, free));
    }

    private static long Kilobytes(string meminfo, string name)
    {
        foreach (var line in meminfo.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name, StringComparison.Ordinal) &&
                long.TryParse(line[name.Length..].TrimEnd("kB "), CultureInfo.InvariantCulture, out var value)) return value;
        }
        return 0;
    }

    private static string? TextOf(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    [LibraryImport("kernel32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial bool GlobalMemoryStatusEx(ref MemoryStatus status);

    /// <summary>MEMORYSTATUSEX.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MemoryStatus
    {
        public uint Length;
        public uint Load;
        public ulong TotalPhysical;
        public ulong AvailablePhysical;
        public ulong TotalPageFile;
        public ulong AvailablePageFile;
        public ulong TotalVirtual;
        public ulong AvailableVirtual;
        public ulong AvailableExtendedVirtual;
    }
}
