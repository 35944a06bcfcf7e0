using System.Diagnostics;
using System.Text.Json;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Benchmarks;

/// <summary>A step of hires fix's second pass against a step of a first pass of that size. Prints JSON; times are seconds, the least of several rounds and all of them.</summary>
internal static class HiresSteps
{
    private const int Rounds = 3, Steps = 3;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>By turns, with one engine that has drawn both before.</summary>
    /// <param name="path">A checkpoint.</param>
    /// <param name="size">The edge of the second pass; the first is half of it.</param>
    public static async Task MeasureAsync(string path, int size)
    {
        using var engine = new ImageEngine(new EngineOptions { Device = "cpu", Models = new ModelIndexOptions { Folder = Path.GetDirectoryName(Path.GetFullPath(path))! } });
        var alone = new ImageRequest { Prompt = "a red apple", Sampler = "Euler", Steps = Steps, Seed = 1, Width = size, Height = size, Checkpoint = Path.GetFileNameWithoutExtension(path) };
        var again = alone with { Width = size / 2, Height = size / 2, Hires = new HiresFix { Scale = 2, DenoisingStrength = 1 } };
        var (first, second) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var (ofFirst, ofSecond) = (await StepsAsync(alone, 0), await StepsAsync(again, Steps));
            if (round < 0) continue;
            first.AddRange(ofFirst);
            second.AddRange(ofSecond);
        }
        Console.WriteLine(JsonSerializer.Serialize(new { size, secondToFirst = second.Min() / first.Min(), first, second }, Indented));

        async Task<List<double>> StepsAsync(ImageRequest request, int from)
        {
            var clock = new StepClock(from);
            await engine.GenerateAsync(request, clock);
            return clock.Steps;
        }
    }

    /// <summary>The times between the steps that follow so many others; what leads up to the first of them is left out.</summary>
    private sealed class StepClock(int from) : IProgress<DrawingProgress>
    {
        private long last;

        public List<double> Steps { get; } = [];

        public void Report(DrawingProgress value)
        {
            if (value.Stage != DrawingStage.Sampling) return;
            var now = Stopwatch.GetTimestamp();
            if (value.Step > from + 1) Steps.Add(Stopwatch.GetElapsedTime(last, now).TotalSeconds);
            last = now;
        }
    }
}
