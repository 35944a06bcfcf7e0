using System.CommandLine;
using System.Text.Json;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Machine;
using Spectre.Console;

namespace DiffusionBot.Cli;

/// <summary><c>models</c>: what lies in the models folders.</summary>
internal static class ModelsCommand
{
    public static Command Create(Terminal terminal, EngineSource engines)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table." };
        var engineArguments = new EngineArguments();
        var command = new Command("models", "Lists what lies in the models folders: kind, name, hash, family, size.") { json, LanguageOption.Create() };
        engineArguments.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var texts = new Texts(LanguageOption.Of(parsed));
            var options = engineArguments.Read(parsed, terminal);
            var index = engines.For(options).Models;
            var rows = new List<ModelOutput>();
            foreach (var file in Enum.GetValues<ModelKind>().SelectMany(index.Files)) rows.Add(await RowAsync(file, terminal, texts, cancel));
            foreach (var note in index.Notes) terminal.Error.WriteLine($"{texts.Note}: {note}");
            if (parsed.GetValue(json)) terminal.Out.WriteLine(JsonSerializer.Serialize(rows, OutputJson.Readable.IReadOnlyListModelOutput));
            else if (rows.Count == 0) terminal.Error.WriteLine(texts.NoModels(Path.GetFullPath(options.Models.Folder)));
            else PrintTable(rows, terminal, texts);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<ModelOutput> RowAsync(ModelFile file, Terminal terminal, Texts texts, CancellationToken cancel)
    {
        var (sha256, problem) = ((string?)null, file.ProblemText is { } text ? texts.Of(text) : null);
        try
        {
            if (file.KnownHash is null && terminal.ErrorIsScreen) terminal.Error.WriteLine(texts.Hashing(file.RelativeName));
            sha256 = await file.Sha256Async(cancel);
        }
        catch (EngineException e)
        {
            problem ??= texts.Of(e.Text);
        }
        return new ModelOutput(file.Kind.ToString().ToLowerInvariant(), file.Name, file.Path, sha256?[..ModelHashes.ShortDigits], sha256, file.Family?.Name, file.Size, problem);
    }

    private static void PrintTable(List<ModelOutput> rows, Terminal terminal, Texts texts)
    {
        var table = new Table { Border = TableBorder.Minimal };
        var withProblems = rows.Exists(row => row.Problem is not null);
        foreach (var column in withProblems ? texts.ModelColumns : texts.ModelColumns.SkipLast(1)) table.AddColumn(column);
        foreach (var row in rows)
        {
            string[] cells = [row.Kind, row.Name, row.Hash ?? "", row.Family ?? "", MachineReport.Size(row.Bytes), row.Problem ?? ""];
            table.AddRow(cells.Take(table.Columns.Count).Select(cell => new Text(cell)));
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(terminal.Out) });
        console.Profile.Width = terminal.Width;
        console.Write(table);
    }
}
