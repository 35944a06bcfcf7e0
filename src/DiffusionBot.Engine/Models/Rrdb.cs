using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Models;

/// <summary>
/// RRDBNet, the network of ESRGAN (X. Wang et al., 2018) and Real-ESRGAN (2021), any width and depth; with ESRGAN+'s shortcuts (N. Rakotonirina and A. Rasoanaivo, 2020) where a file has
/// them.
/// </summary>
internal static class Rrdb
{
    private const float Slope = 0.2f, ResidualScale = 0.2f;
    private const int DenseBlocks = 3, DenseLayers = 5, MostWidth = 256, MostBlocks = 128;

    public static UpscalerNetwork Build(RrdbNames names, GraphTarget target)
    {
        var w = names.Weights;
        var g = new GraphBuilder("upscaler", target);
        var (into, outOf) = (w.Find($"{names.First}.weight").Shape is [_, var channels, _, _] ? channels : 0, w.Length($"{names.Last}.bias"));
        var shrink = UpscalerNetwork.ShrinkOf(w, into, outOf);
        UpscalerNetwork.Bounded(w, "features", w.Length($"{names.First}.bias"), MostWidth);
        var first = g.Conv(g.FromHost(g.Input("x", ElementType.Float, into, "batch", into, "height", "width")), w.At(names.First), kernel: 3);
        var blocks = UpscalerNetwork.Bounded(w, "blocks", BlocksOf(names), MostBlocks);
        var h = first;
        for (var i = 0; i < blocks; i++) h = Block(g, names, w.At($"{names.Block}.{i}"), h);
        h = g.Conv(h, w.At(names.Trunk), kernel: 3, plus: first);
        foreach (var up in names.Ups) h = g.LeakyRelu(g.Conv(g.Double(h), w.At(up), kernel: 3), Slope);
        h = g.LeakyRelu(g.Conv(h, w.At(names.Hr), kernel: 3), Slope);
        g.Output("out", ElementType.Float, g.Clamp(g.Conv(h, w.At(names.Last), kernel: 3)), "batch", outOf, "pixel_height", "pixel_width");
        var scale = (1 << names.Ups.Count) / shrink;
        return scale > 0 ? new UpscalerNetwork(g, shrink, scale)
            : throw new InvalidCheckpointException($"{w.File}: pixels are unshuffled by {shrink} and then enlarged {1 << names.Ups.Count} times; expected a picture that does not shrink.");
    }

    private static int BlocksOf(RrdbNames names)
    {
        var blocks = names.Weights.Count(names.Block);
        return names.Trunk == $"{names.Block}.{blocks - 1}" ? blocks - 1 : blocks;
    }

    private static Value Block(GraphBuilder g, RrdbNames names, Weights w, Value x)
    {
        var h = x;
        for (var i = 1; i <= DenseBlocks; i++) h = Dense(g, names, w.At($"{names.Dense}{i}"), h);
        return g.AddScaled(x, h, ResidualScale);
    }

    private static Value Dense(GraphBuilder g, RrdbNames names, Weights w, Value x)
    {
        var seen = new List<Value> { x };
        var shortcut = w.Has("conv1x1.weight");
        for (var i = 1; i < DenseLayers; i++)
        {
            var layer = w.At($"conv{i}{names.Layer}");
            UpscalerNetwork.Bounded(w, "features that a layer adds", layer.Length("bias"), MostWidth);
            var made = g.LeakyRelu(g.Conv(g.JoinAll(seen), layer, kernel: 3), Slope);
            if (shortcut && i == 2) made = g.Add(made, g.MixChannels(x, w.At("conv1x1"), made.Channels));
            if (shortcut && i == 4) made = g.Add(made, seen[2]);
            seen.Add(made);
        }
        return g.AddScaled(x, g.Conv(g.JoinAll(seen), w.At($"conv{DenseLayers}{names.Layer}"), kernel: 3), ResidualScale);
    }
}
