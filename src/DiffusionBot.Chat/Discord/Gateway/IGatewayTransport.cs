namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>The network below the gateway.</summary>
internal interface IGatewayTransport
{
    /// <summary>Opens a connection.</summary>
    /// <exception cref="IOException">It could not be opened.</exception>
    Task<IGatewaySocket> ConnectAsync(Uri url, CancellationToken cancel);
}

/// <summary>One connection. One may send while another receives. Disposing it breaks it off.</summary>
internal interface IGatewaySocket : IAsyncDisposable
{
    /// <summary>Sends a text.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    Task SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancel);

    /// <summary>The next text, or the end. To be awaited to its end: calling it off would break the connection off.</summary>
    Task<GatewayFrame> ReceiveAsync(CancellationToken cancel);

    /// <summary>Says goodbye; what comes back is received as the end.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    Task CloseAsync(int code, CancellationToken cancel);
}

/// <summary>A text, or the end.</summary>
/// <param name="Text">UTF-8; good until the next one is received. Empty at the end.</param>
/// <param name="CloseCode">Null: not the end. 1006: the connection broke.</param>
/// <param name="Reason">Why it ended, as far as known.</param>
internal readonly record struct GatewayFrame(ReadOnlyMemory<byte> Text, int? CloseCode = null, string? Reason = null)
{
    /// <summary>Bytes of a text that was too long to keep, and is left out; 0: it is here. Asking for it again would bring it again.</summary>
    public long TooLong { get; init; }
}
