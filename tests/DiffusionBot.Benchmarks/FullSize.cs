using System.Diagnostics;
using System.Text.Json;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Runtime;
using Microsoft.ML.OnnxRuntime;

namespace DiffusionBot.Benchmarks;

/// <summary>What a checkpoint of SD 1.5's size costs on this machine's CPU. Prints JSON; times are seconds, medians where there are several.</summary>
internal static class FullSize
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>From the path to three sessions that are ready, with the file in the page cache.</summary>
    public static void MeasureLoading(string path)
    {
        using (var file = File.OpenRead(path)) file.CopyTo(Stream.Null);
        var device = EngineDevice.Cpu(threads: 0);
        var times = new double[5];
        for (var i = 0; i < times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var model = LoadedModel.Load(SafetensorsFile.Open(path), null, device, CancellationToken.None);
            times[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        Print(new { ready = Median(times), all = times });
    }

    /// <summary>
    /// One step at a batch of 2, as guidance has it, in turns: the engine's graph and bindings against the standard operators of the same network
    /// on float weights that ONNX Runtime reads and optimises by itself (ORT_ENABLE_ALL), only Run in a loop.
    /// </summary>
    public static void MeasureStep(string path, string widePath, int size)
    {
        var checkpoint = SafetensorsFile.Open(path);
        using var model = LoadedModel.Load(checkpoint, null, EngineDevice.Cpu(threads: 0), CancellationToken.None);
        var wide = SafetensorsFile.Open(widePath);
        var bareGraph = Unet.Build(wide.Weights.At(Unet.Prefix), ModelGraphs.HeadsOf(model.Family.UnetHeads), GraphTarget.Plain);
        using var bare = OrtSession.Create(bareGraph, new SessionSettings { Optimization = GraphOptimizationLevel.ORT_ENABLE_ALL });

        var shape = new LatentShape(1, 4, size / 8, size / 8);
        var width = (int)Unet.ContextWidth(wide.Weights.At(Unet.Prefix));
        var conditioning = new Conditioning(Noise(77 * width), 77, width);
        using var run = model.Predict(shape, Guides.Of(conditioning, conditioning with { Values = Noise(77 * width) }), new NativeClock());
        using var loop = bare.Bind();
        loop.Input("x", Noise(2 * shape.Each), 2, 4, shape.Height, shape.Width);
        loop.Input("timesteps", [500f, 500f], 2);
        loop.Input("context", Noise(2 * 77 * width), 2, 77, width);
        loop.Output("out", new float[2 * shape.Each], 2, 4, shape.Height, shape.Width);

        var x = Noise(shape.Each);
        var (cond, uncond) = (new float[shape.Each], new float[shape.Each]);
        const int rounds = 6;
        var (ours, theirs) = (new double[rounds], new double[rounds]);
        for (var i = -1; i < rounds; i++)
        {
            var engine = Seconds(() => run.Predict(x, 500, cond, uncond, CancellationToken.None));
            var graph = Seconds(() => loop.Run());
            if (i >= 0) (ours[i], theirs[i]) = (engine, graph);
        }
        Print(new { size, engineStep = Median(ours), bareStep = Median(theirs), ratio = Median([.. ours.Zip(theirs, (a, b) => a / b)]), ours, theirs });
    }

    /// <summary>A whole 512x512 picture of 4 steps in a process of its own.</summary>
    public static async Task MeasurePictureAsync(string path)
    {
        using var engine = new ImageEngine(new EngineOptions { Device = "cpu", Models = new ModelIndexOptions { Folder = Path.GetDirectoryName(Path.GetFullPath(path))! } });
        var result = await engine.GenerateAsync(new ImageRequest { Prompt = "a red apple", Steps = 4, Seed = 1, Width = 512, Height = 512, Checkpoint = Path.GetFileNameWithoutExtension(path) });
        using var process = Process.GetCurrentProcess();
        Print(new
        {
            load = result.Timings.Load.TotalSeconds,
            text = result.Timings.Text.TotalSeconds,
            step = result.Timings.Sampling.TotalSeconds / 4,
            decode = result.Timings.Decode.TotalSeconds,
            peakMemoryMB = process.PeakWorkingSet64 >> 20,
        });
    }

    private static double Seconds(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static float[] Noise(int length)
    {
        var noise = new float[length];
        new Engine.Sampling.PhiloxGenerator(length).Fill(noise);
        return noise;
    }

    private static void Print(object what) => Console.WriteLine(JsonSerializer.Serialize(what, Indented));
}
