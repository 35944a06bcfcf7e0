using System.Diagnostics;

namespace DiffusionBot.Engine.Runtime;

/// <summary>Adds up how long ONNX Runtime's Run calls of one picture took: what is left of the whole is ours.</summary>
internal sealed class NativeClock
{
    private long ticks;

    /// <summary>Time within Run so far.</summary>
    public TimeSpan Elapsed => TimeSpan.FromSeconds((double)Interlocked.Read(ref ticks) / Stopwatch.Frequency);

    /// <summary>Adds the time since <paramref name="started"/> (Stopwatch.GetTimestamp).</summary>
    public void AddSince(long started) => Interlocked.Add(ref ticks, Stopwatch.GetTimestamp() - started);
}
