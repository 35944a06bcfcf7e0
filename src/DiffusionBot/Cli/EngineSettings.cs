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
        return settings.ToOptions(at, terminal, modelsFolder);
    }

    /// <summary>The folder of the settings file that goes; the program's where there is none.</summary>
    /// <exception cref="RefusedException">A settings file that cannot be read.</exception>
    public static string FolderOf(Terminal terminal) => Find(terminal).At;

    /// <summary>The section as the host has it, with what the environment says in its place.</summary>
    public static EngineSettings Of(IConfiguration configuration) => configuration.GetSection(Section).Get<EngineSettings>() ?? new EngineSettings();

    /// <summary>What the engine is to be made with.</summary>
    /// <param name="at">What relative folders are relative to.</param>
    /// <param name="terminal">Where models are looked for if the settings name no folder.</param>
    /// <param name="modelsFolder">Takes the place of all models folders of the settings, and of their default checkpoint; null: as the settings say.</param>
    /// <exception cref="RefusedException">No such folder.</exception>
    public EngineOptions ToOptions(string at, Terminal terminal, string? modelsFolder = null)
    {
        var models = Models ?? new ModelSettings();
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
                Folder = terminal.Find("models", models.Folder, at),
                CacheFolder = models.CacheFolder is null ? DefaultCache() : Path.Combine(at, models.CacheFolder),
                DefaultCheckpoint = models.DefaultCheckpoint,
            },
        };
        foreach (var folder in models.MoreFolders ?? []) options.Models.MoreFolders.Add(Path.Combine(at, folder));
        options.Device = Device ?? options.Device;
        options.Threads = Threads ?? options.Threads;
        options.ModelMemoryMb = ModelMemoryMb ?? options.ModelMemoryMb;
        options.CudaMemoryLimitMb = CudaMemoryLimitMb ?? options.CudaMemoryLimitMb;
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
