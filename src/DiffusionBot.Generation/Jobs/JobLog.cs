using Microsoft.Extensions.Logging;

namespace DiffusionBot.Generation.Jobs;

/// <summary>What jobs say in the log.</summary>
internal static partial class JobLog
{
    [LoggerMessage(100, LogLevel.Information, "Request {RequestId} is being drawn; start {Attempt}")]
    public static partial void Started(ILogger log, Guid requestId, int attempt);

    [LoggerMessage(101, LogLevel.Information, "Request {RequestId} is done: {Pictures} picture(s) in {Took}")]
    public static partial void Done(ILogger log, Guid requestId, int pictures, TimeSpan took);

    [LoggerMessage(102, LogLevel.Information, "Request {RequestId} went back into the queue: the host stops")]
    public static partial void Returned(ILogger log, Guid requestId);

    [LoggerMessage(103, LogLevel.Information, "Request {RequestId} was stopped: {Hold}")]
    public static partial void Stopped(ILogger log, Guid requestId, Hold hold);

    [LoggerMessage(104, LogLevel.Warning, "Request {RequestId} failed {Tries} time(s); tried again after {Pause}")]
    public static partial void Retrying(ILogger log, Guid requestId, int tries, TimeSpan pause, Exception error);

    [LoggerMessage(105, LogLevel.Error, "Request {RequestId} failed after {Tries} time(s) and is given up")]
    public static partial void Failed(ILogger log, Guid requestId, int tries, Exception error);

    [LoggerMessage(106, LogLevel.Error, "What became of request {RequestId} could not be recorded; it goes back into the queue when its lease is over")]
    public static partial void EndNotRecorded(ILogger log, Guid requestId, Exception error);

    [LoggerMessage(107, LogLevel.Warning, "Whether request {RequestId} is still wanted could not be looked up")]
    public static partial void LookFailed(ILogger log, Guid requestId, Exception error);

    [LoggerMessage(108, LogLevel.Warning, "Request {RequestId} was being drawn when its process died; that is the {Crashes}. time")]
    public static partial void Recovered(ILogger log, Guid requestId, int crashes);

    [LoggerMessage(109, LogLevel.Error, "The queue could not be looked after; tried again soon")]
    public static partial void PumpFailed(ILogger log, Exception error);

    [LoggerMessage(110, LogLevel.Information, "Drawing is {What}")]
    public static partial void Paused(ILogger log, string what);

    [LoggerMessage(111, LogLevel.Information, "{Count} waiting request(s) were unknown to the scheduler and are scheduled again")]
    public static partial void Rescheduled(ILogger log, int count);

    [LoggerMessage(112, LogLevel.Error, "Request {RequestId} could not be begun")]
    public static partial void NotBegun(ILogger log, Guid requestId, Exception error);
}
