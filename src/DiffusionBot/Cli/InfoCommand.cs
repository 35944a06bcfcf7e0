using System.CommandLine;
using DiffusionBot.Imaging;

namespace DiffusionBot.Cli;

/// <summary><c>info</c>: the parameter text of pictures, whoever drew them.</summary>
internal static class InfoCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("files") { Description = "PNG, JPEG, WebP or GIF.", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        var command = new Command("info", "Prints the parameter text that pictures carry.") { files, LanguageOption.Create() };
        command.SetAction(parsed =>
        {
            var paths = parsed.GetRequiredValue(files);
            var texts = new Texts(LanguageOption.Of(parsed));
            var exit = ExitCode.Done;
            foreach (var path in paths)
            {
                var text = Read(path, terminal);
                if (text.Parameters is { } parameters) Print(path, parameters, paths.Length > 1, terminal.Out);
                else terminal.Error.WriteLine(texts.NoParameters(path, text.Entries.Keys));
                if (text.Parameters is null) exit = ExitCode.Refused;
            }
            return exit;
        });
        return command;
    }

    private static PictureText Read(string path, Terminal terminal)
    {
        var full = terminal.FullPath(path);
        if (!File.Exists(full)) throw new RefusedException($"{path}: there is no such file.");
        var length = new FileInfo(full).Length;
        if (length > PictureLimits.Default.MaxBytes) throw new RefusedException($"{path}: {length} bytes; pictures are read up to {PictureLimits.Default.MaxBytes}.");
        try
        {
            return PictureText.Read(File.ReadAllBytes(full));
        }
        catch (InvalidPictureException e)
        {
            throw new RefusedException($"{path}: {e.Message}", e);
        }
    }

    private static void Print(string path, string parameters, bool withName, TextWriter output)
    {
        if (withName) output.WriteLine($"{path}:");
        output.WriteLine(parameters);
        if (withName) output.WriteLine();
    }
}
