using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Models;

/// <summary>
/// The UNet of Stable Diffusion (Rombach et al., 2022) in the names of the original checkpoints (`model.diffusion_model.`). Width, depth and
/// the order of blocks are read off the tensors that are there.
/// </summary>
internal static class Unet
{
    public const string Prefix = "model.diffusion_model";

    /// <summary>
    /// Writes the graph: `x` [B, C, H, W], `timesteps` [B] and `context` [B, T, D] in, `out` [B, 4, H, W] out, all float; any H and W. A UNet of the SDXL
    /// family takes `vector` [B, V] besides.
    /// </summary>
    /// <param name="w">The tensors below <see cref="Prefix"/>.</param>
    /// <param name="heads">Attention heads for an inner width: what shapes cannot tell.</param>
    /// <param name="target">What runs the graph.</param>
    /// <param name="tap">Sees every block's output.</param>
    /// <param name="hypernetworks">What is on; null: none.</param>
    public static GraphBuilder Build(Weights w, Func<long, long> heads, GraphTarget target, Tap? tap = null, IReadOnlyList<Hypernetwork>? hypernetworks = null)
    {
        var g = new GraphBuilder("unet", target);
        var (inputs, width, depth) = (InputChannels(w), w.Find("input_blocks.0.0.weight").Shape[0], ContextWidth(w));
        var x = g.FromHost(g.Input("x", ElementType.Float, inputs, "batch", inputs, "height", "width"));
        var context = g.FromHost(g.Input("context", ElementType.Float, depth, "batch", "tokens", depth));
        var time = g.TimestepEmbedding(g.Input("timesteps", ElementType.Float, 0, "batch"), width);
        var timeWidth = w.Length("time_embed.0.bias");
        time = g.Linear(g.Silu(g.Linear(time, w.At("time_embed.0"), timeWidth)), w.At("time_embed.2"), timeWidth);
        if (VectorWidth(w) is > 0 and var wide)
        {
            var vector = g.FromHost(g.Input("vector", ElementType.Float, wide, "batch", wide));
            time = g.Add(time, g.Linear(g.Silu(g.Linear(vector, w.At("label_emb.0.0"), timeWidth)), w.At("label_emb.0.2"), timeWidth));
        }
        var part = new Part(g, heads, g.Silu(time), context, hypernetworks);

        var h = x;
        var skips = new Stack<Value>();
        for (var i = 0; w.HasAt($"input_blocks.{i}"); i++)
        {
            h = part.Through(w.At($"input_blocks.{i}"), h);
            tap?.Invoke(g, $"input_blocks.{i}", h);
            skips.Push(h);
        }
        h = part.Through(w.At("middle_block"), h);
        tap?.Invoke(g, "middle_block", h);
        var enlarged = false;
        for (var i = 0; w.HasAt($"output_blocks.{i}"); i++)
        {
            if (!skips.TryPop(out var skip)) throw new InvalidCheckpointException($"{w.File}: {i + 1} output blocks; expected {i}, as many as input blocks.");
            // A map that was doubled may be a row or column larger than the one it was halved from.
            h = part.Through(w.At($"output_blocks.{i}"), g.Join(enlarged ? g.CropTo(h, skip) : h, skip));
            tap?.Invoke(g, $"output_blocks.{i}", h);
            enlarged = Enlarges(w.At($"output_blocks.{i}"));
        }
        var noise = g.Conv(g.GroupNorm(h, w.At("out.0"), Blocks.UnetEpsilon, silu: true), w.At("out.2"), kernel: 3);
        g.Output("out", ElementType.Float, noise, "batch", noise.Channels, "height", "width");
        return g;
    }

    /// <summary>Channels of the input: 4, or 9 for an inpainting model.</summary>
    public static long InputChannels(Weights w) => w.Find("input_blocks.0.0.weight").Shape is [_, var channels, _, _] ? channels
        : throw new InvalidCheckpointException($"{w.File}: '{Prefix}.input_blocks.0.0.weight' is no convolution.");

    /// <summary>Width of the conditioning that the UNet looks at: 768 in SD 1.x.</summary>
    public static long ContextWidth(Weights w)
    {
        var name = w.Names.FirstOrDefault(n => n.EndsWith("attn2.to_k.weight", StringComparison.Ordinal))
            ?? throw new InvalidCheckpointException($"{w.File}: no 'attn2.to_k.weight' below '{Prefix}'; expected a UNet that looks at a prompt.");
        return w.Find(name).Shape is [_, var width] ? width : throw new InvalidCheckpointException($"{w.File}: '{Prefix}.{name}' is no matrix.");
    }

    /// <summary>Width of the vector that it takes beside the conditioning: 2816 in SDXL; 0: none.</summary>
    public static long VectorWidth(Weights w) => !w.HasAt("label_emb") ? 0
        : w.Find("label_emb.0.0.weight").Shape is [_, var width] ? width
        : throw new InvalidCheckpointException($"{w.File}: '{Prefix}.label_emb.0.0.weight' is no matrix.");

    private static bool Enlarges(Weights block) => Enumerable.Range(0, 3).Any(i => block.Has($"{i}.conv.weight"));

    /// <summary>Runs a map through the layers `0.`, `1.`, `2.` of a block, each recognised by its tensors.</summary>
    private sealed class Part(GraphBuilder g, Func<long, long> heads, Value time, Value context, IReadOnlyList<Hypernetwork>? hypernetworks)
    {
        public Value Through(Weights block, Value h)
        {
            for (var i = 0; block.HasAt($"{i}"); i++) h = Layer(block.At($"{i}"), h);
            return h;
        }

        private Value Layer(Weights w, Value h)
        {
            if (w.Has("in_layers.0.weight")) return Blocks.Residual(g, w, h, time);
            if (w.Has("proj_in.weight")) return Blocks.SpatialTransformer(g, w, h, context, heads, hypernetworks);
            if (w.Has("op.weight")) return g.Conv(h, w.At("op"), kernel: 3, stride: 2);
            if (w.Has("conv.weight")) return g.Conv(g.Double(h), w.At("conv"), kernel: 3);
            if (w.Has("weight")) return g.Conv(h, w, kernel: 3);
            throw new InvalidCheckpointException($"{w.File}: '{w.Prefix.TrimEnd('.')}' is no layer that a UNet of a known family has.");
        }
    }
}
