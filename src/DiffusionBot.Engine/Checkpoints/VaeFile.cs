namespace DiffusionBot.Engine.Checkpoints;

/// <summary>An autoencoder's weights, whether they lie in a checkpoint or in a file of their own.</summary>
internal static class VaeFile
{
    private const string InCheckpoint = "first_stage_model";

    /// <summary>
    /// The weights at `encoder`, `decoder`, `quant_conv` and `post_quant_conv`, of a checkpoint or a separate VAE, whose
    /// names may carry `first_stage_model.` or nothing before them.
    /// </summary>
    /// <exception cref="UnknownCheckpointException">There is no VAE in the file, or one in the names of diffusers.</exception>
    public static Weights WeightsOf(TensorFile file)
    {
        foreach (var weights in (ReadOnlySpan<Weights>)[file.Weights.At(InCheckpoint), file.Weights])
        {
            if (weights.Has("decoder.conv_in.weight") && weights.HasAt("decoder.up")) return weights;
        }
        throw new UnknownCheckpointException($"{file.Path}: {ModelGuess.Of(file)}. Expected a VAE, with decoder.conv_in.weight and decoder.up.0, at first_stage_model or at the top.");
    }
}
