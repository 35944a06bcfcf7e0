using System.Text;

namespace DiffusionBot.Cli;

/// <summary>What a command reads from and writes to, and where it stands.</summary>
/// <param name="In">Opens standard input; only a command that wants it does.</param>
/// <param name="Out">Standard output: what was asked for.</param>
/// <param name="Error">Standard error: progress, notes, refusals.</param>
internal sealed record Terminal(Func<Stream> In, TextWriter Out, TextWriter Error)
{
    /// <summary>Whether a person looks at <see cref="Error"/>, so that a line may be written over.</summary>
    public bool ErrorIsScreen { get; init; }

    /// <summary>Columns of the screen that <see cref="Out"/> goes to; where that is none, as wide as anything gets.</summary>
    public int Width { get; init; } = 1000;

    /// <summary>Paths are relative to it.</summary>
    public string WorkingFolder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Where the program lies.</summary>
    public string ProgramFolder { get; init; } = AppContext.BaseDirectory;

    /// <summary>This process's own.</summary>
    public static Terminal Here()
    {
        // Elsewhere UTF-8 is what consoles speak; Windows has to be told, or Chinese becomes question marks.
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Terminal(Console.OpenStandardInput, Console.Out, Console.Error)
        {
            ErrorIsScreen = !Console.IsErrorRedirected,
            Width = Console.IsOutputRedirected || Console.WindowWidth <= 0 ? 1000 : Console.WindowWidth,
        };
    }

    /// <summary>A path as this terminal's user means it.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, Path.GetFullPath(WorkingFolder));

    /// <summary>A folder that comes along: as the settings name it, else of that name in the working folder, else beside the program, else (in a build's output) the nearest above it.</summary>
    /// <param name="name">`models`, `presets`.</param>
    /// <param name="configured">What the settings say; null: nothing.</param>
    /// <param name="settingsFolder">What that is relative to.</param>
    public string Find(string name, string? configured, string settingsFolder)
    {
        if (configured is not null) return Path.Combine(settingsFolder, configured);
        var here = Path.Combine(WorkingFolder, name);
        if (Directory.Exists(here)) return here;
        for (var at = new DirectoryInfo(ProgramFolder); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, name);
            if (Directory.Exists(folder)) return folder;
        }
        return Path.Combine(ProgramFolder, name);
    }
}
