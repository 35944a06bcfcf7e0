using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace DiffusionBot.Engine.Runtime;

/// <summary>
/// The inputs and outputs of a session for a series of runs. What is set stays set: on CUDA an input is copied to the card once, when it is set,
/// and a conditioning stays there for all steps of a picture; on the CPU arrays are used in place.
/// Not for several threads at once.
/// </summary>
internal sealed class Binding : IDisposable
{
    private readonly InferenceSession session;
    private readonly NativeClock? clock;
    private readonly OrtIoBinding binding;
    private readonly Dictionary<string, OrtValue> held = new(StringComparer.Ordinal);

    internal Binding(InferenceSession session, NativeClock? clock)
    {
        (this.session, this.clock) = (session, clock);
        binding = session.CreateIoBinding();
    }

    /// <summary>Gives an input its numbers (float or long). The array must stay as it is until the run is over.</summary>
    public void Input<T>(string name, T[] data, params long[] shape) where T : unmanaged =>
        Hold(name, OrtValue.CreateTensorValueFromMemory(data, shape), binding.BindInput);

    /// <summary>Says where an output goes. All of the array is filled by each run.</summary>
    public void Output(string name, float[] data, params long[] shape) =>
        Hold(name, OrtValue.CreateTensorValueFromMemory(data, shape), binding.BindOutput);

    /// <summary>Runs the graph once, for the outputs that have a place.</summary>
    /// <exception cref="OperationCanceledException">Stopped from outside; the run ends at the operator it is in.</exception>
    /// <exception cref="NotEnoughMemoryException">The run did not fit.</exception>
    public void Run(CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        using var options = new RunOptions();
        using var stop = cancel.Register(() => options.Terminate = true);
        var started = Stopwatch.GetTimestamp();
        try
        {
            session.RunWithBinding(options, binding);
            clock?.AddSince(started);
        }
        catch (OnnxRuntimeException) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
        catch (OnnxRuntimeException e) when (OutOfMemory.IsSaidBy(e))
        {
            throw OutOfMemory.WhileRunning(e);
        }
    }

    /// <summary>Runs the graph once and tells the shape that an output takes.</summary>
    public long[] ShapeOf(string output)
    {
        binding.BindOutputToDevice(output, OrtMemoryInfo.DefaultInstance);
        using var options = new RunOptions();
        session.RunWithBinding(options, binding);
        using var outputs = binding.GetOutputValues();
        return outputs[0].GetTensorTypeAndShape().Shape;
    }

    public void Dispose()
    {
        binding.Dispose();
        foreach (var value in held.Values) value.Dispose();
    }

    private void Hold(string name, OrtValue value, Action<string, OrtValue> bind)
    {
        try
        {
            bind(name, value);
        }
        catch
        {
            value.Dispose();
            throw;
        }
        if (held.Remove(name, out var before)) before.Dispose();
        held[name] = value;
    }
}
