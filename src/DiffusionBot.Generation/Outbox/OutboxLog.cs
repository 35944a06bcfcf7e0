using DiffusionBot.Generation.Storage;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Generation.Outbox;

/// <summary>What the outbox says in the log.</summary>
internal static partial class OutboxLog
{
    [LoggerMessage(200, LogLevel.Information, "Delivery {EntryId} of request {RequestId} was shown; attempt {Attempt}")]
    public static partial void Delivered(ILogger log, Guid entryId, Guid requestId, int attempt);

    [LoggerMessage(201, LogLevel.Information, "Delivery {EntryId} of request {RequestId} waits for its user")]
    public static partial void Waits(ILogger log, Guid entryId, Guid requestId);

    [LoggerMessage(202, LogLevel.Warning, "Delivery {EntryId} failed at attempt {Attempt}; it is {State} now: {Error}")]
    public static partial void Failed(ILogger log, Guid entryId, int attempt, OutboxState state, string error);

    [LoggerMessage(203, LogLevel.Warning, "Delivery {EntryId} of request {RequestId} was under way when its process died; it is tried again and may be shown twice")]
    public static partial void MayBeShownTwice(ILogger log, Guid entryId, Guid requestId);

    [LoggerMessage(204, LogLevel.Error, "What became of delivery {EntryId} could not be recorded; it is tried again when its lease is over")]
    public static partial void NotRecorded(ILogger log, Guid entryId, Exception error);

    [LoggerMessage(205, LogLevel.Error, "The outbox could not be looked through; tried again soon")]
    public static partial void LookFailed(ILogger log, Exception error);

    [LoggerMessage(206, LogLevel.Warning, "Delivery {EntryId} threw")]
    public static partial void Threw(ILogger log, Guid entryId, Exception? error);
}
