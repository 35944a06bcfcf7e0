using System.Diagnostics;
using DiffusionBot.Imaging;

namespace DiffusionBot.Tests.Cli;

/// <summary>The built program as a process of its own: pipes, exit codes, signals, a full disk.</summary>
public sealed class ExecutableTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("diffusionbot-").FullName;

    private static string Program => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "DiffusionBot.exe" : "DiffusionBot");

    public ExecutableTests() =>
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), """{ "Engine": { "Device": "cpu", "Models": { "CacheFolder": "cache" } } }""");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Process Start(string file, params IEnumerable<string> args)
    {
        var start = new ProcessStartInfo(file, args)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static async Task<(int Code, string Out, string Error)> EndAsync(Process process)
    {
        process.StandardInput.Close();
        var cancel = TestContext.Current.CancellationToken;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, await output, await error);
    }

    [Fact]
    public async Task Draws_a_recipe_from_a_pipe_in_Chinese()
    {
        using var process = Start(Program, "draw", "-", "-o", "苹果.png");
        await process.StandardInput.BaseStream.WriteAsync("红苹果，蓝色背景\nSteps: 1, Sampler: Euler, CFG scale: 7, Seed: 7, Size: 64x64"u8.ToArray(), TestContext.Current.CancellationToken);
        var (code, output, error) = await EndAsync(process);
        Assert.True(code == 0, error);
        Assert.StartsWith("红苹果，蓝色背景\nSteps: 1, Sampler: Euler,", output, StringComparison.Ordinal);
        Assert.Equal(output.TrimEnd(), PictureText.Read(await File.ReadAllBytesAsync(Path.Combine(folder, "苹果.png"), TestContext.Current.CancellationToken)).Parameters);
    }

    [Fact]
    public async Task A_full_disk_is_a_clear_error_and_leaves_no_partial_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The shell's limit of a file's size stands for a full disk.");
        // 512 bytes; write-xor-execute is off because .NET keeps its code in a file in memory, which the limit hits as well.
        const string Script = "trap '' XFSZ; ulimit -f 1; export DOTNET_EnableWriteXorExecute=0; exec \"$0\" \"$@\"";
        using var process = Start("sh", "-c", Script, Program, "draw", "a cat", "--steps", "1", "-o", "full.png");
        var (code, output, error) = await EndAsync(process);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("full.png: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Equal(["appsettings.json"], Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public async Task The_interrupt_signal_ends_drawing_with_130_and_leaves_no_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by kill.");
        using var process = Start(Program, "draw", "a cat", "--steps", "150", "--batch-count", "100", "--lang", "en", "-o", "stopped.png");
        // The engine says nothing on a pipe; its cache appears when the model was hashed, just before it draws.
        using var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
        if (!Directory.Exists(Path.Combine(folder, "cache"))) watcher.WaitForChanged(WatcherChangeTypes.Created, TimeSpan.FromMinutes(1));
        using var kill = Start("sh", "-c", $"kill -INT {process.Id}");
        await EndAsync(kill);
        var (code, output, error) = await EndAsync(process);
        Assert.Equal((130, "", "Cancelled."), (code, output, error.Trim()));
        Assert.Equal(["appsettings.json"], Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)));
    }
}
