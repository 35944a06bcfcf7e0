using System.Numerics.Tensors;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Networks;

/// <summary>
/// What a loaded model has on. Weights are changed in the memory that its sessions read, from what the checkpoint says, and come back to that bit by bit.
/// </summary>
/// <param name="layers">Of the checkpoint.</param>
/// <param name="texts">Its text encoders.</param>
/// <param name="unet">Its UNet.</param>
/// <param name="unetWith">Writes the UNet's graph with hypernetworks.</param>
internal sealed class ModelNetworks(ModelLayers layers, IReadOnlyList<OrtSession> texts, OrtSession unet, Func<IReadOnlyList<Hypernetwork>, GraphBuilder> unetWith)
{
    /// <summary>Null: some of it failed, and everything has to be set anew.</summary>
    private NetworkSet? on = NetworkSet.None;
    private IReadOnlyList<LocalText> notes = [];

    /// <summary>Puts on exactly these, and takes off all others.</summary>
    /// <returns>What the one who asked should know.</returns>
    /// <exception cref="InvalidCheckpointException">A file cannot be read, or is damaged.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the next call sets everything right.</exception>
    public IReadOnlyList<LocalText> Apply(NetworkSet set, CancellationToken cancel)
    {
        if (set.Equals(on)) return notes;
        var sources = new Dictionary<string, NetworkSource>(StringComparer.Ordinal);
        var said = new List<LocalText>();
        try
        {
            var changes = ChangesOf(set, sources, said);
            var hypernetworks = set.Hypernetworks.Select(h => Hypernetwork.Read(h.File.Path, h.Strength)).ToList();
            var hypernetworksChange = on is null || !set.Hypernetworks.SequenceEqual(on.Hypernetworks);
            on = null;
            foreach (var text in texts) text.Change(changes, cancel);
            unet.Change(changes, cancel);
            if (hypernetworksChange) unet.Exchange(hypernetworks.Count == 0 ? null : unetWith(hypernetworks), cancel);
        }
        finally
        {
            foreach (var source in sources.Values) source.Dispose();
        }
        (on, notes) = (set, said);
        return notes;
    }

    private static WeightMaker OneAfterAnother(List<WeightMaker> steps) => weight =>
    {
        foreach (var step in steps) step(weight);
    };

    /// <summary>What becomes of each tensor: the changes of all files, in their order.</summary>
    private Dictionary<string, WeightChange> ChangesOf(NetworkSet set, Dictionary<string, NetworkSource> sources, List<LocalText> said)
    {
        var makers = new Dictionary<string, (TensorInfo Tensor, List<WeightMaker> Steps)>(StringComparer.Ordinal);
        foreach (var use in set.Loras)
        {
            var file = LoraFile.Read(TensorFile.Open(use.File.Path), layers, use.Name, use.DynamicRank);
            if (file.Note is { } note && !said.Contains(note)) said.Add(note);
            if (!sources.TryGetValue(use.File.Path, out var source)) sources.Add(use.File.Path, source = new NetworkSource(use.File.Path));
            foreach (var layer in file.Layers) Add(layer, layer.Layer.IsText ? use.Text : use.Unet, source);
        }
        return makers.ToDictionary(m => m.Key, m => new WeightChange(m.Value.Tensor, OneAfterAnother(m.Value.Steps)), StringComparer.Ordinal);

        void Add(LayerUse use, float multiplier, NetworkSource source)
        {
            var (layer, change) = (use.Layer, use.Change);
            StepsOf(layer.Weight).Add(weight =>
            {
                var row = weight.Length / (int)layer.Weight.Shape[0];
                change.Apply(weight.Slice((int)layer.FirstRow * row, (int)layer.Shape[0] * row), multiplier, source);
            });
            if (layer.Bias is { } bias && use.BiasDifference is { } difference)
                StepsOf(bias).Add(weight => TensorPrimitives.MultiplyAdd(source.Read(difference), multiplier, weight, weight));
        }

        List<WeightMaker> StepsOf(TensorInfo tensor)
        {
            if (!makers.TryGetValue(tensor.Name, out var maker)) makers.Add(tensor.Name, maker = (tensor, []));
            return maker.Steps;
        }
    }
}
