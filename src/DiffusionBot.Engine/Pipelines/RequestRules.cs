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
        Within("Steps", request.Steps, 1, 150);
        Within("CFG scale", request.CfgScale, 1, 30);
        Within("Seed", request.Seed, -1, long.MaxValue);
        Within("Clip skip", request.ClipSkip, 1, 12);
        Within("Batch count", request.BatchCount, 1, 100);
        Within("Batch size", request.BatchSize, 1, 8);
        Check(request.Width ?? LeastEdge, request.Height ?? LeastEdge);
        Within("The prompt's length", request.Prompt.Length, 0, LongestPrompt);
        Within("The negative prompt's length", request.NegativePrompt.Length, 0, LongestPrompt);
        // The last image's seed must be a seed too.
        var images = request.BatchCount * request.BatchSize;
        if (request.Seed > long.MaxValue - (images - 1))
            throw new InvalidRequestException($"Seed is {request.Seed}; with {images} images the last one's would be beyond {long.MaxValue}.");
    }

    /// <exception cref="InvalidRequestException">An edge that is out of its range.</exception>
    public static void Check(int width, int height)
    {
        Within("Width", width, LeastEdge, MostEdge);
        Within("Height", height, LeastEdge, MostEdge);
    }

    private static void Within<T>(string what, T value, T least, T most) where T : System.Numerics.INumber<T>
    {
        if (!(value >= least && value <= most)) throw new InvalidRequestException($"{what} is {value}; expected {least} to {most}.");
    }
}
