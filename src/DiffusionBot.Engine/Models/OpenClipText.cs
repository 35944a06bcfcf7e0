using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Models;

/// <summary>
/// OpenCLIP's text encoder (Cherti et al., 2022; ViT-H in SD 2.x, ViT-bigG in SDXL) in its own names. What is taken of it is the output of the layer
/// before the last. Width and depth are read off the tensors; heads are width / 64.
/// </summary>
internal static class OpenClipText
{
    /// <summary>The output of what the whole text says.</summary>
    public const string Pooled = "pooled";

    // q, k and v lie below each other in one tensor.
    private static readonly string[] marks = [":q", ":k", ":v"];

    /// <summary>
    /// Writes SD 2.x's graph: `tokens` [B, 77] (int64) in, `hidden` [B, 77, W] (float) out, through the final norm.
    /// </summary>
    /// <param name="w">The tensors from `token_embedding.`, `transformer.` and `ln_final.` on.</param>
    /// <param name="target">What runs the graph.</param>
    public static GraphBuilder BuildHidden(Weights w, GraphTarget target)
    {
        var g = new GraphBuilder("text", target);
        var width = Width(w);
        var h = Layers(g, w, Embedded(g, w, width), width, 0, Depth(w) - 1);
        g.Output(ClipText.Hidden, ElementType.Float, g.LayerNorm(h, w.At("ln_final")), "batch", ClipText.ChunkTokens, width);
        return g;
    }

    /// <summary>
    /// Writes SDXL's graph: `tokens` [B, 77] and `ends` [B, 1] (int64, where each text ends) in; `hidden` [B, 77, W], bare, and `pooled` [B, P], which goes
    /// through all layers, out (float).
    /// </summary>
    /// <param name="w">The same, with `text_projection`.</param>
    /// <param name="target">What runs the graph.</param>
    public static GraphBuilder BuildPooled(Weights w, GraphTarget target)
    {
        var g = new GraphBuilder("text", target);
        var (width, depth) = (Width(w), Depth(w));
        var h = Layers(g, w, Embedded(g, w, width), width, 0, depth - 1);
        g.Output(ClipText.Hidden, ElementType.Float, h, "batch", ClipText.ChunkTokens, width);
        var last = g.LayerNorm(Layers(g, w, h, width, depth - 1, depth), w.At("ln_final"));
        var pooled = g.Projected(last, g.Input("ends", ElementType.Int64, 0, "batch", 1), w, "text_projection", PooledWidth(w));
        g.Output(Pooled, ElementType.Float, pooled, "batch", pooled.Channels);
        return g;
    }

    /// <summary>Width of the conditioning: 1024 in SD 2.x, 1280 in SDXL.</summary>
    public static long Width(Weights w)
    {
        var width = w.Length("ln_final.weight");
        return width > 0 && width % 64 == 0 ? width
            : throw new InvalidCheckpointException($"{w.File}: tensor '{w.Prefix}ln_final.weight' is [{width}]; expected a multiple of 64.");
    }

    /// <summary>Width of what the whole text says.</summary>
    public static long PooledWidth(Weights w) => w.Find("text_projection").Shape is [_, var width] ? width
        : throw new InvalidCheckpointException($"{w.File}: tensor '{w.Prefix}text_projection' is {Weights.Show(w.Find("text_projection").Shape)}; expected a matrix.");

    /// <summary>Layers of the encoder. ViT-H has 24; many checkpoints of SD 2.x leave out the last, which is never looked at.</summary>
    private static int Depth(Weights w)
    {
        var layers = w.Count("transformer.resblocks");
        if (layers == 0) throw new InvalidCheckpointException($"{w.File}: no '{w.Prefix}transformer.resblocks.0'; expected an OpenCLIP text encoder.");
        return layers == 23 ? 24 : layers;
    }

    private static Value Embedded(GraphBuilder g, Weights w, long width)
    {
        var tokens = g.Input("tokens", ElementType.Int64, 0, "batch", ClipText.ChunkTokens);
        return g.AddWeight(ClipText.WithEmbeddings(g, g.Embed(tokens, w.At("token_embedding"), ClipText.Vocabulary, width)), w, "positional_embedding", ClipText.ChunkTokens, width);
    }

    private static Value Layers(GraphBuilder g, Weights w, Value h, long width, int from, int to)
    {
        for (var i = from; i < to; i++) h = Layer(g, w.At($"transformer.resblocks.{i}"), h, width);
        return h;
    }

    private static Value Layer(GraphBuilder g, Weights w, Value h, long width)
    {
        var n = g.LayerNorm(h, w.At("ln_1"));
        Value Projection(int part) => g.LinearPart(n, w, "attn.in_proj_weight", "attn.in_proj_bias", part, marks, width);
        h = g.Add(h, g.Linear(g.Attention(Projection(0), Projection(1), Projection(2), width / 64, causal: true), w.At("attn.out_proj"), width));
        var wide = g.LinearGelu(g.LayerNorm(h, w.At("ln_2")), w.At("mlp.c_fc"), w.Length("mlp.c_fc.bias"));
        return g.Add(h, g.Linear(wide, w.At("mlp.c_proj"), width));
    }
}
