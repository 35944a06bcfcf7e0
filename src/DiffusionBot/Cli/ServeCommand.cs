using System.CommandLine;
using DiffusionBot.Hosting;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Cli;

/// <summary><c>serve</c>, and what the program does when nothing is said: the bot, until it is asked to stop.</summary>
internal static class ServeCommand
{
    /// <summary>The command; <paramref name="root"/> gets its action too.</summary>
    public static Command Create(RootCommand root, Terminal terminal, EngineSource engines)
    {
        var settings = new Argument<string[]>("settings")
        {
            Description = "Settings in place of those of appsettings.json: Web:Urls=http://localhost:8080",
            HelpName = "Section:Key=value",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("serve", "Runs the bot with its web chat; so does the program without any command.") { settings, LanguageOption.Create() };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(settings) ?? [], LanguageOption.Of(parsed), terminal, engines, cancel));
        root.SetAction((parsed, cancel) => RunAsync([], LanguageOption.Of(parsed), terminal, engines, cancel));
        return command;
    }

    private static async Task<int> RunAsync(string[] settings, Engine.Language language, Terminal terminal, EngineSource engines, CancellationToken cancel)
    {
        if (Array.Find(settings, setting => !setting.Contains('=', StringComparison.Ordinal)) is { } odd)
            throw new UsageException($"'{odd}' is no setting; expected Section:Key=value.");
        try
        {
            await using var app = BotHost.Build(settings, terminal, engines);
            await app.StartAsync(cancel);
            var texts = new Texts(language);
            foreach (var address in app.Urls) await terminal.Out.WriteLineAsync(texts.Listening(address));
            await app.WaitForShutdownAsync(cancel);
        }
        catch (OptionsValidationException e)
        {
            throw new RefusedException($"appsettings.json: {string.Join(" ", e.Failures)}", e);
        }
        return ExitCode.Done;
    }
}
