using DiffusionBot.Bot;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Cli;
using DiffusionBot.Engine;
using DiffusionBot.Generation;
using DiffusionBot.Generation.Labels;
using DiffusionBot.Generation.Moderation;
using DiffusionBot.Generation.Presets;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Translation;
using DiffusionBot.Web;

namespace DiffusionBot.Hosting;

/// <summary>The bot as a process that listens: everything that chats and draws, put together.</summary>
internal static class BotHost
{
    /// <summary>Puts the host together; nothing runs yet.</summary>
    /// <param name="args">`--Section:Key=value` in place of what the settings file says.</param>
    /// <param name="terminal">Where the settings file and models are looked for.</param>
    /// <param name="engines">Owns the engine.</param>
    /// <param name="more">Services of a test.</param>
    /// <exception cref="RefusedException">The settings file cannot be read.</exception>
    public static WebApplication Build(string[] args, Terminal terminal, EngineSource engines, Action<IServiceCollection>? more = null)
    {
        var folder = EngineSettings.FolderOf(terminal);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = folder });
        builder.AddSettings(args);
        // Only this machine can reach it unless the operator says otherwise.
        builder.WebHost.UseUrls(builder.Configuration["Web:Urls"] ?? "http://localhost:5000");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => engines.For(EngineSettings.Of(builder.Configuration).ToOptions(folder, terminal)));
        builder.Services.AddSingleton(services => services.GetRequiredService<ImageEngine>().Models);
        builder.Services.AddSingleton<IDrawingEngine, DrawingEngine>();
        builder.Services.AddGeneration();
        builder.Services.PostConfigure<DataOptions>(options => options.Folder = Path.Combine(folder, options.Folder));
        builder.Services.AddPresets(terminal.Find("presets", builder.Configuration[$"{PresetOptions.Section}:{nameof(PresetOptions.Folder)}"], folder));
        builder.Services.AddPromptTranslation().AddModeration().AddPictureLabels();
        builder.Services.AddBot().AddWebChat().AddWeChat().AddDiscord();
        more?.Invoke(builder.Services);

        var app = builder.Build();
        app.MapHealth();
        app.MapWeChat();
        app.MapWebChat();
        return app;
    }
}
