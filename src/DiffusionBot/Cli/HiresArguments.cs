using System.CommandLine;
using DiffusionBot.Engine;

namespace DiffusionBot.Cli;

/// <summary>A second pass over the picture enlarged, as options: any of them asks for one. Only those that are given change what a text asks for.</summary>
internal sealed class HiresArguments
{
    private readonly Option<double?> scale = PictureOptions.Number<double>("--hires", "Draw again, so many times as large, 1 to 4 (hires fix).");
    private readonly Option<(int, int)?> size = PictureOptions.Size("--hires-size", "Draw again at this size, in pixels; 0 for an edge that follows from the other.");
    private readonly Option<int?> steps = PictureOptions.Number<int>("--hires-steps", "Steps of the second pass, 0 to 150; 0 for as many as the first. Default 0.");
    private readonly Option<string?> upscaler = new("--hires-upscaler") { Description = "What enlarges: a latent one, None, Lanczos, Nearest, or a file of models/upscalers. Default Latent.", HelpName = "NAME" };
    private readonly Option<double?> denoise = PictureOptions.Number<double>("--hires-denoise", "How much the second pass draws anew, 0 to 1. Default 0.7.");
    private readonly Option<string?> sampler = new("--hires-sampler") { Description = "The second pass' sampler. Default: the first's.", HelpName = "NAME" };
    private readonly Option<string?> schedule = new("--hires-schedule") { Description = "The second pass' schedule. Default: the first's, or another sampler's own.", HelpName = "NAME" };
    private readonly Option<double?> cfg = PictureOptions.Number<double>("--hires-cfg", "The second pass' CFG scale, 1 to 30. Default: the first's.");
    private readonly Option<string?> model = new("--hires-model") { Description = "A checkpoint by name or hash that draws the second pass. Default: the first's.", HelpName = "NAME" };
    private readonly Option<string?> prompt = new("--hires-prompt") { Description = "What the second pass draws. Default: the same.", HelpName = "WORDS" };
    private readonly Option<string?> negative = new("--hires-negative") { Description = "What it should not have. Default: the same.", HelpName = "WORDS" };

    private Option[] All => [scale, size, steps, upscaler, denoise, sampler, schedule, cfg, model, prompt, negative];

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Options.Add(option);
    }

    /// <summary>The request with what the command line says instead.</summary>
    public ImageRequest Over(ImageRequest request, ParseResult parsed)
    {
        var (times, edges) = (parsed.GetValue(scale), parsed.GetValue(size));
        if (!Array.Exists(All, parsed.Says)) return request;
        var before = request.Hires ?? new HiresFix();
        var (width, height) = edges switch
        {
            var (w, h) => (w > 0 ? w : (int?)null, h > 0 ? h : (int?)null),
            null when times is not null => (null, null),
            null => (before.Width, before.Height),
        };
        return request with
        {
            Hires = before with
            {
                Scale = times ?? before.Scale,
                Width = width,
                Height = height,
                Steps = parsed.GetValue(steps) ?? before.Steps,
                Upscaler = parsed.GetValue(upscaler) ?? before.Upscaler,
                DenoisingStrength = parsed.GetValue(denoise) ?? before.DenoisingStrength,
                Sampler = parsed.GetValue(sampler) ?? before.Sampler,
                // As with the first pass: another sampler brings its own.
                Schedule = parsed.GetValue(schedule) ?? (parsed.GetValue(sampler) is null ? before.Schedule : null),
                CfgScale = parsed.GetValue(cfg) ?? before.CfgScale,
                Checkpoint = parsed.GetValue(model) ?? before.Checkpoint,
                Prompt = parsed.GetValue(prompt) ?? before.Prompt,
                NegativePrompt = parsed.GetValue(negative) ?? before.NegativePrompt,
            },
        };
    }
}
