using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Engine.Upscaling;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Pipelines;

/// <summary>An enlargement with everything decided.</summary>
/// <param name="Upscaler">What enlarges.</param>
/// <param name="Width">Pixels to enlarge to.</param>
/// <param name="Height">Pixels to enlarge to.</param>
internal sealed record UpscalePlan(PictureUpscaler Upscaler, int Width, int Height)
{
    private const double MostTimes = 8;
    private const int MostEdge = 8192;

    /// <exception cref="InvalidRequestException">The name is not known, or the picture would be too large.</exception>
    public static UpscalePlan Of(Bitmap picture, string name, double factor, ModelIndex models)
    {
        RequestRules.Within(new("The factor to enlarge by", "放大倍数"), factor, 1, MostTimes);
        var known = PictureUpscaler.Of(models);
        var upscaler = Names.Find(known, name) ?? throw Names.Unknown(new("upscaler", "放大算法"), name, name, known);
        var (width, height) = ((int)(picture.Width * factor), (int)(picture.Height * factor));
        RequestRules.Within(new("The enlarged picture's longer edge", "放大后的长边"), Math.Max(width, height), 1, MostEdge);
        return new UpscalePlan(upscaler, width, height);
    }
}
