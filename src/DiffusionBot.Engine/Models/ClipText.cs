using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Models;

/// <summary>CLIP's text encoder (Radford et al., 2021) as transformers names it. Width and depth are read off the tensors; heads are width / 64.</summary>
internal static class ClipText
{
    /// <summary>The deepest clip skip that WebUI knows.</summary>
    public const int DeepestSkip = 12;

    /// <summary>Tokens that CLIP knows, start and end included.</summary>
    public const int Vocabulary = 49408;

    /// <summary>Tokens of one chunk, start and end included.</summary>
    public const int ChunkTokens = 77;

    /// <summary>The output of a graph that has but one.</summary>
    public const string Hidden = "hidden";

    /// <summary>An input [B, 77, 1] (float) that may be left out: 1 for tokens, 0 where a vector is put in the place of one.</summary>
    public const string KeptTokens = "kept";

    /// <summary>An input [B, 77, W] (float) that may be left out: vectors for those places, 0 elsewhere.</summary>
    public const string PutVectors = "put";

    /// <summary>
    /// Writes the graph: `tokens` [B, 77] (int64) in; out, for every clip skip s that the depth allows, `skip_s` [B, 77, W] (float): the
    /// output of the layer s from the end, through the final norm. One session serves every clip skip.
    /// </summary>
    /// <param name="w">The tensors from `embeddings.`, `encoder.` and `final_layer_norm.` on.</param>
    /// <param name="target">What runs the graph.</param>
    public static GraphBuilder Build(Weights w, GraphTarget target)
    {
        var g = new GraphBuilder("text", target);
        var (width, layers) = (Width(w), Layers(w));
        var h = Embedded(g, w, width);
        for (var i = 0; i < layers; i++)
        {
            h = Layer(g, w.At($"encoder.layers.{i}"), h, width);
            var skip = layers - i;
            if (skip <= DeepestSkip) g.Output(OutputOf(skip), ElementType.Float, g.LayerNorm(h, w.At("final_layer_norm")), "batch", ChunkTokens, width);
        }
        return g;
    }

    /// <summary>Writes the graph that SDXL has beside OpenCLIP: `tokens` [B, 77] (int64) in, `hidden` [B, 77, W] (float) out, what comes of all layers but the last, bare.</summary>
    public static GraphBuilder BuildHidden(Weights w, GraphTarget target)
    {
        var g = new GraphBuilder("text", target);
        var width = Width(w);
        var h = Embedded(g, w, width);
        for (var i = 0; i < Layers(w) - 1; i++) h = Layer(g, w.At($"encoder.layers.{i}"), h, width);
        g.Output(Hidden, ElementType.Float, h, "batch", ChunkTokens, width);
        return g;
    }

    /// <summary>The graph's output for a clip skip.</summary>
    public static string OutputOf(int clipSkip) => $"skip_{clipSkip}";

    /// <summary>Width of the conditioning: 768 in SD 1.x.</summary>
    public static long Width(Weights w)
    {
        var width = w.Length("final_layer_norm.weight");
        return width > 0 && width % 64 == 0 ? width
            : throw new InvalidCheckpointException($"{w.File}: tensor '{w.Prefix}final_layer_norm.weight' is [{width}]; expected a multiple of 64.");
    }

    /// <summary>How many layers the encoder has: 12 in SD 1.x.</summary>
    public static int Layers(Weights w)
    {
        var layers = w.Count("encoder.layers");
        return layers > 0 ? layers : throw new InvalidCheckpointException($"{w.File}: no '{w.Prefix}encoder.layers.0'; expected a CLIP text encoder.");
    }

    /// <summary>Vectors of tokens [B, 77, W], or what embeddings put in their place.</summary>
    public static Value WithEmbeddings(GraphBuilder g, Value tokens)
    {
        var kept = g.FromHost(g.OptionalInput(KeptTokens, 1, otherwise: 1));
        var put = g.FromHost(g.OptionalInput(PutVectors, tokens.Channels, otherwise: 0));
        return g.Add(g.Multiply(tokens, kept), put);
    }

    private static Value Embedded(GraphBuilder g, Weights w, long width)
    {
        var tokens = g.Input("tokens", ElementType.Int64, 0, "batch", ChunkTokens);
        var h = WithEmbeddings(g, g.Embed(tokens, w.At("embeddings.token_embedding"), Vocabulary, width));
        return g.AddWeight(h, w.At("embeddings.position_embedding"), "weight", ChunkTokens, width);
    }

    private static Value Layer(GraphBuilder g, Weights w, Value h, long width)
    {
        var n = g.LayerNorm(h, w.At("layer_norm1"));
        var (q, k, v) = (g.Linear(n, w.At("self_attn.q_proj"), width), g.Linear(n, w.At("self_attn.k_proj"), width), g.Linear(n, w.At("self_attn.v_proj"), width));
        h = g.Add(h, g.Linear(g.Attention(q, k, v, width / 64, causal: true), w.At("self_attn.out_proj"), width));
        n = g.LayerNorm(h, w.At("layer_norm2"));
        var wide = w.Length("mlp.fc1.bias");
        return g.Add(h, g.Linear(g.QuickGelu(g.Linear(n, w.At("mlp.fc1"), wide)), w.At("mlp.fc2"), width));
    }
}
