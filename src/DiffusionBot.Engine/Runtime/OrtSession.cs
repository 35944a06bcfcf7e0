using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiffusionBot.Engine.Runtime;

/// <summary>One ONNX Runtime session and all that has to live as long: its weights and their handles.</summary>
internal sealed class OrtSession : IDisposable
{
    private readonly InferenceSession session;
    private readonly WeightMemory? memory;
    private readonly List<OrtValue> handles;

    private OrtSession(InferenceSession session, WeightMemory? memory, List<OrtValue> handles, long bytes) =>
        (this.session, this.memory, this.handles, WeightBytes) = (session, memory, handles, bytes);

    /// <summary>Bytes of all weights as the session computes with them, wherever they lie.</summary>
    public long WeightBytes { get; }

    /// <summary>
    /// Builds a session from a graph. Weights whose type and layout fit are read by ONNX Runtime straight from the checkpoint (mapped, where the
    /// system can); the others are converted into memory that the session owns.
    /// </summary>
    /// <exception cref="InvalidCheckpointException">The checkpoint cannot be read.</exception>
    /// <exception cref="NotEnoughMemoryException">Its weights do not fit.</exception>
    public static OrtSession Create(GraphBuilder graph, SessionSettings settings, CancellationToken cancel = default)
    {
        ThrowIfShrunk(graph.Weights);
        var direct = graph.Weights.Where(ReadsDirectly).Select(w => w.Name).ToHashSet(StringComparer.Ordinal);
        var converted = graph.Weights.Where(w => !direct.Contains(w.Name)).ToList();
        WeightMemory? memory = null;
        List<OrtValue> handles = [];
        try
        {
            using var options = settings.ToOptions();
            if (graph.Weights.Count > 0) options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", FolderOf(graph.Weights));
            if (converted.Count > 0)
            {
                memory = WeightMemory.Load(converted, graph.Target.BlockSize, cancel);
                foreach (var use in converted)
                {
                    var (address, bytes) = memory.Places[use.Name];
                    handles.Add(OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, (TensorElementType)use.Type, use.Shape, address, bytes));
                }
                if (settings.CopiesWeights) ExternalInitializers.Add(options, [.. converted.Select((use, i) => (use.Name, handles[i]))]);
                else for (var i = 0; i < converted.Count; i++) options.AddInitializer(converted[i].Name, handles[i]);
            }
            var model = ModelWriter.Write(graph, w => (Path.GetFileName(TargetOf(w)), direct.Contains(w.Name)));
            cancel.ThrowIfCancellationRequested();
            var bytesInAll = graph.Weights.Sum(w => w.Bytes);
            return new OrtSession(new InferenceSession(model, options), memory, handles, bytesInAll);
        }
        catch (Exception e)
        {
            foreach (var handle in handles) handle.Dispose();
            memory?.Dispose();
            if (e is not OnnxRuntimeException native) throw;
            if (OutOfMemory.IsSaidBy(native)) throw OutOfMemory.WhileLoading(graph.Name, native);
            ThrowIfShrunk(graph.Weights);   // while ONNX Runtime was reading it
            throw;
        }
    }

    /// <summary>Inputs and outputs for a series of runs; see <see cref="Binding"/>.</summary>
    public Binding Bind(NativeClock? clock = null) => new(session, clock);

    public void Dispose()
    {
        session.Dispose();
        // Where ONNX Runtime took copies it may still use ours for what it runs on the CPU: all of it goes last.
        foreach (var handle in handles) handle.Dispose();
        memory?.Dispose();
    }

    /// <summary>The header was right when it was read; a file that is being overwritten may be shorter by now, and ONNX Runtime maps it.</summary>
    private static void ThrowIfShrunk(IReadOnlyCollection<WeightUse> weights)
    {
        foreach (var file in weights.GroupBy(w => w.Tensor.File, StringComparer.Ordinal))
        {
            using var handle = ModelFileAccess.Open(file.Key, out _, out var length);
            var last = file.MaxBy(w => w.Tensor.End)!.Tensor;
            if (last.End > length)
                throw new InvalidCheckpointException($"{file.Key}: the file ends at byte {length}; expected {last.End - last.Offset} bytes from {last.Offset}. It shrank since it was opened.");
        }
    }

    private static bool ReadsDirectly(WeightUse use) => use is { Layout: WeightLayout.Plain, Tensor.Strides: null } && use.Type switch
    {
        ElementType.Float => use.Tensor.Type == TensorType.F32,
        ElementType.Half => use.Tensor.Type == TensorType.F16,
        _ => false,
    };

    /// <summary>Links are followed here: ONNX Runtime refuses a file that a link leads out of the folder.</summary>
    private static string TargetOf(WeightUse use) => ModelFileAccess.Target(use.Tensor.File).FullName;

    private static string FolderOf(IReadOnlyCollection<WeightUse> weights)
    {
        var folders = weights.Select(w => Path.GetDirectoryName(TargetOf(w))!).Distinct(StringComparer.Ordinal).ToList();
        return folders is [var folder] ? folder
            : throw new InvalidOperationException($"The weights of one session lie in {string.Join(" and ", folders)}; expected one folder.");
    }
}
