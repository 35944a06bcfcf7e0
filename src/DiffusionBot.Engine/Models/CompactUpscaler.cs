using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Models;

/// <summary>SRVGGNetCompact, Real-ESRGAN's small network: convolutions and PReLU in turns, then pixels out of channels, over the picture with its pixels repeated.</summary>
internal static class CompactUpscaler
{
    private const int MostWidth = 256, MostLayers = 256, MostScale = 8;

    public static bool IsOne(Weights w) => w.Has("body.0.weight") && w.Has("body.0.bias") && w.Has("body.1.weight") && !w.HasAt("body.0.rdb1") && !w.Has("conv_first.weight");

    public static UpscalerNetwork Build(Weights w, GraphTarget target)
    {
        var g = new GraphBuilder("upscaler", target);
        var layers = UpscalerNetwork.Bounded(w, "layers", w.Count("body"), MostLayers);
        if (layers < 3 || layers % 2 == 0) throw new InvalidCheckpointException($"{w.File}: {layers} layers; expected convolutions and activations in turns, a convolution last.");
        UpscalerNetwork.Bounded(w, "features", w.Length("body.0.bias"), MostWidth);
        var x = g.FromHost(g.Input("x", ElementType.Float, 3, "batch", 3, "height", "width"));
        var h = x;
        for (var i = 0; i < layers - 1; i += 2) h = g.PRelu(g.Conv(h, w.At($"body.{i}"), kernel: 3), w.At($"body.{i + 1}"));
        h = g.Conv(h, w.At($"body.{layers - 1}"), kernel: 3);
        var scale = (int)Math.Round(Math.Sqrt(h.Channels / 3.0));
        if (scale is < 1 or > MostScale || 3L * scale * scale != h.Channels)
            throw new InvalidCheckpointException($"{w.File}: 'body.{layers - 1}' gives {h.Channels} channels; expected three for each pixel of a square of up to {MostScale}.");
        var enlarged = scale == 1 ? h : g.PixelShuffle(h, scale);
        g.Output("out", ElementType.Float, g.Clamp(g.Add(enlarged, scale == 1 ? x : g.Repeat(x, scale))), "batch", 3, "pixel_height", "pixel_width");
        return new UpscalerNetwork(g, Shrink: 1, scale);
    }
}
