namespace DiffusionBot.Engine.Checkpoints;

/// <summary>Which text encoder it is, and what is taken of it.</summary>
public enum TextEncoderKind
{
    /// <summary>OpenAI's CLIP, in transformers' names: the layer that clip skip says, through the final norm.</summary>
    Clip,

    /// <summary>The same: always the layer before the last, bare.</summary>
    ClipHidden,

    /// <summary>OpenCLIP, in its own names: always the layer before the last, through the final norm.</summary>
    OpenClip,

    /// <summary>The same: always the layer before the last, bare, and what the whole text says.</summary>
    OpenClipPooled,
}

/// <summary>A text encoder of a family of checkpoints.</summary>
/// <param name="Prefix">Of its tensors, dot included.</param>
/// <param name="Kind">Which.</param>
/// <param name="Pad">The token that fills a chunk after its end token.</param>
public sealed record TextEncoderRow(string Prefix, TextEncoderKind Kind, int Pad)
{
    /// <summary>
    /// Its weights, at `embeddings`, `encoder` and `final_layer_norm` where it is CLIP: some early checkpoints of SD 1.x leave out the level
    /// `text_model`.
    /// </summary>
    /// <param name="checkpoint">All tensors.</param>
    internal Weights WeightsOf(Weights checkpoint)
    {
        var at = checkpoint.At(Prefix.TrimEnd('.'));
        return at.HasAt("text_model") ? at.At("text_model") : at;
    }
}
