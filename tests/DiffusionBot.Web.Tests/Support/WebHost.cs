using DiffusionBot.Cli;
using DiffusionBot.Generation;
using DiffusionBot.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Web.Tests.Support;

/// <summary>The whole host, listening on a port of its own, with its own data folder.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private const string Settings = """
        {
          "Engine": { "Device": "cpu", "Models": { "CacheFolder": "cache" } },
          "Places": { "web": { "Defaults": { "steps": "2", "size": "128x128", "sampler": "Euler" } } },
          "Jobs": { "StopSeconds": 0 },
          "Logging": { "LogLevel": { "Default": "Warning" } }
        }
        """;

    private readonly EngineSource engines = new();
    private readonly string folder;
    private readonly bool ownsFolder;
    private readonly WebApplication app;

    private WebHost(string? inFolder, Action<IServiceCollection>? more, string[] settings)
    {
        ownsFolder = inFolder is null;
        folder = inFolder ?? NewFolder();
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), Settings);
        var terminal = new Terminal(() => Stream.Null, TextWriter.Null, TextWriter.Null) { WorkingFolder = folder };
        string[] all = ["Web:Urls=http://127.0.0.1:0", "Web:AdminToken=" + AdminToken, .. settings];
        if (settings.Contains(NoToken)) all = [.. all.Where(setting => !setting.StartsWith("Web:AdminToken", StringComparison.Ordinal) && setting != NoToken)];
        app = BotHost.Build([.. all.Select(setting => $"--{setting}")], terminal, engines, more);
    }

    public const string AdminToken = "a-token-of-the-tests";

    /// <summary>In place of a setting: the host makes a token itself.</summary>
    public const string NoToken = "no token";

    public IServiceProvider Services => app.Services;

    public Uri Address => new(app.Urls.First());

    /// <summary>A folder for hosts that follow each other; the test removes it.</summary>
    public static string NewFolder() => Directory.CreateTempSubdirectory("diffusionbot-").FullName;

    /// <summary>With the real engine and the shipped model.</summary>
    public static Task<WebHost> StartAsync(params string[] settings) => StartAsync(null, null, settings);

    /// <param name="engine">Draws in the engine's place; null: the real one.</param>
    /// <param name="folder">With what an earlier host left there; null: a new one.</param>
    /// <param name="settings">`Section:Key=value`.</param>
    public static async Task<WebHost> StartAsync(GatedEngine? engine, string? folder = null, params string[] settings)
    {
        var host = new WebHost(folder, services =>
        {
            if (engine is not null) services.AddSingleton<IDrawingEngine>(engine);
        }, settings);
        await host.app.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Somebody with cookies of their own.</summary>
    public WebVisitor Visitor(string language = "en") => new(Address, language);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        engines.Dispose();
        if (ownsFolder) Directory.Delete(folder, recursive: true);
    }
}
