using System.CommandLine;
using System.CommandLine.Invocation;
using DiffusionBot.Engine;
using DiffusionBot.Imaging;

namespace DiffusionBot.Cli;

/// <summary>The whole command line: what is typed becomes a command, what a command throws becomes a line and an exit code.</summary>
/// <param name="terminal">Where to read and write.</param>
/// <param name="engines">Who owns the engines; outlives the call.</param>
internal sealed class CommandLine(Terminal terminal, EngineSource engines)
{
    private const string Name = "DiffusionBot";

    /// <summary>Runs one command.</summary>
    /// <param name="args">What is typed behind the program's name.</param>
    /// <param name="cancel">Stops drawing within a step.</param>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancel = default)
    {
        // A prompt may begin with @: it names no file of arguments. Options are written out: -so is no -s -o.
        var parsed = Root().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Action is ParseErrorAction)
            return WrongUsage(string.Join(Environment.NewLine, parsed.Errors.Select(e => e.Message)), parsed);
        var texts = new Texts(LanguageOption.Of(parsed));
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync(texts.Cancelled);
            return ExitCode.Cancelled;
        }
        catch (UsageException e)
        {
            return WrongUsage(e.Message, parsed);
        }
        catch (EngineException e)
        {
            await terminal.Error.WriteLineAsync(texts.Of(e.Text));
            return ExitCode.Refused;
        }
        catch (Exception e) when (e is RefusedException or InvalidPictureException or IOException or UnauthorizedAccessException)
        {
            await terminal.Error.WriteLineAsync(e.Message);
            return ExitCode.Refused;
        }
    }

    private RootCommand Root()
    {
        var root = new RootCommand("A chat bot that draws, with its own Stable Diffusion engine, on an NVIDIA card or on the CPU. Without a command: runs the bot with its web chat.");
        root.Subcommands.Add(ServeCommand.Create(root, terminal, engines));
        root.Subcommands.Add(DrawCommand.Create(terminal, engines));
        root.Subcommands.Add(InfoCommand.Create(terminal));
        root.Subcommands.Add(ModelsCommand.Create(terminal, engines));
        root.Subcommands.Add(DoctorCommand.Create(terminal, engines));
        root.Subcommands.Add(BenchCommand.Create(terminal, engines));
        return root;
    }

    private int WrongUsage(string message, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        terminal.Error.WriteLine(message);
        terminal.Error.WriteLine($"See: {Name}{(command is RootCommand ? "" : $" {command.Name}")} --help");
        return ExitCode.WrongUsage;
    }
}
