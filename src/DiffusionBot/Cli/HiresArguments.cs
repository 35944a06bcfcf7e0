using System.CommandLine;
using DiffusionBot.Engine;

namespace DiffusionBot.Cli;

/// <summary>A second pass over the picture enlarged, as options. Only those that are given change what a text asks for.</summary>
internal sealed class HiresArguments
{
    private readonly Option<double?> scale = PictureOptions.Number<double>("--hires", "Draw again, so many times as large, 1 to 4 (hires fix).");
    private readonly Option<(int, int)?> size = PictureOptions.Size("--hires-size", "Draw again at this size, in pixels; 0 for an edge that follows from the other.");
    private readonly Option<int?> steps = PictureOptions.Number<int>("--hires-steps", "Steps of the second pass, 0 to 150; 0 for as many as the first. Default 0.");
    private readonly Option<string?> upscaler = new("--hires-upscaler") { Description = "What enlarges: a latent one, None, Lanczos, Nearest, or a file of models/upscalers. Default Latent.", HelpName = "NAME" };
    private readonly Option<double?> denoise = PictureOptions.Number<double>("--hires-denoise", "How much the second pass draws anew, 0 to 1. Default 0.7.");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { scale, size, steps, upscaler, denoise }) command.Options.Add(option);
    }

    /// <summary>The request with what the command line says instead.</summary>
    public ImageRequest Over(ImageRequest request, ParseResult parsed)
    {
        var (times, edges) = (parsed.GetValue(scale), parsed.GetValue(size));
        var (after, by, strength) = (parsed.GetValue(steps), parsed.GetValue(upscaler), parsed.GetValue(denoise));
        if (times is null && edges is null && after is null && by is null && strength is null) return request;
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
                Steps = after ?? before.Steps,
                Upscaler = by ?? before.Upscaler,
                DenoisingStrength = strength ?? before.DenoisingStrength,
            },
        };
    }
}
