namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>Operations (topics/opcodes-and-status-codes).</summary>
internal static class GatewayOp
{
    public const int Dispatch = 0, Heartbeat = 1, Identify = 2, Resume = 6, Reconnect = 7, InvalidSession = 9, Hello = 10, HeartbeatAck = 11;
}

/// <summary>What a connection ends with (topics/opcodes-and-status-codes).</summary>
internal static class GatewayClose
{
    /// <summary>Ours: the session is over with it.</summary>
    public const int Normal = 1000;

    /// <summary>Ours: the session may be resumed.</summary>
    public const int KeepSession = 4000;

    public const int AuthenticationFailed = 4004, InvalidSequence = 4007, SessionTimedOut = 4009;

    /// <summary>Whether the session is lost, and another one may be begun.</summary>
    public static bool LosesSession(int code) => code is InvalidSequence or SessionTimedOut;

    /// <summary>What an operator must do before connecting makes sense again; null: nothing.</summary>
    public static string? Remedy(int code) => code switch
    {
        AuthenticationFailed => "Discord refuses the bot's token. Expected Discord:Token as the developer portal (discord.com/developers/applications) gave it under Bot > Reset Token; only the newest one works",
        4010 => "Discord refuses the number of this connection (shard). Expected one of those that it asked for: please report it",
        4011 => "the bot is on too many servers for so few connections (shards). Start it again: it then asks how many there must be",
        4012 => "Discord does not speak this version of its gateway any more. A newer version of this program is needed",
        4013 => "Discord does not know the intents that were asked for. A newer version of this program is needed",
        4014 => "the bot may not see what it asks for. It asks for no privileged intent; the token may be of a bot that Discord has restricted: see the developer portal (discord.com/developers/applications)",
        _ => null,
    };
}
