namespace DiffusionBot.Engine.Infotext;

/// <summary>A version of WebUI.</summary>
/// <param name="Commits">After that version; -1: before it.</param>
internal readonly record struct WebUiVersion(int Major, int Minor, int Patch, int Commits = 0)
{
    /// <summary>Since then prompt editing counts the second pass' steps by themselves.</summary>
    public static readonly WebUiVersion NewPromptEditing = new(1, 6, 0);

    /// <summary>Since then alphas_cumprod stays in float.</summary>
    public static readonly WebUiVersion WholeAlphas = new(1, 7, 0, 225);

    /// <summary>Since then the refiner comes in by the timestep.</summary>
    public static readonly WebUiVersion RefinerByTimestep = new(1, 8, 0);

    private (int, int, int, int) Order => (Major, Minor, Patch, Commits);

    public static bool operator <(WebUiVersion a, WebUiVersion b) => a.Order.CompareTo(b.Order) < 0;

    public static bool operator >(WebUiVersion a, WebUiVersion b) => b < a;

    /// <summary>v1.10.1, v1.7.0-225-gabcdef (225 commits later), v1.8.0-RC (before it).</summary>
    public static bool TryParse(string text, out WebUiVersion version)
    {
        version = default;
        var parts = text.TrimStart('v').Split('-');
        if (!Version.TryParse(parts[0], out var number)) return false;
        var commits = 0;
        if (parts.Length > 1 && !int.TryParse(parts[1], out commits))
        {
            if (!parts[1].StartsWith("RC", StringComparison.OrdinalIgnoreCase)) return false;
            commits = -1;
        }
        version = new WebUiVersion(number.Major, number.Minor, Math.Max(number.Build, 0), commits);
        return true;
    }
}
