namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>What was reported, in order; <see cref="Progress{T}"/> would tell it later and from other threads.</summary>
internal sealed class ProgressLog(Action<DrawingProgress>? then = null) : IProgress<DrawingProgress>
{
    public List<DrawingProgress> Reports { get; } = [];

    public void Report(DrawingProgress value)
    {
        Reports.Add(value);
        then?.Invoke(value);
    }
}
