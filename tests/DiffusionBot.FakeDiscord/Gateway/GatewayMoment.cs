namespace DiffusionBot.FakeDiscord;

/// <summary>What happened at the gateway.</summary>
public enum GatewayMomentKind
{
    Connected,
    Identified,
    Resumed,
    Heartbeat,

    /// <summary>The bot said goodbye, or broke off: 1006.</summary>
    Closed,

    /// <summary>Anything else that the bot sent.</summary>
    Sent,
}

/// <summary>Something happened at the gateway.</summary>
/// <param name="Kind">What.</param>
/// <param name="Shard">Whose; -1: not known yet.</param>
/// <param name="Code">Of a close, or the op of what was sent; else 0.</param>
/// <param name="Path">Where it connected.</param>
/// <param name="Session">Null: none yet.</param>
/// <param name="Sequence">Of a heartbeat or a resume; null: it had none.</param>
/// <param name="At">When.</param>
public sealed record GatewayMoment(GatewayMomentKind Kind, int Shard, int Code, string Path, string? Session, long? Sequence, DateTimeOffset At);
