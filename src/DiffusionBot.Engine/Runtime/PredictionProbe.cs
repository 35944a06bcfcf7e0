using DiffusionBot.Engine.Sampling;

namespace DiffusionBot.Engine.Runtime;

/// <summary>Finds out what a UNet predicts by asking it, as WebUI does for checkpoints of SD 2.x that say nothing.</summary>
internal static class PredictionProbe
{
    private const int Side = 8, Tokens = 2;
    private const float Half = 0.5f, LastTimestep = 999;

    /// <summary>
    /// Of a latent that is 0.5 all over, said to be nothing but noise, it predicts about as much where it predicts noise; velocity is the picture taken
    /// off, far below.
    /// </summary>
    /// <param name="unet">The session.</param>
    /// <param name="channels">Of a latent.</param>
    /// <param name="width">Of the conditioning.</param>
    /// <param name="cancel">Stops within the run.</param>
    public static PredictionType Ask(OrtSession unet, int channels, int width, CancellationToken cancel)
    {
        var (x, context, said) = (new float[channels * Side * Side], new float[Tokens * width], new float[channels * Side * Side]);
        x.AsSpan().Fill(Half);
        context.AsSpan().Fill(Half);
        using var binding = unet.Bind();
        binding.Input("x", x, 1, channels, Side, Side);
        binding.Input("timesteps", new[] { LastTimestep }, 1);
        binding.Input("context", context, 1, Tokens, width);
        binding.Output("out", said, 1, channels, Side, Side);
        binding.Run(cancel);
        return OfMean(said.Average(value => value - Half));
    }

    /// <summary>By the mean of what is said over what was shown.</summary>
    internal static PredictionType OfMean(float mean) => mean < -1 ? PredictionType.V : PredictionType.Eps;
}
