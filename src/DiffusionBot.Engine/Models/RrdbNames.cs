using System.Globalization;
using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Models;

/// <summary>Where a file has the parts of an RRDBNet: three ways of naming them are in use.</summary>
/// <param name="Weights">All of them.</param>
/// <param name="First">The first convolution.</param>
/// <param name="Block">What stands before the number of a block.</param>
/// <param name="Dense">What stands before the number (1 to 3) of a dense block in a block.</param>
/// <param name="Layer">What stands behind the name of a dense block's layer.</param>
/// <param name="Trunk">The convolution behind all blocks.</param>
/// <param name="Ups">The convolutions behind each doubling.</param>
/// <param name="Hr">The last but one.</param>
/// <param name="Last">The last.</param>
internal sealed record RrdbNames(Weights Weights, string First, string Block, string Dense, string Layer, string Trunk, IReadOnlyList<string> Ups, string Hr, string Last)
{
    private const int MostUps = 3;

    /// <summary>Null: it is no RRDBNet.</summary>
    public static RrdbNames? Of(Weights w)
    {
        if (w.Has("conv_first.weight") && w.HasAt("body.0.rdb1")) return new(w, "conv_first", "body", "rdb", "", "conv_body", Numbered(w, "conv_up"), "conv_hr", "conv_last");
        if (w.Has("conv_first.weight") && w.HasAt("RRDB_trunk.0.RDB1")) return new(w, "conv_first", "RRDB_trunk", "RDB", "", "trunk_conv", Numbered(w, "upconv"), "HRconv", "conv_last");
        return w.Has("model.0.weight") && w.HasAt("model.1.sub.0.RDB1") ? Sequential(w) : null;
    }

    /// <summary>The original's: `model.1` are the blocks and behind them, as one more, the trunk's convolution; then doubling, convolution, activation in turns.</summary>
    private static RrdbNames Sequential(Weights w)
    {
        var convolutions = w.Names.Where(name => name.StartsWith("model.", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal) && name.Count(c => c == '.') == 2)
            .Select(name => int.TryParse(name.Split('.')[1], CultureInfo.InvariantCulture, out var place) ? place : 0).Where(place => place > 1).Order().Select(place => $"model.{place}").ToList();
        if (convolutions.Count is < 2 or > MostUps + 2) throw new InvalidCheckpointException($"{w.File}: {convolutions.Count} convolutions behind the blocks of an ESRGAN network; expected 2 to {MostUps + 2}.");
        // The trunk's convolution is a part of the list of blocks, its last.
        var trunk = $"model.1.sub.{w.Count("model.1.sub") - 1}";
        return new(w, "model.0", "model.1.sub", "RDB", ".0", trunk, convolutions[..^2], convolutions[^2], convolutions[^1]);
    }

    private static List<string> Numbered(Weights w, string name)
    {
        var ups = new List<string>();
        while (ups.Count < MostUps && w.Has($"{name}{ups.Count + 1}.weight")) ups.Add($"{name}{ups.Count + 1}");
        return ups;
    }
}
