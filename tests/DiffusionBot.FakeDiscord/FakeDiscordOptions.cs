namespace DiffusionBot.FakeDiscord;

/// <summary>How this Discord is.</summary>
public sealed record FakeDiscordOptions
{
    /// <summary>All time that matters goes by it: tokens' ends, limits, sessions.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>0: any free one.</summary>
    public int Port { get; init; }

    public string Token { get; init; } = "MTE.fake.bot-token";

    /// <summary>Whether Message Content is switched on in the portal; else asking for it ends in 4014.</summary>
    public bool AllowsMessageContent { get; init; } = true;

    public int Shards { get; init; } = 1;

    /// <summary>Sessions that may begin within <see cref="SessionWindow"/>.</summary>
    public int SessionTotal { get; init; } = 1000;

    public TimeSpan SessionWindow { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Sessions that may begin within five seconds.</summary>
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>Without an answer by then an interaction failed. Discord's; a test whose machine has much else to do is more patient.</summary>
    public TimeSpan InteractionPatience { get; init; } = TimeSpan.FromSeconds(3);

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(41_250);

    /// <summary>How long a session without a connection may be resumed.</summary>
    public TimeSpan SessionKept { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of one file.</summary>
    public int AttachmentLimit { get; init; } = 10 << 20;

    /// <summary>Bytes of one request.</summary>
    public int RequestLimit { get; init; } = 25 << 20;

    /// <summary>Calls a second, but for interactions.</summary>
    public int GlobalLimit { get; init; } = 50;
}
