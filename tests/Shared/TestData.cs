using System.Text.Json;

namespace DiffusionBot.Testing;

/// <summary>Where the repository's own files lie: tests/reference, models and presets are read in place, not copied per project.</summary>
internal static class TestData
{
    /// <summary>The folder that holds DiffusionBot.sln, found upwards from the test assembly.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file of tests/reference, by its path there with forward slashes.</summary>
    public static string Reference(string path) => Path.Combine(Root, "tests", "reference", path);

    /// <summary>A file of models/, by its path there with forward slashes.</summary>
    public static string Model(string path) => Path.Combine(Root, "models", path);

    /// <summary>A JSON file of tests/reference, parsed.</summary>
    public static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllBytes(Reference(path))).RootElement;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DiffusionBot.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException($"No DiffusionBot.sln above {AppContext.BaseDirectory}.");
    }
}
