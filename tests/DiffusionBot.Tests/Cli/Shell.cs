using System.Text;
using DiffusionBot.Cli;

namespace DiffusionBot.Tests.Cli;

/// <summary>What a command did.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Run(int Code, string Out, string Error);

/// <summary>
/// The real command line in this process, in a working folder of its own. Engines are kept between commands, so that tests that
/// share a shell load the model once.
/// </summary>
public sealed class Shell : IDisposable
{
    private readonly EngineSource engines = new();
    private readonly string folder = Directory.CreateTempSubdirectory("diffusionbot-").FullName;

    /// <summary>Draws on the CPU, and keeps what it caches in its own folder.</summary>
    public Shell() => File.WriteAllText(At("appsettings.json"), """{ "Engine": { "Device": "cpu", "Models": { "CacheFolder": "cache" } } }""");

    /// <summary>A path in the working folder.</summary>
    public string At(string relative) => Path.Combine(folder, relative);

    internal Task<Run> RunAsync(params string[] args) => RunAsync(args, input: "");

    internal async Task<Run> RunAsync(string[] args, string input, bool screen = false, CancellationToken? cancel = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(() => new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error) { WorkingFolder = folder, ErrorIsScreen = screen };
        var code = await new CommandLine(terminal, engines).RunAsync(args, cancel ?? TestContext.Current.CancellationToken);
        return new Run(code, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        engines.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
