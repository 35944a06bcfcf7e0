using System.CommandLine;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Machine;

namespace DiffusionBot.Cli;

/// <summary><c>doctor</c>: what this machine can do, and what to do about what is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create(Terminal terminal, EngineSource engines)
    {
        var engineArguments = new EngineArguments();
        var command = new Command("doctor", "Says what this machine can do, and what to do about what is missing.") { LanguageOption.Create() };
        engineArguments.AddTo(command);
        command.SetAction(parsed =>
        {
            var language = LanguageOption.Of(parsed);
            var options = engineArguments.Read(parsed, terminal);
            var engine = engines.For(options);
            var report = new DoctorReport(MachineProbe.Gather(options.Models.Folder), ModelsOf(engine), language);
            foreach (var line in report.Lines) terminal.Out.WriteLine(line);
            return report.CanDraw ? TellDevice(engine, new Texts(language), terminal.Out) : ExitCode.Refused;
        });
        return command;
    }

    /// <summary>The checkpoints to draw with. Hashes are only told where they are known: a doctor does not read gigabytes.</summary>
    private static List<ModelLine> ModelsOf(ImageEngine engine) =>
        [.. engine.Models.Files(ModelKind.Checkpoint).Where(file => file.Problem is null).Select(file => new ModelLine(file.Name, file.Family!.Name, file.KnownHash ?? ""))];

    /// <summary>What the engine itself chooses, which is more than what the parts promise.</summary>
    private static int TellDevice(ImageEngine engine, Texts texts, TextWriter output)
    {
        output.WriteLine();
        try
        {
            output.WriteLine(texts.Device(engine.Device));
            if (engine.DeviceNote is { } note) output.WriteLine(note);
            return ExitCode.Done;
        }
        catch (EngineException e)
        {
            output.WriteLine(texts.Of(e.Text));   // the device asked for by name does not work: the report above says why
            return ExitCode.Refused;
        }
    }
}
