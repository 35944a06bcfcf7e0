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

    /// <summary>As the reference's README has it: adaptive and SDE samplers are looser.</summary>
    public double Tolerance => Sampler == "DPM adaptive" || Sampler.Contains("SDE", StringComparison.Ordinal) ? 5e-4 : 1e-4;

    /// <summary>The run's options, as a request has them.</summary>
    public SamplingSettings Settings
    {
        get
        {
            var settings = new SamplingSettings();
            return settings with
            {
                Eta = Option("eta_ancestral")?.GetDouble() ?? settings.Eta,
                EtaDdim = Option("eta_ddim")?.GetDouble() ?? settings.EtaDdim,
                SigmaChurn = Option("s_churn")?.GetDouble() ?? settings.SigmaChurn,
                SigmaTmin = Option("s_tmin")?.GetDouble() ?? settings.SigmaTmin,
                SigmaTmax = Option("s_tmax")?.GetDouble() ?? settings.SigmaTmax,
                SigmaNoise = Option("s_noise")?.GetDouble() ?? settings.SigmaNoise,
                DiscardPenultimateSigma = Option("always_discard_next_to_last_sigma")?.GetBoolean() ?? settings.DiscardPenultimateSigma,
                SgmNoiseMultiplier = Option("sgm_noise_multiplier")?.GetBoolean() ?? settings.SgmNoiseMultiplier,
                ScheduleMinSigma = Option("sigma_min")?.GetDouble() ?? settings.ScheduleMinSigma,
                ScheduleMaxSigma = Option("sigma_max")?.GetDouble() ?? settings.ScheduleMaxSigma,
                ScheduleRho = Option("rho")?.GetDouble() ?? settings.ScheduleRho,
                NegativeGuidanceMinimumSigma = Option("s_min_uncond")?.GetDouble() ?? settings.NegativeGuidanceMinimumSigma,
                UniPcVariant = Option("uni_pc_variant")?.GetString() switch
                {
                    null => settings.UniPcVariant,
                    "bh1" => UniPcVariant.Bh1,
                    "bh2" => UniPcVariant.Bh2,
                    "vary_coeff" => UniPcVariant.VaryCoeff,
                    var other => throw new InvalidDataException($"UniPC variant {other}"),
                },
                UniPcSkip = Option("uni_pc_skip_type")?.GetString() switch
                {
                    null => settings.UniPcSkip,
                    "time_quadratic" => UniPcSkip.TimeQuadratic,
                    "logSNR" => UniPcSkip.LogSnr,
                    var other => throw new InvalidDataException($"UniPC skip type {other}"),
                },
                UniPcOrder = Option("uni_pc_order")?.GetInt32() ?? settings.UniPcOrder,
            };
        }
    }

    /// <summary>The request whose parameter text the run's is, but for prompts, model and version.</summary>
    public ImageRequest Request => new()
    {
        Sampler = Sampler,
        Schedule = Scheduler,
        Steps = Steps,
        CfgScale = Cfg,
        Seed = Seed,
        Ensd = Ensd,
        Rng = Rng,
        Sampling = Settings,
        Width = Number("width"),
        Height = Number("height"),
    };

    /// <summary>Draws it.</summary>
    public float[] Draw(StepDone? done = null, UnetCall? unet = null, CancellationTokenSource? cancel = null)
    {
        var sampler = new LatentSampler(NoiseSchedule.StableDiffusion, Type, unet ?? ClosedForm) { Settings = Settings };
        var choice = SamplerTable.Find(Sampler, Scheduler);
        var stop = cancel?.Token ?? TestContext.Current.CancellationToken;
        var drawn = new List<float>();
        for (var batch = 0; batch < Number("n_iter", 1); batch++)
        {
            var noise = Noise(batch);
            drawn.AddRange(Text("kind") == "txt2img"
                ? sampler.FromNoise(choice, Steps, Cfg, noise, done, stop)
                : sampler.FromLatent(choice, Steps, Cfg, new InitLatent(Latents.Floats($"{Id}/init"), json.GetProperty("denoising_strength").GetDouble()), noise, done, stop));
        }
        return [.. drawn];
    }

    private float Cfg => json.GetProperty("cfg_scale").GetSingle();
    private long Seed => json.GetProperty("seed").GetInt64();
    private long Ensd => Option("eta_noise_seed_delta")?.GetInt64() ?? 0;
    private NoiseSource Rng => Option("randn_source") is { } rng && rng.GetString() == "CPU" ? NoiseSource.Cpu : NoiseSource.Gpu;

    private ImageNoise Noise(int batch)
    {
        var size = Number("batch_size", 1);
        var varied = json.TryGetProperty("subseed", out var subseed);
        var images = Enumerable.Range(batch * size, size).ToArray();
        // With a variation seed it is that which goes on from picture to picture.
        return new ImageNoise(Rng, [.. images.Select(i => Seed + (varied ? 0 : i))], Number("height") / 8, Number("width") / 8, Ensd)
        {
            Variation = varied ? new SeedVariation([.. images.Select(i => subseed.GetInt64() + i)], json.GetProperty("subseed_strength").GetSingle()) : null,
            ResizeFrom = json.TryGetProperty("seed_resize_from_h", out var height) ? (height.GetInt32() / 8, Number("seed_resize_from_w") / 8) : null,
        };
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
