using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Prompts;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Benchmarks;

/// <summary>What it costs to put LoRAs on and off a checkpoint of full size, and to draw with them. Prints JSON; times are seconds, the least of several rounds and all of them.</summary>
internal static class Switching
{
    private const int Rounds = 6;
    private const int Rank = 16;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Switches by turns, and steps at a batch of 2: without networks, with two, and through a session whose matrices ONNX Runtime has packed for itself, which is the best there is where
    /// nothing changes.
    /// </summary>
    public static void Measure(string path, int size)
    {
        var checkpoint = SafetensorsFile.Open(path);
        var device = EngineDevice.Cpu(threads: 0);
        using var model = LoadedModel.Load(checkpoint, null, device, CancellationToken.None);
        using var packed = OrtSession.Create(Unet.Build(checkpoint.Weights.At(Unet.Prefix), ModelGraphs.HeadsOf(model.Family.UnetHeads), device.Target), device.Settings);
        var folder = Directory.CreateTempSubdirectory("diffusionbot-networks-").FullName;
        try
        {
            var (a, b) = (Use(folder, "a", checkpoint), Use(folder, "b", checkpoint));
            NetworkSet onlyA = new([a], []), onlyB = new([b], []), both = new([a, b], []);
            var switches = new Dictionary<string, List<double>>(StringComparer.Ordinal);
            foreach (var _ in Enumerable.Range(0, Rounds))
            {
                Switch("on", onlyA);
                Switch("to another", onlyB);
                Switch("to two", both);
                Switch("off", NetworkSet.None);
            }
            var steps = Steps(model, packed, size, both);
            var step = steps["packed"].Min();
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                size,
                switchToStep = switches.ToDictionary(s => s.Key, s => s.Value.Min() / step),
                twoToPacked = steps["two"].Min() / step,
                noneToPacked = steps["none"].Min() / step,
                switches,
                steps,
            }, Indented));

            void Switch(string name, NetworkSet set)
            {
                if (!switches.TryGetValue(name, out var times)) switches.Add(name, times = []);
                times.Add(Seconds(() => model.Apply(set, CancellationToken.None)));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Dictionary<string, List<double>> Steps(LoadedModel model, OrtSession packed, int size, NetworkSet both)
    {
        var shape = new LatentShape(1, 4, size / 8, size / 8);
        var width = model.Text.Widths[0];
        var guides = Guides.Of(new Conditioning(Noise(77 * width, 1), 77, width), new Conditioning(Noise(77 * width, 2), 77, width));
        using var ours = model.Predict(shape, guides, new NativeClock());
        using var best = new UnetRun(packed, shape, guides, new NativeClock());
        var (x, cond, uncond) = (Noise(shape.Each, 3), new float[shape.Each], new float[shape.Each]);
        var times = new Dictionary<string, List<double>>(StringComparer.Ordinal) { ["packed"] = [], ["none"] = [], ["two"] = [] };
        for (var round = -1; round < Rounds; round++)
        {
            model.Apply(NetworkSet.None, CancellationToken.None);
            Step("none", ours);
            Step("packed", best);
            model.Apply(both, CancellationToken.None);
            Step("two", ours);

            void Step(string name, UnetRun run)
            {
                var time = Seconds(() => run.Predict(x, 500, cond, uncond, CancellationToken.None));
                if (round >= 0) times[name].Add(time);
            }
        }
        return times;
    }

    /// <summary>A file over all attention layers of text encoder and UNet.</summary>
    private static LoraUse Use(string folder, string name, SafetensorsFile checkpoint)
    {
        var random = new Random(name[0]);
        var header = new Dictionary<string, object>(StringComparer.Ordinal);
        var numbers = new List<Half>();
        foreach (var tensor in checkpoint.Tensors.Values.Where(t => IsAttention(t.Name)))
        {
            var layer = "lora_" + tensor.Name[..^".weight".Length].Replace("model.diffusion_model.", "unet_", StringComparison.Ordinal).Replace("cond_stage_model.transformer.", "te_", StringComparison.Ordinal).Replace('.', '_');
            Add($"{layer}.lora_down.weight", Rank, tensor.Shape[1]);
            Add($"{layer}.lora_up.weight", tensor.Shape[0], Rank);
        }
        var json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        var path = Path.Combine(folder, $"{name}.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(numbers))]);
        return new LoraUse(name, new FileStamp(path, File.GetLastWriteTimeUtc(path), new FileInfo(path).Length), 0.8f, 0.8f, null);

        void Add(string tensor, params long[] shape)
        {
            var begin = numbers.Count * 2;
            for (var i = shape[0] * shape[1]; i > 0; i--) numbers.Add((Half)((random.NextSingle() - 0.5f) * 0.02f));
            header[tensor] = new { dtype = "F16", shape, data_offsets = new[] { begin, numbers.Count * 2 } };
        }
    }

    private static bool IsAttention(string name) =>
        name.EndsWith(".weight", StringComparison.Ordinal) && (name.Contains(".attn1.to_", StringComparison.Ordinal) || name.Contains(".attn2.to_", StringComparison.Ordinal) || name.Contains(".self_attn.", StringComparison.Ordinal));

    private static double Seconds(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static float[] Noise(int length, int seed)
    {
        var noise = new float[length];
        new Engine.Sampling.PhiloxGenerator(seed).Fill(noise);
        return noise;
    }
}
