using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Models;

/// <summary>The graph of a text encoder and what is known of it.</summary>
/// <param name="Graph">As <see cref="ClipText"/> or <see cref="OpenClipText"/> writes it.</param>
/// <param name="Width">Of a token's vector.</param>
/// <param name="Pad">The token that fills a chunk.</param>
internal sealed record TextGraph(GraphBuilder Graph, int Width, int Pad)
{
    /// <summary>The deepest clip skip that it allows; 0: it does not look at it.</summary>
    public int Skips { get; private init; }

    /// <summary>Width of what the whole text says; 0: it says nothing of it.</summary>
    public int Pooled { get; private init; }

    /// <summary>Writes it.</summary>
    /// <param name="row">Which.</param>
    /// <param name="checkpoint">All tensors.</param>
    /// <param name="target">What runs it.</param>
    /// <exception cref="InvalidCheckpointException">A tensor is missing or misshapen.</exception>
    public static TextGraph Of(TextEncoderRow row, Weights checkpoint, GraphTarget target)
    {
        var w = row.WeightsOf(checkpoint);
        return row.Kind switch
        {
            TextEncoderKind.Clip => new(ClipText.Build(w, target), (int)ClipText.Width(w), row.Pad) { Skips = Math.Min(ClipText.Layers(w), ClipText.DeepestSkip) },
            TextEncoderKind.ClipHidden => new(ClipText.BuildHidden(w, target), (int)ClipText.Width(w), row.Pad),
            TextEncoderKind.OpenClip => new(OpenClipText.BuildHidden(w, target), (int)OpenClipText.Width(w), row.Pad),
            _ => new(OpenClipText.BuildPooled(w, target), (int)OpenClipText.Width(w), row.Pad) { Pooled = (int)OpenClipText.PooledWidth(w) },
        };
    }
}
