using DiffusionBot.Cli;

namespace DiffusionBot.Tests.Cli;

public sealed class SettingsTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("diffusionbot-").FullName;

    private string At(string relative)
    {
        var path = Path.Combine(root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private Terminal TerminalHere
    {
        get
        {
            Directory.CreateDirectory(At("work"));
            Directory.CreateDirectory(At("build/bin"));
            return new Terminal(() => Stream.Null, TextWriter.Null, TextWriter.Null) { WorkingFolder = At("work"), ProgramFolder = At("build/bin") };
        }
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void The_shipped_settings_are_the_defaults()
    {
        File.Copy(Path.Combine(TestData.Root, "appsettings.json"), At("build/bin/appsettings.json"));
        var (shipped, none) = (EngineSettings.Load(TerminalHere), new DiffusionBot.Engine.EngineOptions());
        Assert.Equal((none.Device, none.Threads, none.ModelMemoryMb, none.CudaMemoryLimitMb), (shipped.Device, shipped.Threads, shipped.ModelMemoryMb, shipped.CudaMemoryLimitMb));
        Assert.Null(shipped.Models.DefaultCheckpoint);
        Assert.Empty(shipped.Models.MoreFolders);
        Assert.True(Path.IsPathFullyQualified(shipped.Models.CacheFolder!));
    }

    [Fact]
    public void The_working_folder_goes_before_the_programs_and_paths_are_relative_to_the_file()
    {
        File.WriteAllText(At("build/bin/appsettings.json"), """{ "Engine": { "Device": "cuda" } }""");
        File.WriteAllText(At("work/appsettings.json"), """
            { // of the user
              "Engine": { "Device": "cpu", "Threads": 3, "Models": { "Folder": "mine", "MoreFolders": [ "../webui" ], "DefaultCheckpoint": "a" }, } }
            """);
        var options = EngineSettings.Load(TerminalHere);
        Assert.Equal(("cpu", 3, "a"), (options.Device, options.Threads, options.Models.DefaultCheckpoint));
        Assert.Equal(At("work/mine"), options.Models.Folder);
        Assert.Equal(At("webui/"), Path.GetFullPath(Assert.Single(options.Models.MoreFolders)) + "/");
    }

    [Fact]
    public void Another_programs_settings_in_the_working_folder_are_passed_over()
    {
        File.WriteAllText(At("build/bin/appsettings.json"), """{ "Engine": { "Threads": 2 } }""");
        File.WriteAllText(At("work/appsettings.json"), """{ "Logging": {} }""");
        Assert.Equal(2, EngineSettings.Load(TerminalHere).Threads);
    }

    [Theory]
    [InlineData("""{ "Engine": { "Treads": 2 } }""", "Treads")]
    [InlineData("""{ "Engine": { "Threads": "many" } }""", "Threads")]
    [InlineData("""{ "Engine": """, "appsettings.json")]
    public void A_mistake_in_the_settings_is_told_with_the_file(string text, string expected)
    {
        File.WriteAllText(At("work/appsettings.json"), text);
        var refusal = Assert.Throws<RefusedException>(() => EngineSettings.Load(TerminalHere));
        Assert.StartsWith(At("work/appsettings.json"), refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_are_in_the_working_folder_else_beside_the_program_else_above_it()
    {
        Directory.CreateDirectory(At("models"));
        Assert.Equal(At("models"), EngineSettings.Load(TerminalHere).Models.Folder);
        Directory.CreateDirectory(At("build/bin/models"));
        Assert.Equal(At("build/bin/models"), EngineSettings.Load(TerminalHere).Models.Folder);
        Directory.CreateDirectory(At("work/models"));
        Assert.Equal(At("work/models"), EngineSettings.Load(TerminalHere).Models.Folder);
    }

    [Fact]
    public void A_models_folder_of_the_command_line_takes_the_place_of_all_in_the_settings()
    {
        File.WriteAllText(At("work/appsettings.json"), """{ "Engine": { "Models": { "Folder": "mine", "MoreFolders": [ "more" ], "DefaultCheckpoint": "a", "CacheFolder": "cache" } } }""");
        Directory.CreateDirectory(At("work/theirs"));
        var models = EngineSettings.Load(TerminalHere, "theirs").Models;
        Assert.Equal((At("work/theirs"), null, At("work/cache")), (models.Folder, models.DefaultCheckpoint, models.CacheFolder));
        Assert.Empty(models.MoreFolders);
    }
}
