using System.CommandLine;
using DiffusionBot.Engine;

namespace DiffusionBot.Cli;

/// <summary>Which models, on which device: the options that every drawing command has.</summary>
internal sealed class EngineArguments
{
    private readonly Option<string?> models = new("--models") { Description = "Use another models folder, with checkpoints, vae ... in it.", HelpName = "DIR" };
    private readonly Option<string?> device = new("--device") { Description = "What to draw on: auto, cpu, cuda, or cuda:1 for the second card.", HelpName = "auto|cpu|cuda[:N]" };

    public void AddTo(Command command)
    {
        command.Options.Add(models);
        command.Options.Add(device);
    }

    /// <summary>The settings, with what the command line says instead.</summary>
    /// <exception cref="RefusedException">The settings file or the models folder is no good.</exception>
    public EngineOptions Read(ParseResult parsed, Terminal terminal)
    {
        var options = EngineSettings.Load(terminal, parsed.GetValue(models));
        options.Device = parsed.GetValue(device) ?? options.Device;
        return options;
    }
}
