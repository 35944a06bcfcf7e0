using System.Buffers;
using System.Runtime.ExceptionServices;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;

namespace DiffusionBot.Engine.Runtime;

/// <summary>Makes other numbers of a tensor's. Called on any thread.</summary>
/// <param name="weight">The tensor as its file has it, row-major; overwritten.</param>
internal delegate void WeightMaker(Span<float> weight);

/// <summary>What a tensor of a checkpoint becomes while networks are on.</summary>
/// <param name="Tensor">Whole, as the checkpoint has it.</param>
/// <param name="Make">Makes its numbers.</param>
internal sealed record WeightChange(TensorInfo Tensor, WeightMaker Make)
{
    /// <summary>Reads, changes and puts tensors in their places, on all cores, the largest first.</summary>
    /// <param name="changes">Each with all uses of its tensor.</param>
    /// <param name="memory">Where they are used.</param>
    /// <param name="blockSize">Of its blocked layouts.</param>
    /// <param name="cancel">Stops between tensors.</param>
    public static void Apply(IReadOnlyList<(WeightChange Change, IReadOnlyList<WeightUse> Uses)> changes, WeightMemory memory, int blockSize, CancellationToken cancel)
    {
        var files = changes.Select(c => c.Change.Tensor.File).Distinct(StringComparer.Ordinal).ToDictionary(f => f, f => ModelFileAccess.Open(f, out _, out _), StringComparer.Ordinal);
        try
        {
            // One at a time from a shared list: the last ones are small.
            var ordered = System.Collections.Concurrent.Partitioner.Create(changes.OrderByDescending(c => c.Change.Tensor.Elements).ToList(), loadBalance: true);
            Parallel.ForEach(ordered, new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount }, change =>
            {
                var (tensor, count) = (change.Change.Tensor, (int)change.Change.Tensor.Elements);
                var rented = ArrayPool<float>.Shared.Rent(count);
                try
                {
                    var weight = rented.AsSpan(0, count);
                    TensorData.ReadFloats(files[tensor.File], tensor, 0, weight);
                    change.Change.Make(weight);
                    foreach (var use in change.Uses) memory.Put(use, PartOf(weight, tensor, use.Tensor), blockSize);
                }
                finally
                {
                    ArrayPool<float>.Shared.Return(rented);
                }
            });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        finally
        {
            foreach (var file in files.Values) file.Dispose();
        }
    }

    /// <summary>The rows that one use takes of a tensor: a gated layer's halves are weights of their own.</summary>
    private static ReadOnlySpan<float> PartOf(ReadOnlySpan<float> weight, TensorInfo whole, TensorInfo part)
    {
        if (part.Elements == whole.Elements) return weight;
        var bytes = whole.Strides is { } strides ? strides[0] * whole.Type.Size() : whole.Length / whole.Shape[0];
        var first = (part.Offset - whole.Offset) / bytes;
        var row = weight.Length / (int)whole.Shape[0];
        return weight.Slice((int)first * row, (int)part.Elements);
    }
}
