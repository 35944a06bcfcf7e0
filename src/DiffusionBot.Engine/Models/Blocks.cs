using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Models;

/// <summary>Gets every named value that a network passes through, so that tests can compare it with the original's.</summary>
internal delegate void Tap(GraphBuilder graph, string name, Value value);

/// <summary>The blocks that UNet, control networks and autoencoder share, in the checkpoint's own names.</summary>
internal static class Blocks
{
    /// <summary>Epsilon of the UNet's own group norms (torch's default).</summary>
    public const float UnetEpsilon = 1e-5f;

    /// <summary>Epsilon of the autoencoder's group norms and of those before a transformer (LDM's Normalize).</summary>
    public const float Epsilon = 1e-6f;

    /// <summary>The UNet's residual block: the timestep's embedding is added between its convolutions.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="w">`in_layers`, `emb_layers`, `out_layers`, perhaps `skip_connection`.</param>
    /// <param name="x">[B, C, H, W].</param>
    /// <param name="time">[B, E], SiLU already applied.</param>
    public static Value Residual(GraphBuilder g, Weights w, Value x, Value time)
    {
        var h = g.Conv(g.GroupNorm(x, w.At("in_layers.0"), UnetEpsilon, silu: true), w.At("in_layers.2"), kernel: 3);
        var shift = g.Linear(time, w.At("emb_layers.1"), h.Channels);
        h = g.Add(h, g.Reshape(shift, h.Channels, 0, h.Channels, 1, 1));
        var skip = w.HasAt("skip_connection") || x.Channels != h.Channels ? g.Conv(x, w.At("skip_connection"), kernel: 1) : x;
        return g.Conv(g.GroupNorm(h, w.At("out_layers.0"), UnetEpsilon, silu: true), w.At("out_layers.3"), kernel: 3, plus: skip);
    }

    /// <summary>The autoencoder's residual block.</summary>
    public static Value VaeResidual(GraphBuilder g, Weights w, Value x)
    {
        var h = g.Conv(g.GroupNorm(x, w.At("norm1"), Epsilon, silu: true), w.At("conv1"), kernel: 3);
        var skip = w.HasAt("nin_shortcut") || x.Channels != h.Channels ? g.Conv(x, w.At("nin_shortcut"), kernel: 1) : x;
        return g.Conv(g.GroupNorm(h, w.At("norm2"), Epsilon, silu: true), w.At("conv2"), kernel: 3, plus: skip);
    }

    /// <summary>The autoencoder's self-attention over all pixels, one head.</summary>
    public static Value VaeAttention(GraphBuilder g, Weights w, Value x)
    {
        var tokens = g.ToTokens(g.GroupNorm(x, w.At("norm"), Epsilon, silu: false));
        var (q, k, v) = (g.Linear(tokens, w.At("q"), x.Channels), g.Linear(tokens, w.At("k"), x.Channels), g.Linear(tokens, w.At("v"), x.Channels));
        var seen = g.Linear(g.Attention(q, k, v, heads: 1), w.At("proj_out"), x.Channels);
        return g.Add(x, g.ToMap(seen, like: x));
    }

    /// <summary>
    /// A transformer over the pixels of a map, which looks at the prompt. proj_in and proj_out are 1x1 convolutions in SD 1.x
    /// and linear layers in later families.
    /// </summary>
    /// <param name="g">The graph.</param>
    /// <param name="w">`norm`, `proj_in`, `transformer_blocks`, `proj_out`.</param>
    /// <param name="x">[B, C, H, W].</param>
    /// <param name="context">The prompt's conditioning [B, T, D].</param>
    /// <param name="heads">Attention heads for an inner width.</param>
    /// <param name="hypernetworks">What keys and values are made of goes through them first; null: none.</param>
    public static Value SpatialTransformer(GraphBuilder g, Weights w, Value x, Value context, Func<long, long> heads, IReadOnlyList<Hypernetwork>? hypernetworks = null)
    {
        var map = g.GroupNorm(x, w.At("norm"), Epsilon, silu: false);
        var convolves = w.Find("proj_in.weight").Shape.Count == 4;
        var h = convolves ? g.ToTokens(g.Conv(map, w.At("proj_in"), kernel: 1)) : g.Linear(g.ToTokens(map), w.At("proj_in"), x.Channels);
        var inner = heads(h.Channels);
        if (inner == 0 || h.Channels % inner != 0)
            throw new InvalidCheckpointException($"{w.File}: '{w.Prefix}proj_in' gives {h.Channels} channels; expected a multiple of the {inner} attention heads.");
        for (var i = 0; i == 0 || w.HasAt($"transformer_blocks.{i}"); i++)
            h = Transformer(g, w.At($"transformer_blocks.{i}"), h, context, inner, hypernetworks ?? []);
        return convolves
            ? g.Conv(g.ToMap(h, like: x), w.At("proj_out"), kernel: 1, plus: x)
            : g.Add(x, g.ToMap(g.Linear(h, w.At("proj_out"), x.Channels), like: x));
    }

    private static Value Transformer(GraphBuilder g, Weights w, Value h, Value context, long heads, IReadOnlyList<Hypernetwork> hypernetworks)
    {
        var self = g.LayerNorm(h, w.At("norm1"));
        h = g.Add(h, CrossAttention(g, w.At("attn1"), self, self, heads, hypernetworks));
        h = g.Add(h, CrossAttention(g, w.At("attn2"), g.LayerNorm(h, w.At("norm2")), context, heads, hypernetworks));
        var wide = g.GatedGelu(g.LayerNorm(h, w.At("norm3")), w.At("ff.net.0.proj"), 4 * h.Channels);
        return g.Add(h, g.Linear(wide, w.At("ff.net.2"), h.Channels));
    }

    private static Value CrossAttention(GraphBuilder g, Weights w, Value x, Value context, long heads, IReadOnlyList<Hypernetwork> hypernetworks)
    {
        var (keys, values) = Hypernetwork.Apply(g, hypernetworks, context);
        var q = g.Linear(x, w.At("to_q"), x.Channels, bias: false);
        var k = g.Linear(keys, w.At("to_k"), x.Channels, bias: false);
        var v = g.Linear(values, w.At("to_v"), x.Channels, bias: false);
        return g.Linear(g.Attention(q, k, v, heads), w.At("to_out.0"), x.Channels);
    }
}
