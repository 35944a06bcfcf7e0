using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace DiffusionBot.Engine.Runtime;

/// <summary>An input of one run: its name, numbers (float[] or long[]) and shape.</summary>
internal readonly record struct Feed(string Name, Array Data, long[] Shape);

/// <summary>One ONNX Runtime session and all that has to live as long: its weights and their handles.</summary>
internal sealed class OrtSession : IDisposable
{
    private readonly InferenceSession session;
    private readonly WeightMemory? weights;
    private readonly List<OrtValue> values;

    private OrtSession(InferenceSession session, WeightMemory? weights, List<OrtValue> values) =>
        (this.session, this.weights, this.values) = (session, weights, values);

    /// <summary>Bytes of weights held in memory of our own.</summary>
    public long WeightBytes => weights?.Bytes ?? 0;

    /// <summary>Builds a session from a graph: weights whose type and layout fit are read by ONNX Runtime from the checkpoint itself.</summary>
    public static OrtSession Create(GraphBuilder graph, SessionSettings settings, CancellationToken cancel = default)
    {
        var direct = graph.Weights.Where(ReadsDirectly).Select(w => w.Name).ToHashSet(StringComparer.Ordinal);
        var folder = graph.Weights.Count == 0 ? null : Path.GetDirectoryName(ModelFileAccess.Target(graph.Weights.First().Tensor.File).FullName);
        var rest = graph.Weights.Where(w => !direct.Contains(w.Name)).ToList();
        WeightMemory? weights = null;
        List<OrtValue> values = [];
        try
        {
            using var options = new SessionOptions
            {
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
                IntraOpNumThreads = settings.Threads,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            if (Environment.GetEnvironmentVariable("OPT") is { } o) options.GraphOptimizationLevel = Enum.Parse<GraphOptimizationLevel>(o);
            if (Environment.GetEnvironmentVariable("PROF") is not null) { options.EnableProfiling = true; options.ProfileOutputPathPrefix = "/tmp/prof"; }
            if (folder is not null) options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
            if (!settings.PackWeights) options.AddSessionConfigEntry("session.disable_prepacking", "1");
            if (rest.Count > 0)
            {
                weights = WeightMemory.Load(rest, graph.Target.BlockSize, cancel);
                foreach (var use in rest)
                {
                    var (address, bytes) = weights.Places[use.Name];
                    var value = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, (Microsoft.ML.OnnxRuntime.Tensors.TensorElementType)use.Type, use.Shape, address, bytes);
                    values.Add(value);
                    options.AddInitializer(use.Name, value);
                }
            }
            var model = ModelWriter.Write(graph, w => (Path.GetFileName(ModelFileAccess.Target(w.Tensor.File).FullName), direct.Contains(w.Name)));
            return new OrtSession(new InferenceSession(model, options), weights, values);
        }
        catch
        {
            foreach (var value in values) value.Dispose();
            weights?.Dispose();
            throw;
        }

        bool ReadsDirectly(WeightUse use) => use.Layout == WeightLayout.Plain && use.Type switch
        {
            ElementType.Float => use.Tensor.Type == TensorType.F32,
            ElementType.Half => use.Tensor.Type == TensorType.F16,
            _ => false,
        };
    }

    /// <summary>Runs the graph once; <paramref name="result"/> gets the whole of <paramref name="output"/>.</summary>
    /// <exception cref="OperationCanceledException">Stopped from outside, within the run.</exception>
    public void Run(ReadOnlySpan<Feed> feeds, string output, float[] result, long[] resultShape, CancellationToken cancel = default)
    {
        using var options = new RunOptions();
        using var stop = cancel.Register(() => options.Terminate = true);
        var names = new string[feeds.Length];
        var inputs = new OrtValue[feeds.Length];
        using var made = OrtValue.CreateTensorValueFromMemory(result, resultShape);
        try
        {
            for (var i = 0; i < feeds.Length; i++)
            {
                names[i] = feeds[i].Name;
                inputs[i] = ValueOf(feeds[i]);
            }
            session.Run(options, names, inputs, [output], [made]);
        }
        catch (OnnxRuntimeException) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
        finally
        {
            foreach (var input in inputs) input?.Dispose();
        }
    }

    /// <summary>The shape that an output takes for these inputs.</summary>
    public long[] OutputShape(string output, ReadOnlySpan<Feed> feeds)
    {
        using var options = new RunOptions();
        var inputs = feeds.ToArray().ToDictionary(f => f.Name, ValueOf, StringComparer.Ordinal);
        try
        {
            using var results = session.Run(options, inputs, [output]);
            return results[0].GetTensorTypeAndShape().Shape;
        }
        finally
        {
            foreach (var input in inputs.Values) input.Dispose();
        }
    }

    public void Dispose()
    {
        session.Dispose();
        foreach (var value in values) value.Dispose();
        weights?.Dispose();
    }

    private static OrtValue ValueOf(Feed feed) => feed.Data switch
    {
        float[] floats => OrtValue.CreateTensorValueFromMemory(floats, feed.Shape),
        long[] longs => OrtValue.CreateTensorValueFromMemory(longs, feed.Shape),
        _ => throw new ArgumentException($"'{feed.Name}' is {feed.Data.GetType().Name}; a session takes float[] or long[].", nameof(feed)),
    };
}
