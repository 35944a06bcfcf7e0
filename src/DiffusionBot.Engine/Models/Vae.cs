using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Models;

/// <summary>
/// The autoencoder of Stable Diffusion (AutoencoderKL of LDM) in its own names, without `first_stage_model.`. Levels and blocks are read off
/// the tensors. A latent is an eighth of the picture's size for the four levels that SD has.
/// </summary>
internal static class Vae
{
    private const int LevelsOfAnEighth = 4;

    /// <summary>The decoder: `latent` [B, 4, H, W], already divided by the family's scale, in; `image` [B, 3, 8H, 8W], about -1 to 1, out.</summary>
    public static GraphBuilder BuildDecoder(Weights w, GraphTarget target, Tap? tap = null)
    {
        var g = new GraphBuilder("vae-decoder", target);
        var channels = LatentChannels(w);
        var h = g.FromHost(g.Input("latent", ElementType.Float, channels, "batch", channels, "height", "width"));
        if (w.HasAt("post_quant_conv")) h = g.Conv(h, w.At("post_quant_conv"), kernel: 1);
        var decoder = w.At("decoder");
        h = Middle(g, decoder.At("mid"), g.Conv(h, decoder.At("conv_in"), kernel: 3));
        tap?.Invoke(g, "mid", h);
        var levels = decoder.Count("up");
        if (levels != LevelsOfAnEighth) throw new InvalidCheckpointException($"{w.File}: the VAE's decoder has {levels} levels; expected {LevelsOfAnEighth}.");
        for (var level = levels - 1; level >= 0; level--)
        {
            var up = decoder.At($"up.{level}");
            h = Level(g, up, h);
            // All but the last level enlarge; a latent of SD is an eighth of its picture.
            if (level > 0) h = g.Conv(g.Double(h), up.At("upsample.conv"), kernel: 3);
            tap?.Invoke(g, $"up.{level}", h);
        }
        h = g.Conv(g.GroupNorm(h, decoder.At("norm_out"), Blocks.Epsilon, silu: true), decoder.At("conv_out"), kernel: 3);
        g.Output("image", ElementType.Float, h, "batch", h.Channels, "pixel_height", "pixel_width");
        return g;
    }

    /// <summary>What the decoder takes at its height, as measured: four maps of the last but one level's channels at the picture's size, and what all pixels of the latent see of each other.</summary>
    /// <param name="w">The tensors.</param>
    /// <param name="pixels">Of the latent.</param>
    public static long DecodingBytes(Weights w, long pixels)
    {
        var channels = w.Has("decoder.up.1.upsample.conv.bias") ? w.Length("decoder.up.1.upsample.conv.bias") : 0;
        return (4 * sizeof(float) * channels * 64 * pixels) + (3 * sizeof(float) * pixels * pixels);
    }

    /// <summary>
    /// The encoder: `image` [B, 3, H, W], -1 to 1, in; `moments` [B, 8, H/8, W/8] out: the mean's channels first, then the logarithm
    /// of the variance's.
    /// </summary>
    public static GraphBuilder BuildEncoder(Weights w, GraphTarget target)
    {
        var g = new GraphBuilder("vae-encoder", target);
        var h = g.FromHost(g.Input("image", ElementType.Float, 3, "batch", 3, "pixel_height", "pixel_width"));
        var encoder = w.At("encoder");
        h = g.Conv(h, encoder.At("conv_in"), kernel: 3);
        for (var level = 0; level < encoder.Count("down"); level++)
        {
            var down = encoder.At($"down.{level}");
            h = Level(g, down, h);
            // LDM pads below and to the right only.
            if (down.Has("downsample.conv.weight")) h = g.Conv(h, down.At("downsample.conv"), kernel: 3, stride: 2, pads: [0, 0, 1, 1]);
        }
        h = Middle(g, encoder.At("mid"), h);
        h = g.Conv(g.GroupNorm(h, encoder.At("norm_out"), Blocks.Epsilon, silu: true), encoder.At("conv_out"), kernel: 3);
        if (w.HasAt("quant_conv")) h = g.Conv(h, w.At("quant_conv"), kernel: 1);
        g.Output("moments", ElementType.Float, h, "batch", h.Channels, "height", "width");
        return g;
    }

    /// <summary>Channels of a latent: 4 in SD 1.x to SDXL.</summary>
    public static long LatentChannels(Weights w) => w.Find("decoder.conv_in.weight").Shape is [_, var channels, _, _] ? channels
        : throw new InvalidCheckpointException($"{w.File}: 'decoder.conv_in.weight' is no convolution.");

    private static Value Level(GraphBuilder g, Weights w, Value h)
    {
        for (var i = 0; w.HasAt($"block.{i}"); i++)
        {
            h = Blocks.VaeResidual(g, w.At($"block.{i}"), h);
            if (w.HasAt($"attn.{i}")) h = Blocks.VaeAttention(g, w.At($"attn.{i}"), h);
        }
        return h;
    }

    private static Value Middle(GraphBuilder g, Weights w, Value h)
    {
        h = Blocks.VaeResidual(g, w.At("block_1"), h);
        h = Blocks.VaeAttention(g, w.At("attn_1"), h);
        return Blocks.VaeResidual(g, w.At("block_2"), h);
    }
}
