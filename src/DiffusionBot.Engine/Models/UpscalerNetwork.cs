using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Models;

/// <summary>A network that enlarges pictures, measured.</summary>
/// <param name="Graph">`x` [B, 3 s s, H, W], 0 to 1, in; `out` [B, 3, ...], 0 to 1, out.</param>
/// <param name="Shrink">s: how many pixels a side are made one of more channels before (torch's pixel unshuffle); 1: none.</param>
/// <param name="Scale">How many times as large the picture becomes.</param>
internal sealed record UpscalerNetwork(GraphBuilder Graph, int Shrink, int Scale)
{
    // Where files keep their tensors: at the top, or as Real-ESRGAN's training leaves them.
    private static readonly string[] places = ["params_ema", "params", "model", "netG"];

    /// <summary>Writes the graph of a file's network.</summary>
    /// <param name="file">An upscaler.</param>
    /// <param name="target">What runs it.</param>
    /// <exception cref="UnknownCheckpointException">It is no network that is known.</exception>
    /// <exception cref="InvalidCheckpointException">A tensor is missing, misshapen, or larger than such networks are.</exception>
    public static UpscalerNetwork Of(TensorFile file, GraphTarget target)
    {
        foreach (var weights in places.Select(file.Weights.At).Prepend(file.Weights))
        {
            if (RrdbNames.Of(weights) is { } names) return Rrdb.Build(names, target);
            if (CompactUpscaler.IsOne(weights)) return CompactUpscaler.Build(weights, target);
        }
        throw new UnknownCheckpointException($"{file.Path}: {ModelGuess.Of(file)}. Expected an upscaler of the ESRGAN family: RRDBNet (conv_first, or model.0 and model.1.sub) or SRVGGNetCompact (body.0, body.1).");
    }

    /// <summary>How much is unshuffled before, by the channels that come in for those that go out.</summary>
    public static int ShrinkOf(Weights w, long into, long outOf) => (into, outOf) switch
    {
        (3, 3) => 1,
        (12, 3) => 2,
        (48, 3) => 4,
        _ => throw new InvalidCheckpointException($"{w.File}: the network takes {into} channels and gives {outOf}; expected 3 (12 or 48 where pixels are unshuffled) and 3."),
    };

    /// <summary>A count within what networks of this kind have: maps grow with it, and files are strangers'.</summary>
    public static long Bounded(Weights w, string what, long found, long most) => found >= 1 && found <= most ? found
        : throw new InvalidCheckpointException($"{w.File}: {found} {what}; expected 1 to {most}.");
}
