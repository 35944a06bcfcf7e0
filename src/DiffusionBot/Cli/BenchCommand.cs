using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using DiffusionBot.Engine;
using DiffusionBot.Imaging;

namespace DiffusionBot.Cli;

/// <summary><c>bench</c>: times whole pictures in one process, the first cold, the others warm.</summary>
internal static class BenchCommand
{
    private const string Prompt = "a red apple on a blue background", NegativePrompt = "low quality, blurry, pixelated, noisy";

    public static Command Create(Terminal terminal, EngineSource engines)
    {
        var runs = new Option<int>("--runs") { Description = "Warm pictures, 1 to 1000. Default 5.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table." };
        var (requestArguments, engineArguments) = (new RequestArguments(), new EngineArguments());
        var command = new Command("bench", "Times whole pictures: one cold, then warm ones, stage by stage.") { runs };
        requestArguments.AddTo(command);
        engineArguments.AddTo(command);
        command.Options.Add(json);
        command.Options.Add(LanguageOption.Create());
        command.SetAction(async (parsed, cancel) =>
        {
            var count = parsed.GetValue(runs);
            if (count is < 1 or > 1000) throw new UsageException($"--runs is {count}; expected 1 to 1000.");
            var request = requestArguments.Over(new ImageRequest { Prompt = Prompt, NegativePrompt = NegativePrompt, Seed = 1 }, parsed, terminal);
            var engine = engines.For(engineArguments.Read(parsed, terminal));
            var texts = new Texts(LanguageOption.Of(parsed));
            var (pictures, sample) = (new List<StageSeconds>(), (DrawnImage?)null);
            for (var i = 0; i <= count; i++)
            {
                var result = await engine.GenerateAsync(request, progress: null, cancel);
                var started = Stopwatch.GetTimestamp();
                foreach (var image in result.Images) PictureWriter.Png(image.Pixels, image.Infotext);
                pictures.Add(StageSeconds.Of(result.Timings, Stopwatch.GetElapsedTime(started)));
                sample = result.Images[0];
                if (terminal.ErrorIsScreen) terminal.Error.WriteLine($"{i}/{count}: {pictures[^1].Total:F2} s");
            }
            var output = await SummaryAsync(engine, request, sample!, pictures, cancel);
            if (parsed.GetValue(json)) terminal.Out.WriteLine(JsonSerializer.Serialize(output, OutputJson.Readable.BenchOutput));
            else Print(output, terminal.Out, texts);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<BenchOutput> SummaryAsync(ImageEngine engine, ImageRequest request, DrawnImage sample, List<StageSeconds> pictures, CancellationToken cancel)
    {
        var model = request.Checkpoint is null ? await engine.Models.DefaultCheckpointAsync(cancel) : await engine.Models.FindCheckpointAsync(request.Checkpoint, cancel);
        var warm = pictures[1..];
        var seconds = new BenchSeconds(Each(warm, Median), Each(warm, values => values[0]), Each(warm, values => values[^1]));
        var outside = Median([.. warm.Select(p => (p.Total - p.Native) / p.Total).Order()]);
        using var process = Process.GetCurrentProcess();
        return new BenchOutput(
            model.Name, await model.HashAsync(cancel), engine.Device, $"{request.Width ?? sample.Pixels.Width}x{request.Height ?? sample.Pixels.Height}",
            request.Steps, request.Sampler, request.CfgScale, warm.Count, pictures[0], seconds,
            Math.Round(outside, 4), Math.Round(process.PeakWorkingSet64 / 1048576.0, 1));
    }

    /// <summary>One number of each stage's, sorted.</summary>
    private static StageSeconds Each(List<StageSeconds> pictures, Func<List<double>, double> pick)
    {
        double Of(Func<StageSeconds, double> stage) => pick([.. pictures.Select(stage).Order()]);
        return new StageSeconds(Of(p => p.Load), Of(p => p.Text), Of(p => p.Sampling), Of(p => p.Decode), Of(p => p.Native), Of(p => p.Total), Of(p => p.Encode));
    }

    private static double Median(List<double> sorted) => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;

    private static void Print(BenchOutput bench, TextWriter output, Texts texts)
    {
        output.WriteLine($"{bench.Model} [{bench.Hash}], {bench.Size}, {bench.Steps} steps, {bench.Sampler}, CFG {bench.CfgScale}, {bench.Device}");
        output.WriteLine(texts.BenchHead);
        void Row(string name, StageSeconds s) =>
            output.WriteLine($"{name,-8}{s.Load,9:F3}{s.Text,9:F3}{s.Sampling,9:F3}{s.Decode,9:F3}{s.Total,9:F3}{s.Native,9:F3}{s.Encode,9:F3}");
        Row("cold", bench.Cold);
        Row("median", bench.Warm.Median);
        Row("min", bench.Warm.Min);
        Row("max", bench.Warm.Max);
        output.WriteLine(texts.BenchTail(bench.OutsideRuntimeShare, bench.PeakResidentMb));
    }
}
