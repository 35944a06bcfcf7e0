namespace DiffusionBot.Engine.Pipelines;

/// <summary>The ranges of a request's numbers, with words for whoever is outside them.</summary>
internal static class RequestRules
{
    private const int LongestPrompt = 20_000;
    private const int LeastEdge = 64;
    private const int MostEdge = 2048;

    /// <exception cref="InvalidRequestException">The first value that is out of its range.</exception>
    public static void Check(ImageRequest request)
    {
        Within(new("Steps", "步数"), request.Steps, 1, 150);
        Within(new("CFG scale", "提示词引导系数"), request.CfgScale, 1, 30);
        Within(new("Seed", "种子"), request.Seed, -1, long.MaxValue);
        Within(new("Clip skip", "CLIP 跳过层"), request.ClipSkip, 1, 12);
        Within(new("Batch count", "批次数"), request.BatchCount, 1, 100);
        Within(new("Batch size", "每批数量"), request.BatchSize, 1, 8);
        Check(request.Width ?? LeastEdge, request.Height ?? LeastEdge);
        Within(new("The prompt's length", "提示词长度"), request.Prompt.Length, 0, LongestPrompt);
        Within(new("The negative prompt's length", "反向提示词长度"), request.NegativePrompt.Length, 0, LongestPrompt);
        if (request.Hires is { } hires) Check(hires);
        // The last image's seed must be a seed too.
        var images = request.BatchCount * request.BatchSize;
        if (request.Seed > long.MaxValue - (images - 1))
        {
            throw new InvalidRequestException(new(
                $"Seed is {request.Seed}; with {images} images the last one's would be beyond {long.MaxValue}.",
                $"种子是 {request.Seed}，一共 {images} 张图，最后一张的种子会超过 {long.MaxValue}。"));
        }
    }

    private static void Check(HiresFix hires)
    {
        Within(new("Hires upscale", "高清修复倍数"), hires.Scale, 1, 4);
        Within(new("Hires steps", "高清修复步数"), hires.Steps, 0, 150);
        Within(new("Denoising strength", "重绘幅度"), hires.DenoisingStrength, 0, 1);
        Check(hires.Width ?? LeastEdge, hires.Height ?? LeastEdge);
        Within(new("The hires prompt's length", "高清修复提示词长度"), hires.Prompt?.Length ?? 0, 0, LongestPrompt);
        Within(new("The hires negative prompt's length", "高清修复反向提示词长度"), hires.NegativePrompt?.Length ?? 0, 0, LongestPrompt);
    }

    /// <exception cref="InvalidRequestException">An edge that is out of its range.</exception>
    public static void Check(int width, int height)
    {
        Within(new("Width", "宽度"), width, LeastEdge, MostEdge);
        Within(new("Height", "高度"), height, LeastEdge, MostEdge);
    }

    private static void Within<T>(LocalText what, T value, T least, T most) where T : System.Numerics.INumber<T>
    {
        if (!(value >= least && value <= most))
            throw new InvalidRequestException(new($"{what.English} is {value}; expected {least} to {most}.", $"{what.Chinese}是 {value}，应在 {least} 到 {most} 之间。"));
    }
}
