using System.Net.WebSockets;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>WebSockets, with texts of at most 16 MiB; longer ones are read to their end and left.</summary>
internal sealed class WebSocketTransport : IGatewayTransport
{
    public const int MostBytes = 16 << 20;

    public async Task<IGatewaySocket> ConnectAsync(Uri url, CancellationToken cancel)
    {
        var socket = new ClientWebSocket();
        var isOpen = false;
        try
        {
            socket.Options.KeepAliveInterval = TimeSpan.Zero;   // heartbeats do that
            await socket.ConnectAsync(url, cancel);
            isOpen = true;
            return new Socket(socket);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException)
        {
            throw new IOException($"no connection to {url.Host}: {e.Message}", e);
        }
        finally
        {
            if (!isOpen) socket.Dispose();
        }
    }

    private sealed class Socket(ClientWebSocket socket) : IGatewaySocket
    {
        private const int Broken = 1006, Nothing = 1005;

        private byte[] buffer = new byte[16 << 10];

        public async Task SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancel)
        {
            try
            {
                await socket.SendAsync(text, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancel);
            }
            catch (Exception e) when (IsGone(e))
            {
                throw new IOException($"the connection is gone: {e.Message}", e);
            }
        }

        public async Task<GatewayFrame> ReceiveAsync(CancellationToken cancel)
        {
            var length = 0L;
            try
            {
                while (true)
                {
                    if (length == buffer.Length && length < MostBytes) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, MostBytes));
                    // What is too long is read over itself: its end is where the next text begins.
                    var part = await socket.ReceiveAsync(buffer.AsMemory(length < buffer.Length ? (int)length : 0), cancel);
                    if (part.MessageType == WebSocketMessageType.Close) return new GatewayFrame(default, (int?)socket.CloseStatus ?? Nothing, socket.CloseStatusDescription);
                    length += part.Count;
                    if (part.EndOfMessage) return length <= buffer.Length ? new GatewayFrame(buffer.AsMemory(0, (int)length)) : new GatewayFrame(default) { TooLong = length };
                }
            }
            catch (Exception e) when (IsGone(e))
            {
                return new GatewayFrame(default, Broken, e.Message);
            }
        }

        public async Task CloseAsync(int code, CancellationToken cancel)
        {
            try
            {
                await socket.CloseOutputAsync((WebSocketCloseStatus)code, null, cancel);
            }
            catch (Exception e) when (IsGone(e))
            {
                throw new IOException($"the connection is gone: {e.Message}", e);
            }
        }

        public ValueTask DisposeAsync()
        {
            socket.Abort();
            socket.Dispose();
            return ValueTask.CompletedTask;
        }

        // A socket that somebody disposed, or that was closed before, says so in its own way.
        private static bool IsGone(Exception e) => e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException;
    }
}
