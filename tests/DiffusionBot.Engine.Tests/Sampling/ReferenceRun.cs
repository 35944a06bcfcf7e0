using System.Text.Json;
using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Tests.Sampling;

/// <summary>A run of sampling/samplers.json: WebUI's sampling with a closed form in place of the UNet.</summary>
internal sealed class ReferenceRun(JsonElement json)
{
    private static readonly ReferenceTensors Latents = ReferenceTensors.Open("sampling/samplers.safetensors");

    public static IReadOnlyDictionary<string, ReferenceRun> All { get; } =
        TestData.Json("sampling/samplers.json").EnumerateArray().Select(run => new ReferenceRun(run)).ToDictionary(run => run.Id, StringComparer.Ordinal);

    public string Id => Text("id");
    public string Sampler => Text("sampler");
    public string Scheduler => Text("scheduler");
    public string Infotext => Text("infotext");
    public int Steps => Number("steps");
    public PredictionType Type => Text("parameterization") == "v" ? PredictionType.V : PredictionType.Eps;
    public IReadOnlyList<string> Options => [.. json.GetProperty("options").EnumerateObject().Select(o => o.Name)];

    /// <summary>All batches' latents, one after another.</summary>
    public float[] Expected => Latents.Floats(Id);

    /// <summary>Whether it is text to image with a sampler and a schedule that are built, and with nothing else than they.</summary>
    public bool IsBuilt => Text("kind") == "txt2img"
        && SamplerTable.All.Any(s => s.Name == Sampler)
        && SigmaSchedules.All.Any(s => s.Name == Scheduler)
        && !json.EnumerateObject().Any(p => p.Name.StartsWith("subseed", StringComparison.Ordinal)
            || p.Name.StartsWith("seed_resize", StringComparison.Ordinal) || p.Name == "s_min_uncond");

    /// <summary>Draws it. The choice stands in where an option changes the sampler.</summary>
    public float[] Draw(SamplerChoice? choice = null, StepDone? done = null, UnetCall? unet = null, CancellationTokenSource? cancel = null)
    {
        var sampler = new LatentSampler(NoiseSchedule.StableDiffusion, Type, unet ?? ClosedForm);
        var drawn = new List<float>();
        for (var batch = 0; batch < Number("n_iter", 1); batch++)
        {
            var size = Number("batch_size", 1);
            var seeds = Enumerable.Range(batch * size, size).Select(i => json.GetProperty("seed").GetInt64() + i).ToArray();
            var source = Option("randn_source") is { } rng && rng.GetString() == "CPU" ? NoiseSource.Cpu : NoiseSource.Gpu;
            var noise = new ImageNoise(source, seeds, Number("height") / 8, Number("width") / 8, Option("eta_noise_seed_delta")?.GetInt64() ?? 0);
            drawn.AddRange(sampler.FromNoise(choice ?? SamplerTable.Find(Sampler, Scheduler), Steps, json.GetProperty("cfg_scale").GetSingle(), noise, done, cancel?.Token ?? TestContext.Current.CancellationToken));
        }
        return [.. drawn];
    }

    /// <summary>eps(x, t, c) = 0.6 tanh(x) (1 + 0.2 c) + 0.1 c sin(t / 100); c is 1 for the prompt, 0 for the negative one.</summary>
    public static void ClosedForm(ReadOnlySpan<float> x, float timestep, Span<float> cond, Span<float> uncond)
    {
        for (var i = 0; i < x.Length; i++) cond[i] = 0.6f * MathF.Tanh(x[i]) * 1.2f + 0.1f * MathF.Sin(timestep / 100);
        for (var i = 0; i < uncond.Length; i++) uncond[i] = 0.6f * MathF.Tanh(x[i]);
    }

    private string Text(string name) => json.GetProperty(name).GetString()!;

    private int Number(string name, int otherwise = 0) => json.TryGetProperty(name, out var value) ? value.GetInt32() : otherwise;

    private JsonElement? Option(string name) => json.GetProperty("options").TryGetProperty(name, out var value) ? value : null;
}
