using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using DiffusionBot.Bot.Understanding;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Generation.Presets;

namespace DiffusionBot.Cli;

/// <summary><c>draw</c>: words, or a whole parameter text, become pictures.</summary>
internal sealed class DrawCommand
{
    private const string FromInput = "-";
    private const int MostInputBytes = 1 << 20;

    private readonly Argument<string[]> words = new("words")
    {
        Description = "What to draw, or a whole parameter text; all flags of chats may stand in it: a cat --ar 16:9 --variation 0.3. - reads it from standard input. Words that begin with a dash go behind --.",
        HelpName = "WORDS",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string> output = new("--output", "-o")
    {
        Description = "The picture's file: .png, .jpg, .jpeg or .webp. Several become out-1.png, out-2.png ...",
        HelpName = "FILE",
        DefaultValueFactory = _ => "out.png",
    };
    private readonly Option<bool> grid = new("--grid") { Description = "Several pictures also as one, as out-grid.png, laid out as WebUI does." };
    private readonly Option<bool> json = new("--json") { Description = "Print files, infotexts, seeds, timings in seconds and notes as JSON instead of the infotext." };
    private readonly Option<string?> style = new("--style") { Description = "Words that go with yours, by their name in presets/styles.csv; several with + between them.", HelpName = "NAME" };
    private readonly RequestArguments requestArguments = new();
    private readonly EngineArguments engineArguments = new();
    private readonly Terminal terminal;
    private readonly EngineSource engines;

    private DrawCommand(Terminal terminal, EngineSource engines) => (this.terminal, this.engines) = (terminal, engines);

    public static Command Create(Terminal terminal, EngineSource engines)
    {
        var draw = new DrawCommand(terminal, engines);
        var command = new Command("draw", "Draws pictures from words. The infotext goes to standard output, everything else to standard error.");
        command.Arguments.Add(draw.words);
        command.Options.Add(draw.output);
        command.Options.Add(draw.grid);
        draw.requestArguments.AddTo(command);
        command.Options.Add(draw.style);
        draw.engineArguments.AddTo(command);
        command.Options.Add(draw.json);
        command.Options.Add(LanguageOption.Create());
        command.SetAction(draw.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var texts = new Texts(LanguageOption.Of(parsed));
        var files = new OutputFiles(parsed.GetRequiredValue(output), terminal);
        var said = await WordsAsync(parsed, cancel);
        var request = requestArguments.Over(RequestLayers.Build(FlagSet.Empty, FlagSet.Empty, null, said, out var layerNotes), parsed, terminal);
        var notes = new List<LocalText>(layerNotes);
        if ((parsed.GetValue(style) ?? said.Flags.Style) is { } named) request = Styles().Over(request, named, notes);
        var engine = engines.For(engineArguments.Read(parsed, terminal));

        ImageResult result;
        using (var progress = terminal.ErrorIsScreen ? new ProgressLine(terminal, texts) : null)
        {
            result = await engine.GenerateAsync(request, progress, cancel);
        }
        cancel.ThrowIfCancellationRequested();
        var started = Stopwatch.GetTimestamp();
        var paths = files.Write(result.Images);
        var together = parsed.GetValue(grid) && result.Images.Count > 1 ? files.WriteGrid(result.Images) : null;
        Tell(engine, result, paths, [.. said.Warnings.Concat(notes).Concat(NotDrawn(said)).Concat(result.Notes).Select(texts.Of)], Stopwatch.GetElapsedTime(started), texts, parsed.GetValue(json));
        if (together is not null) terminal.Error.WriteLine(texts.GridDrawn(together));
        return ExitCode.Done;
    }

    /// <summary>Those that lie beside the presets.</summary>
    private StyleLibrary Styles() => new(terminal.Find("presets", null, EngineSettings.FolderOf(terminal)));

    /// <summary>What the words ask for and is not drawn here.</summary>
    private static IEnumerable<LocalText> NotDrawn(DrawingWords said)
    {
        if (InfotextMapping.NotDrawn(said.Recipe) is { Count: > 0 } labels) yield return DifferenceTexts.NotDrawn(labels);
        if (said.Flags.Preset is { } preset) yield return new LocalText($"--preset {preset}: presets are the bot's; it was left out.", $"--preset {preset}：预设只在聊天中可用，已略过。");
    }

    /// <summary>The words typed, or what standard input holds.</summary>
    private async Task<DrawingWords> WordsAsync(ParseResult parsed, CancellationToken cancel)
    {
        var typed = parsed.GetRequiredValue(words);
        var behindDashes = parsed.Tokens.Reverse().TakeWhile(token => token.Type != TokenType.DoubleDash).Count();
        var plain = behindDashes == parsed.Tokens.Count ? typed : typed[..^behindDashes];
        if (typed is [FromInput] && plain.Length == 1) return CommandParser.ParseDrawing(await ReadInputAsync(cancel));
        // A mistyped option would be drawn otherwise; what has a space in it was quoted, and may begin with a flag. Chats' flags need no quotes.
        if (Array.Find(plain, word => word is ['-', '-' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'), ..] && !word.Any(char.IsWhiteSpace) && !IsFlag(word)) is { } option)
            throw new UsageException($"There is no option {option}{(Flags.Nearest(option.TrimStart('-')) is { } near ? $"; the nearest is --{near}" : "")}. Words that begin with a dash go behind --.");
        var literal = string.Join(' ', typed[plain.Length..]);
        if (plain.Length == 0) return new DrawingWords(LenientInfotextReader.Read(literal), FlagSet.Empty, AsIs: false, []);
        var said = CommandParser.ParseDrawing(string.Join(' ', plain));
        return said with { Recipe = said.Recipe with { Prompt = $"{said.Recipe.Prompt} {literal}".Trim() } };
    }

    private static bool IsFlag(string word) => word.StartsWith("--", StringComparison.Ordinal) && Flags.Find(word[2..]) is { Use: not FlagUse.Midjourney };

    private async Task<string> ReadInputAsync(CancellationToken cancel)
    {
        await using var input = terminal.In();
        using var kept = new MemoryStream();
        var buffer = new byte[8192];
        for (int read; (read = await input.ReadAsync(buffer, cancel)) > 0;)
        {
            kept.Write(buffer, 0, read);
            if (kept.Length > MostInputBytes) throw new RefusedException($"Standard input is longer than {MostInputBytes} bytes; expected a parameter text.");
        }
        kept.Position = 0;
        using var text = new StreamReader(kept, Encoding.UTF8);
        return await text.ReadToEndAsync(cancel);
    }

    private void Tell(ImageEngine engine, ImageResult result, IReadOnlyList<string> paths, IReadOnlyList<string> notes, TimeSpan encode, Texts texts, bool asJson)
    {
        for (var i = 0; i < paths.Count; i++)
        {
            var image = result.Images[i];
            terminal.Error.WriteLine(texts.Drawn(paths[i], image.Pixels.Width, image.Pixels.Height, image.Seed));
        }
        terminal.Error.WriteLine(texts.Took(result.Timings.Total, engine.Device));
        foreach (var note in notes) terminal.Error.WriteLine($"{texts.Note}: {note}");
        var infotexts = result.Images.Select(image => image.Infotext).ToList();
        terminal.Out.WriteLine(asJson
            ? JsonSerializer.Serialize(new DrawOutput(paths, infotexts, [.. result.Images.Select(image => image.Seed)], StageSeconds.Of(result.Timings, encode), notes), OutputJson.Readable.DrawOutput)
            : string.Join(Environment.NewLine + Environment.NewLine, infotexts));
    }
}
