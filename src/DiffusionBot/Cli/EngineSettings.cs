using System.Text.Json;
using System.Text.Json.Serialization;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Cli;

/// <summary>The section Engine of appsettings.json; what it leaves out is as <see cref="EngineOptions"/> has it. The file explains each.</summary>
internal sealed record EngineSettings
{
    private const string FileName = "appsettings.json", Section = "Engine";

    public ModelSettings? Models { get; init; }

    public string? Device { get; init; }

    public int? Threads { get; init; }

    public long? ModelMemoryMb { get; init; }

    public long? CudaMemoryLimitMb { get; init; }

    internal sealed record ModelSettings
    {
        public string? Folder { get; init; }

        public IReadOnlyList<string>? MoreFolders { get; init; }

        public string? CacheFolder { get; init; }

        public string? DefaultCheckpoint { get; init; }
    }

    /// <summary>What the engine is to be made with.</summary>
    /// <param name="terminal">Where settings and models are looked for: in the working folder, then beside the program.</param>
    /// <param name="modelsFolder">Takes the place of all models folders of the settings, and of their default checkpoint; null: as the settings say.</param>
    /// <exception cref="RefusedException">A settings file that cannot be read, or no such folder.</exception>
    public static EngineOptions Load(Terminal terminal, string? modelsFolder = null)
    {
        var (settings, at) = Find(terminal);
        var models = settings.Models ?? new ModelSettings();
        if (modelsFolder is not null)
        {
            var folder = terminal.FullPath(modelsFolder);
            if (!Directory.Exists(folder)) throw new RefusedException($"--models {modelsFolder}: there is no such folder.");
            models = new ModelSettings { Folder = folder, CacheFolder = models.CacheFolder };
        }
        var options = new EngineOptions
        {
            Models = new ModelIndexOptions
            {
                Folder = models.Folder is null ? DefaultModels(terminal) : Path.Combine(at, models.Folder),
                CacheFolder = models.CacheFolder is null ? DefaultCache() : Path.Combine(at, models.CacheFolder),
                DefaultCheckpoint = models.DefaultCheckpoint,
            },
        };
        foreach (var folder in models.MoreFolders ?? []) options.Models.MoreFolders.Add(Path.Combine(at, folder));
        options.Device = settings.Device ?? options.Device;
        options.Threads = settings.Threads ?? options.Threads;
        options.ModelMemoryMb = settings.ModelMemoryMb ?? options.ModelMemoryMb;
        options.CudaMemoryLimitMb = settings.CudaMemoryLimitMb ?? options.CudaMemoryLimitMb;
        return options;
    }

    /// <summary>The first file that has the section, and its folder: a working folder may hold another program's appsettings.json.</summary>
    private static (EngineSettings Settings, string At) Find(Terminal terminal)
    {
        foreach (var folder in new[] { terminal.WorkingFolder, terminal.ProgramFolder })
        {
            var path = Path.Combine(folder, FileName);
            if (File.Exists(path) && Read(path) is { } settings) return (settings, folder);
        }
        return (new EngineSettings(), terminal.ProgramFolder);
    }

    private static EngineSettings? Read(string path)
    {
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return file.RootElement.ValueKind == JsonValueKind.Object && file.RootElement.TryGetProperty(Section, out var section)
                ? section.Deserialize(EngineSettingsJson.Default.EngineSettings)
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"{path}: the section {Section} cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>models/ in the working folder, else beside the program, else (in a build's output) the nearest above it.</summary>
    private static string DefaultModels(Terminal terminal)
    {
        const string Folder = "models";
        var here = Path.Combine(terminal.WorkingFolder, Folder);
        if (Directory.Exists(here)) return here;
        for (var at = new DirectoryInfo(terminal.ProgramFolder); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, Folder);
            if (Directory.Exists(folder)) return folder;
        }
        return Path.Combine(terminal.ProgramFolder, Folder);
    }

    private static string DefaultCache()
    {
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(Path.IsPathFullyQualified(local) ? local : Path.GetTempPath(), "DiffusionBot");
    }
}

/// <summary>Reads the settings without reflection: that costs a cold start a tenth of a second. An unknown name is a mistake, not a wish to ignore.</summary>
[JsonSourceGenerationOptions(ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(EngineSettings))]
internal sealed partial class EngineSettingsJson : JsonSerializerContext;
