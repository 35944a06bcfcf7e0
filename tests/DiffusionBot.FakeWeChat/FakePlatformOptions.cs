namespace DiffusionBot.FakeWeChat;

/// <summary>How the platform behaves.</summary>
public sealed record FakePlatformOptions
{
    /// <summary>How long a try may take. WeChat: 5 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Each try has its own timestamp, nonce and signature; else the first one's.</summary>
    public bool SignsEachTry { get; init; } = true;

    /// <summary>A try that fails at once, because nobody listens, is followed by the next when its patience would have ended: for servers that restart. Else at once.</summary>
    public bool SpacesTries { get; init; }

    /// <summary>A user's next message goes out when the one before is done with; else as soon as that is on its way.</summary>
    public bool WaitsForAnswers { get; init; }

    /// <summary>Connections to callbacks are used again: for load.</summary>
    public bool KeepsConnections { get; init; }

    /// <summary>Where the API listens on 127.0.0.1. 0: a free port.</summary>
    public int Port { get; init; }

    /// <summary>Characters of an access token: 64 to 1024. WeChat asks to have room for 512.</summary>
    public int TokenLength { get; init; } = 512;
}
