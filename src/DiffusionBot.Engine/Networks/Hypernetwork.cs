using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Checkpoints.Torch;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Networks;

/// <summary>
/// A hypernetwork as WebUI trains them: small networks that what keys and values are made of goes through before, in every attention whose context has their width.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Strength">How much of what they make is added.</param>
/// <param name="Widths">The two networks for a width, keys' first.</param>
internal sealed record Hypernetwork(string Path, float Strength, IReadOnlyDictionary<long, (HypernetworkModule Keys, HypernetworkModule Values)> Widths)
{
    private const int MostWidths = 16;

    /// <summary>Reads a file; numbers are not read yet.</summary>
    /// <exception cref="InvalidCheckpointException">It is no hypernetwork, or has what is not known of them.</exception>
    public static Hypernetwork Read(string path, float strength)
    {
        var file = TorchFile.Open(path);
        if (file.Root is not PickleDict root) throw new InvalidCheckpointException($"{path}: this is no hypernetwork; expected a dict of networks by their width.");
        var function = root["activation_func"] switch
        {
            null or "linear" => null,
            string name when GraphBuilder.KnowsActivation(name.ToLowerInvariant()) => name.ToLowerInvariant(),
            var other => throw new InvalidCheckpointException($"{path}: its activation is '{ModelFileAccess.Printable(other.ToString() ?? "")}'; known are linear and {string.Join(", ", GraphBuilder.Activations)}."),
        };
        var endsActivated = root["activate_output"] is not false;
        var widths = root.Entries.Select(entry => entry.Key).OfType<long>().Where(width => width > 0).ToList();
        if (widths.Count is 0 or > MostWidths) throw new InvalidCheckpointException($"{path}: it has networks for {widths.Count} widths; expected 1 to {MostWidths}.");
        return new Hypernetwork(path, strength, widths.ToDictionary(width => width, width => (Module(width, 0), Module(width, 1))));

        HypernetworkModule Module(long width, int which) => HypernetworkModule.Of(file, width, which, function, endsActivated);
    }

    /// <summary>What keys and values are made of, after all hypernetworks that are on.</summary>
    public static (Value Keys, Value Values) Apply(GraphBuilder g, IReadOnlyList<Hypernetwork> hypernetworks, Value context)
    {
        var (keys, values) = (context, context);
        for (var i = 0; i < hypernetworks.Count; i++)
        {
            if (!hypernetworks[i].Widths.TryGetValue(context.Channels, out var modules)) continue;
            keys = modules.Keys.Apply(g, keys, hypernetworks[i].Strength, $"hypernetwork.{i}.");
            values = modules.Values.Apply(g, values, hypernetworks[i].Strength, $"hypernetwork.{i}.");
        }
        return (keys, values);
    }
}
