using System.Runtime.InteropServices;
using DiffusionBot.Engine;

namespace DiffusionBot.Machine;

/// <summary>
/// Which language a person wants. Invariant globalization is on, so that no culture leaks into numbers; the wish is read
/// from where the system keeps it.
/// </summary>
internal static partial class ReportLanguages
{
    private const int LocaleNameMaxLength = 85;   // LOCALE_NAME_MAX_LENGTH

    /// <summary>The language of this machine's user.</summary>
    public static Language Here() => Of(Environment.GetEnvironmentVariable, OperatingSystem.IsWindows() ? WindowsLocale() : null);

    /// <summary>LC_ALL, else LC_MESSAGES, else LANG, else the system's own locale: Chinese where it begins with "zh".</summary>
    public static Language Of(Func<string, string?> variable, string? systemLocale)
    {
        var locale = new[] { variable("LC_ALL"), variable("LC_MESSAGES"), variable("LANG"), systemLocale }.FirstOrDefault(l => !string.IsNullOrEmpty(l));
        return locale?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? Language.Chinese : Language.English;
    }

    private static unsafe string? WindowsLocale()
    {
        var name = stackalloc char[LocaleNameMaxLength];
        var length = GetUserDefaultLocaleName(name, LocaleNameMaxLength);   // counts the ending zero
        return length > 1 ? new string(name, 0, length - 1) : null;
    }

    [LibraryImport("kernel32.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static unsafe partial int GetUserDefaultLocaleName(char* name, int length);
}
