using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using DiffusionBot.Chat.Discord.Gateway;
using DiffusionBot.FakeDiscord;

namespace DiffusionBot.Chat.Tests.Discord.Gateway;

/// <summary>A network whose other end is the test.</summary>
internal sealed class ScriptedGateway : IGatewayTransport
{
    public Feed<ScriptedSocket> Connections { get; } = new();

    /// <summary>Whether nobody can connect.</summary>
    public bool IsDown { get; set; }

    /// <summary>Where was tried to connect.</summary>
    public Feed<Uri> Tried { get; } = new();

    public Task<IGatewaySocket> ConnectAsync(Uri url, CancellationToken cancel)
    {
        Tried.Add(url);
        if (IsDown) throw new IOException("no connection: it is down");
        var socket = new ScriptedSocket(url);
        Connections.Add(socket);
        return Task.FromResult<IGatewaySocket>(socket);
    }

    /// <summary>The next connection.</summary>
    public Task<ScriptedSocket> NextAsync() => Connections.NextAsync(null, TestContext.Current.CancellationToken);
}

/// <summary>One connection. Goodbyes are answered.</summary>
internal sealed class ScriptedSocket(Uri url) : IGatewaySocket
{
    private readonly Channel<GatewayFrame> frames = Channel.CreateUnbounded<GatewayFrame>();

    public Uri Url => url;

    public Feed<JsonElement> Sent { get; } = new();

    /// <summary>What the bot closed it with.</summary>
    public Feed<int> Closed { get; } = new();

    public ScriptedSocket Says(string payload)
    {
        frames.Writer.TryWrite(new GatewayFrame(Encoding.UTF8.GetBytes(payload)));
        return this;
    }

    public ScriptedSocket SaysHello(int intervalMs = 40_000) => Says($$$"""{"op":10,"s":null,"t":null,"d":{"heartbeat_interval":{{{intervalMs}}} } }""");

    public ScriptedSocket SaysReady(string session = "s-1", int sequence = 1) =>
        Says($$$"""{"op":0,"s":{{{sequence}}},"t":"READY","d":{"v":10,"session_id":"{{{session}}}","resume_gateway_url":"wss://resume.example","application":{"id":"5"} } }""");

    public ScriptedSocket SaysEvent(int sequence, string type = "MESSAGE_CREATE", string data = "{}") => Says($$"""{"op":0,"s":{{sequence}},"t":"{{type}}","d":{{data}}}""");

    public ScriptedSocket Ends(int code)
    {
        frames.Writer.TryWrite(new GatewayFrame(default, code, "over"));
        return this;
    }

    /// <summary>The next payload of an op.</summary>
    public async Task<JsonElement> HearsAsync(int op) => (await Sent.NextAsync(p => p.GetProperty("op").GetInt32() == op, TestContext.Current.CancellationToken)).GetProperty("d");

    public Task<int> ClosedAsync() => Closed.NextAsync(null, TestContext.Current.CancellationToken);

    Task IGatewaySocket.SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancel)
    {
        using var json = JsonDocument.Parse(text);
        Sent.Add(json.RootElement.Clone());
        return Task.CompletedTask;
    }

    Task<GatewayFrame> IGatewaySocket.ReceiveAsync(CancellationToken cancel) => frames.Reader.ReadAsync(CancellationToken.None).AsTask();

    Task IGatewaySocket.CloseAsync(int code, CancellationToken cancel)
    {
        Closed.Add(code);
        frames.Writer.TryWrite(new GatewayFrame(default, code));
        return Task.CompletedTask;
    }

    ValueTask IAsyncDisposable.DisposeAsync()
    {
        frames.Writer.TryWrite(new GatewayFrame(default, 1006));
        return ValueTask.CompletedTask;
    }
}
