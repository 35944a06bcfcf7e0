using System.CommandLine;
using System.CommandLine.Parsing;
using DiffusionBot.Engine;

namespace DiffusionBot.Cli;

/// <summary>A request's fields as options. Only those that are given change a request.</summary>
internal sealed class RequestArguments
{
    private readonly Option<string?> negative = new("--negative", "--no") { Description = "What the picture should not have.", HelpName = "WORDS" };
    private readonly Option<int?> steps = PictureOptions.Number<int>("--steps", "Sampling steps, 1 to 150. Default 20.");
    private readonly Option<string?> sampler = new("--sampler") { Description = $"{string.Join(", ", ImageEngine.Samplers)}. Default Euler a.", HelpName = "NAME" };
    private readonly Option<string?> schedule = new("--schedule") { Description = $"{string.Join(", ", ImageEngine.Schedules)}. Default Automatic: the sampler's own.", HelpName = "NAME" };
    private readonly Option<double?> cfg = PictureOptions.Number<double>("--cfg", "CFG scale, 1 to 30: how closely to follow the prompt. Default 7.");
    private readonly Option<long?> seed = PictureOptions.Number<long>("--seed", "The same seed draws the same picture; -1 draws one. Default -1.");
    private readonly Option<(int, int)?> size = PictureOptions.Size("--size", "Pixels, 64 to 2048 either way. Default: the checkpoint's own size, in the proportions of a picture that is drawn from.");
    private readonly Option<int?> width = PictureOptions.Number<int>("--width", "Pixels; goes before --size.");
    private readonly Option<int?> height = PictureOptions.Number<int>("--height", "Pixels; goes before --size.");
    private readonly Option<int?> clipSkip = PictureOptions.Number<int>("--clip-skip", "Layers of the text encoder to leave out, counted as WebUI does, 1 to 12. Default 1.");
    private readonly Option<long?> ensd = PictureOptions.Number<long>("--ensd", "Eta noise seed delta. Default 0.");
    private readonly Option<int?> batchCount = PictureOptions.Number<int>("--batch-count", "How many batches, 1 to 100. Default 1.");
    private readonly Option<int?> batchSize = PictureOptions.Number<int>("--batch-size", "Pictures drawn together in one batch, 1 to 8. Default 1.");
    private readonly Option<NoiseSource?> rng = new("--rng") { Description = "Whose noise: gpu as CUDA's, cpu as torch's. Default gpu.", HelpName = "gpu|cpu", CustomParser = ParseRng };
    private readonly Option<string?> model = new("--model") { Description = "A checkpoint by name or hash. Default: the first that can be drawn with.", HelpName = "NAME" };
    private readonly Option<string?> vae = new("--vae") { Description = "A separate VAE by name. Default: the checkpoint's own.", HelpName = "NAME" };
    private readonly Option<string?> refiner = new("--refiner") { Description = "A checkpoint by name or hash that goes on where the other leaves off. None: no refiner. Default: the text's.", HelpName = "NAME" };
    private readonly Option<double?> refinerSwitchAt = PictureOptions.Number<double>("--refiner-switch-at", "The part of the way, 0 to 1, from which on the refiner draws. Default 0.8.");
    private readonly Option<bool> ignoreVersion = new("--ignore-version")
    {
        Description = "Draw a parameter text of an older WebUI as today's does. Default: as the version did that it names (noise schedule in half precision, prompt editing's times, the refiner's switch).",
    };
    private readonly HiresArguments hiresArguments = new();
    private readonly InitArguments initArguments = new();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { negative, steps, sampler, schedule, cfg, seed, size, width, height, clipSkip, ensd, batchCount, batchSize, rng, model, vae, refiner, refinerSwitchAt, ignoreVersion })
            command.Options.Add(option);
        hiresArguments.AddTo(command);
        initArguments.AddTo(command);
    }

    /// <summary>The request with what the command line says instead.</summary>
    /// <exception cref="UsageException">Options that do not go together.</exception>
    /// <exception cref="RefusedException">A picture's file cannot be read.</exception>
    public ImageRequest Over(ImageRequest request, ParseResult parsed, Terminal terminal)
    {
        var (wide, high) = parsed.GetValue(size) is var (w, h) ? (w, h) : ((int?)null, (int?)null);
        var otherSampler = parsed.GetValue(sampler);
        var otherModel = parsed.GetValue(model);
        var changed = request with
        {
            NegativePrompt = parsed.GetValue(negative) ?? request.NegativePrompt,
            Steps = parsed.GetValue(steps) ?? request.Steps,
            Sampler = otherSampler ?? request.Sampler,
            // Another sampler does not inherit the schedule that was chosen for the one it replaces.
            Schedule = parsed.GetValue(schedule) ?? (otherSampler is null ? request.Schedule : new ImageRequest().Schedule),
            CfgScale = parsed.GetValue(cfg) ?? request.CfgScale,
            Seed = parsed.GetValue(seed) ?? request.Seed,
            Width = parsed.GetValue(width) ?? wide ?? request.Width,
            Height = parsed.GetValue(height) ?? high ?? request.Height,
            ClipSkip = parsed.GetValue(clipSkip) ?? request.ClipSkip,
            Ensd = parsed.GetValue(ensd) ?? request.Ensd,
            BatchCount = parsed.GetValue(batchCount) ?? request.BatchCount,
            BatchSize = parsed.GetValue(batchSize) ?? request.BatchSize,
            Rng = parsed.GetValue(rng) ?? request.Rng,
            Checkpoint = otherModel ?? request.Checkpoint,
            // A text's hash is of the checkpoint that the text names.
            CheckpointHash = otherModel is null ? request.CheckpointHash : null,
            Vae = parsed.GetValue(vae) ?? request.Vae,
            Refiner = parsed.GetValue(refiner) is not { } other ? request.Refiner : other.Equals("None", StringComparison.OrdinalIgnoreCase) ? null : other,
            RefinerSwitchAt = parsed.GetValue(refinerSwitchAt) ?? request.RefinerSwitchAt,
            OlderWays = parsed.GetValue(ignoreVersion) ? OlderWays.None : request.OlderWays,
        };
        return initArguments.Over(hiresArguments.Over(changed, parsed), parsed, terminal);
    }

    private static NoiseSource? ParseRng(ArgumentResult given)
    {
        var text = given.Tokens[0].Value;
        switch (text.ToUpperInvariant())
        {
            case "GPU" or "NV": return NoiseSource.Gpu;
            case "CPU": return NoiseSource.Cpu;
            default:
                given.AddError($"--rng is '{text}'; expected gpu or cpu.");
                return null;
        }
    }
}
