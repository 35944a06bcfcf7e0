using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>What the gateway says in the log. No secrets, nothing that somebody wrote.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(720, LogLevel.Warning, "Discord's gateway is not reached: {Problem}. It is tried again in {Wait}")]
    public static partial void NotReached(ILogger log, string problem, TimeSpan wait);

    [LoggerMessage(721, LogLevel.Error, "All sessions that Discord allows this bot to begin are used up; the next one begins in {Wait}. Something breaks connections very often, or the same token is used elsewhere too")]
    public static partial void UsedUp(ILogger log, TimeSpan wait);

    [LoggerMessage(722, LogLevel.Information, "Discord shard {Shard} of {Shards}: connected ({How})")]
    public static partial void Connected(ILogger log, int shard, int shards, string how);

    [LoggerMessage(723, LogLevel.Information, "Discord shard {Shard}: the connection ended ({Why}); {Next} in {Wait}")]
    public static partial void Ended(ILogger log, int shard, string why, string next, TimeSpan wait);

    [LoggerMessage(724, LogLevel.Warning, "Discord shard {Shard}: a payload of {Bytes} bytes is dropped: {Problem}")]
    public static partial void Dropped(ILogger log, int shard, long bytes, string problem);

    [LoggerMessage(725, LogLevel.Error, "Discord event {Type} ({Sequence}, shard {Shard}) could not be dealt with")]
    public static partial void Failed(ILogger log, Exception? error, string type, long sequence, int shard);

    [LoggerMessage(726, LogLevel.Information, "This host ({Holder}) holds Discord's gateway now; sessions to resume: {Sessions}")]
    public static partial void Holds(ILogger log, string holder, int sessions);

    [LoggerMessage(727, LogLevel.Warning, "This host ({Holder}) does not hold Discord's gateway any more: {Why}")]
    public static partial void Lost(ILogger log, string holder, string why);

    [LoggerMessage(728, LogLevel.Warning, "Who holds Discord's gateway could not be read or written; it is tried again")]
    public static partial void NotesFailed(ILogger log, Exception? error);

    [LoggerMessage(729, LogLevel.Information, "This host ({Holder}) gave Discord's gateway back ({How})")]
    public static partial void Released(ILogger log, string holder, string how);

    [LoggerMessage(730, LogLevel.Warning, "Discord event {Type} ({Sequence}, shard {Shard}) was called off: the host ends before it is dealt with")]
    public static partial void CalledOff(ILogger log, string type, long sequence, int shard);
}
