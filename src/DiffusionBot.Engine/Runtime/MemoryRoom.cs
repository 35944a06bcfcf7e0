using System.Globalization;

namespace DiffusionBot.Engine.Runtime;

/// <summary>How much memory may still be taken on this machine.</summary>
internal static class MemoryRoom
{
    private const string Available = "MemAvailable:", File = "/proc/meminfo";

    /// <summary>Bytes: what the system says is available, and no more than is left of what this process may have.</summary>
    public static long Bytes()
    {
        var info = GC.GetGCMemoryInfo();
        var ours = info.TotalAvailableMemoryBytes - Environment.WorkingSet;
        return Math.Max(0, Math.Min(ours, OfSystem() ?? info.TotalAvailableMemoryBytes - info.MemoryLoadBytes));
    }

    /// <summary>Linux's own estimate, which counts what caches would give back; null elsewhere.</summary>
    private static long? OfSystem()
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            foreach (var line in System.IO.File.ReadLines(File))
            {
                if (!line.StartsWith(Available, StringComparison.Ordinal)) continue;
                var kilobytes = line[Available.Length..].Replace("kB", "", StringComparison.Ordinal);
                return long.TryParse(kilobytes, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number << 10 : null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;   // not every container shows it
        }
        return null;
    }
}
