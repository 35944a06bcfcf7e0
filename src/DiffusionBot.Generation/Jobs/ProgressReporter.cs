using DiffusionBot.Engine;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Imaging;

namespace DiffusionBot.Generation.Jobs;

/// <summary>Passes the engine's signs of life on, with a preview at most twice a second and only where somebody looks.</summary>
internal sealed class ProgressReporter(StoredRequest request, ProgressFeed feed, WorkRates rates, TimeProvider clock) : IProgress<DrawingProgress>
{
    private static readonly TimeSpan betweenPreviews = TimeSpan.FromMilliseconds(500);
    private const int Compression = 1;   // small pictures, looked at once

    private long? previewed, sampling;
    private int firstStep;

    public void Report(DrawingProgress value)
    {
        if (value.Stage == DrawingStage.Sampling && sampling is null) (sampling, firstStep) = (clock.GetTimestamp(), value.Step);
        byte[]? preview = null;
        if (feed.IsWatched && value.Stage == DrawingStage.Sampling && (previewed is null || clock.GetElapsedTime(previewed.Value) >= betweenPreviews) && value.Preview is { } bitmap)
        {
            preview = PictureWriter.Png(bitmap, null, Compression);
            previewed = clock.GetTimestamp();
        }
        feed.Publish(new RequestProgress(request.Id, request.UserId, RequestState.Drawing, value.Step, value.Steps, Left(value), preview) { Request = request });
    }

    /// <summary>By the steps of this very drawing once there are some, else by what was measured before.</summary>
    private TimeSpan? Left(DrawingProgress value)
    {
        if (sampling is { } since && value.Step > firstStep) return clock.GetElapsedTime(since) / (value.Step - firstStep) * (value.Steps - value.Step);
        return value.Steps == 0 ? null : rates.TimeOf(request.ModelKey, request.Work) * (1 - ((double)value.Step / value.Steps));
    }
}
