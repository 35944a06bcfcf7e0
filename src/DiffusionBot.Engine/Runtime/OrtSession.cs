using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiffusionBot.Engine.Runtime;

/// <summary>
/// One ONNX Runtime session and all that has to live as long: its weights and their handles. Weights can be changed, and the graph be
/// exchanged, without reading the others again.
/// </summary>
internal sealed class OrtSession : IDisposable
{
    private readonly SessionSettings settings;
    private readonly GraphBuilder first;
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);
    private GraphBuilder graph;
    private InferenceSession? session;
    private WeightMemory? memory;

    /// <summary>Of what another graph has besides.</summary>
    private WeightMemory? added;

    /// <summary>What the session still reads of, until it is built again.</summary>
    private WeightMemory? retired;
    private List<OrtValue> handles = [];

    private OrtSession(GraphBuilder graph, SessionSettings settings) => (first, this.graph, this.settings) = (graph, graph, settings);

    /// <summary>Bytes of all weights as the session computes with them, wherever they lie.</summary>
    public long WeightBytes => graph.Weights.Sum(w => w.Bytes);

    /// <summary>Tensors that are not as their file has them.</summary>
    public IReadOnlySet<string> Changed => changed;

    /// <summary>
    /// Builds a session from a graph. Weights whose type and layout fit are read by ONNX Runtime straight from the checkpoint (mapped, where the
    /// system can); the others are converted into memory that the session owns.
    /// </summary>
    /// <exception cref="InvalidCheckpointException">The checkpoint cannot be read.</exception>
    /// <exception cref="NotEnoughMemoryException">Its weights do not fit.</exception>
    public static OrtSession Create(GraphBuilder graph, SessionSettings settings, CancellationToken cancel = default)
    {
        var made = new OrtSession(graph, settings);
        try
        {
            ThrowIfShrunk(graph.Weights);
            made.memory = Converted(graph, [.. graph.Weights.Where(w => !ReadsDirectly(w))], cancel);
            made.Build(cancel);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Inputs and outputs for a series of runs; see <see cref="Binding"/>.</summary>
    public Binding Bind(NativeClock? clock = null) =>
        new(session ?? throw new InvalidOperationException($"The session of '{graph.Name}' could not be built again after a change."), clock);

    /// <summary>
    /// Changes weights: what is named here gets new numbers, everything else becomes what its file says. Where this fails or is stopped on the way, some are changed and
    /// some not; the next call sets all of them right.
    /// </summary>
    /// <param name="changes">By a tensor's name. Those of no tensor of the graph are passed over.</param>
    /// <param name="cancel">Stops between tensors.</param>
    /// <exception cref="InvalidCheckpointException">The checkpoint, or what changes it, cannot be read.</exception>
    public void Change(IReadOnlyDictionary<string, WeightChange> changes, CancellationToken cancel)
    {
        var uses = first.Weights.Where(w => changes.ContainsKey(w.Tensor.Name) || changed.Contains(w.Tensor.Name)).ToLookup(w => w.Tensor.Name, StringComparer.Ordinal);
        if (uses.Count == 0) return;
        ThrowIfShrunk([.. uses.SelectMany(u => u)]);
        OwnAll(cancel);
        var wanted = uses.Where(u => changes.ContainsKey(u.Key)).ToList();
        var back = uses.Where(u => !changes.ContainsKey(u.Key)).ToList();
        changed.UnionWith(wanted.Select(u => u.Key));
        memory!.Restore(back.SelectMany(u => u), first.Target.BlockSize, cancel);
        changed.ExceptWith(back.Select(u => u.Key));
        WeightChange.Apply([.. wanted.Select(u => (changes[u.Key], (IReadOnlyList<WeightUse>)[.. u]))], memory, first.Target.BlockSize, cancel);
        // Where ONNX Runtime took copies it has to take them again.
        if (settings.CopiesWeights) Build(cancel);
    }

    /// <summary>Runs another graph from now on; null: the first one. Weights that both have are not read again.</summary>
    /// <exception cref="InvalidCheckpointException">What it has besides cannot be read.</exception>
    public void Exchange(GraphBuilder? other, CancellationToken cancel)
    {
        var next = other ?? first;
        if (next == graph) return;
        if (other is not null) OwnAll(cancel);
        var more = other is null ? null : Converted(other, [.. other.Weights.Where(w => !memory!.Places.ContainsKey(w.Name))], cancel);
        var (before, beforeAdded) = (graph, added);
        (graph, added) = (next, more);
        try
        {
            Build(cancel);
            beforeAdded?.Dispose();
        }
        catch
        {
            // On the CPU the session of before still stands; elsewhere nothing does, and the model is given up.
            (graph, added) = (before, beforeAdded);
            more?.Dispose();
            throw;
        }
    }

    /// <summary>Whether it can be run: building it again may fail, where that has to begin with letting go of what was.</summary>
    public bool IsSound => session is not null;

    public void Dispose()
    {
        session?.Dispose();
        session = null;
        // Where ONNX Runtime took copies it may still use ours for what it runs on the CPU: all of it goes last.
        foreach (var handle in handles) handle.Dispose();
        memory?.Dispose();
        added?.Dispose();
        retired?.Dispose();
        (memory, added, retired, handles) = (null, null, null, []);
    }

    /// <summary>Takes into memory what ONNX Runtime read from the file: mapped bytes cannot be changed.</summary>
    private void OwnAll(CancellationToken cancel)
    {
        if (first.Weights.Count == (memory?.Places.Count ?? 0)) return;
        // Everything is as its file says: what is in memory was never changed, since this comes before any change.
        (retired, memory) = (memory, Converted(first, [.. first.Weights], cancel));
        // Where copies are taken, whoever asked builds it in any case.
        if (settings.CopiesWeights) return;
        try
        {
            Build(cancel);
        }
        catch
        {
            memory?.Dispose();
            (memory, retired) = (retired, null);
            throw;
        }
    }

    private static WeightMemory? Converted(GraphBuilder graph, IReadOnlyList<WeightUse> uses, CancellationToken cancel) =>
        uses.Count == 0 ? null : WeightMemory.Load(uses, graph.Target.BlockSize, cancel);

    /// <summary>Builds the session for what graph and memory are now, and lets the one of before go.</summary>
    private void Build(CancellationToken cancel)
    {
        var owned = graph.Weights.Where(w => Place(w) is not null).ToList();
        var direct = graph.Weights.Where(w => Place(w) is null).Select(w => w.Name).ToHashSet(StringComparer.Ordinal);
        var values = new List<OrtValue>();
        try
        {
            using var options = settings.ToOptions();
            if (graph.Weights.Count > 0) options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", FolderOf(first.Weights));
            foreach (var use in owned)
            {
                var (address, bytes) = Place(use)!.Value;
                values.Add(OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, (TensorElementType)use.Type, use.Shape, address, bytes));
            }
            if (owned.Count > 0 && settings.CopiesWeights) ExternalInitializers.Add(options, [.. owned.Select((use, i) => (use.Name, values[i]))]);
            else for (var i = 0; i < owned.Count; i++) options.AddInitializer(owned[i].Name, values[i]);
            // What is in memory may come from anywhere: any file of the folder will do in its place.
            var file = graph.Weights.Count > 0 ? Path.GetFileName(TargetOf(first.Weights.First())) : "";
            var model = ModelWriter.Write(graph, w => direct.Contains(w.Name) ? (Path.GetFileName(TargetOf(w)), true) : (file, false));
            cancel.ThrowIfCancellationRequested();
            // A card has no room for two of them.
            if (settings.CopiesWeights) LetGo();
            var made = new InferenceSession(model, options);
            LetGo();
            (session, handles) = (made, values);
            retired?.Dispose();
            retired = null;
        }
        catch (Exception e)
        {
            foreach (var value in values) value.Dispose();
            if (e is not OnnxRuntimeException native) throw;
            if (OutOfMemory.IsSaidBy(native)) throw OutOfMemory.WhileLoading(graph.Name, native);
            ThrowIfShrunk(graph.Weights);   // while ONNX Runtime was reading it
            throw;
        }
    }

    private void LetGo()
    {
        session?.Dispose();
        session = null;
        foreach (var handle in handles) handle.Dispose();
        handles = [];
    }

    private (nint Address, long Bytes)? Place(WeightUse use) =>
        memory?.Places.TryGetValue(use.Name, out var place) == true ? place
        : added?.Places.TryGetValue(use.Name, out place) == true ? place
        : null;

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
