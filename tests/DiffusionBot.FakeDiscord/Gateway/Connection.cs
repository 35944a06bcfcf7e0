using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace DiffusionBot.FakeDiscord.Gateway;

/// <summary>One WebSocket: sends in order, hands on what comes.</summary>
internal sealed class Connection(WebSocket socket, string path, TimeProvider clock) : IDisposable
{
    private const int MostBytes = 4096, MostSends = 120;

    private readonly Channel<(string? Payload, int Code)> outgoing = Channel.CreateUnbounded<(string?, int)>();
    private readonly Queue<DateTimeOffset> received = new();
    private readonly CancellationTokenSource cut = new();

    public string Path => path;

    /// <summary>Null: neither identified nor resumed yet.</summary>
    public Session? Session { get; set; }

    public void Send(string payload) => outgoing.Writer.TryWrite((payload, 0));

    /// <summary>Says goodbye after what is on its way.</summary>
    public void Close(int code) => outgoing.Writer.TryWrite((null, code));

    /// <summary>Breaks off at once: what is on its way may be lost.</summary>
    public void Cut()
    {
        cut.Cancel();
        socket.Abort();
    }

    public void Dispose() => cut.Dispose();

    /// <summary>Until its end. What the other side closed with; 1006: it broke, or was cut.</summary>
    /// <param name="take">What came; false: no more of it.</param>
    /// <param name="violate">A rule was broken.</param>
    public async Task<int> RunAsync(Func<JsonObject, bool> take, Action<string> violate)
    {
        var writing = WriteAsync();
        var code = await ReadAsync(take, violate);
        outgoing.Writer.TryComplete();
        await writing;
        if (socket.State == WebSocketState.CloseReceived) await IgnoreAsync(() => socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cut.Token));
        return code;
    }

    private async Task<int> ReadAsync(Func<JsonObject, bool> take, Action<string> violate)
    {
        var buffer = new byte[64 << 10];
        var isOpen = true;
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), cut.Token);
                    if (part.MessageType == WebSocketMessageType.Close) return (int?)socket.CloseStatus ?? 1005;
                    length += part.Count;
                }
                while (!part.EndOfMessage && length < buffer.Length);
                if (!isOpen) continue;
                isOpen = Check(length, violate) && Parse(buffer.AsSpan(0, length)) is { } json && take(json);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            return 1006;
        }
    }

    private bool Check(int length, Action<string> violate)
    {
        var now = clock.GetUtcNow();
        while (received.TryPeek(out var first) && first + TimeSpan.FromSeconds(60) <= now) received.Dequeue();
        received.Enqueue(now);
        if (received.Count > MostSends) violate($"gateway: more than {MostSends} payloads within 60 s");
        else if (length > MostBytes) violate($"gateway: a payload of {length} bytes; at most {MostBytes} are allowed");
        else return true;
        Close(length > MostBytes ? 4002 : 4008);
        return false;
    }

    private JsonObject? Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (JsonNode.Parse(Encoding.UTF8.GetString(bytes)) is JsonObject json) return json;
        }
        catch (JsonException)
        {
            // As below.
        }
        Close(4002);
        return null;
    }

    private async Task WriteAsync()
    {
        await foreach (var (payload, code) in outgoing.Reader.ReadAllAsync())
        {
            if (payload is null) await IgnoreAsync(() => socket.CloseOutputAsync((WebSocketCloseStatus)code, $"code {code}", cut.Token));
            else await IgnoreAsync(() => socket.SendAsync(Encoding.UTF8.GetBytes(payload), WebSocketMessageType.Text, endOfMessage: true, cut.Token));
        }
    }

    // Whoever is gone hears nothing any more.
    private static async Task IgnoreAsync(Func<Task> send)
    {
        try
        {
            await send();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return;
        }
    }
}
