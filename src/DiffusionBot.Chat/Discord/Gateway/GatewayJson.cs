using System.Text.Json;
using System.Text.Json.Nodes;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>What is sent to the gateway.</summary>
internal static class GatewayJson
{
    private const int Most = 4096;

    public static byte[] Heartbeat(long? sequence) => Payload(GatewayOp.Heartbeat, sequence);

    public static byte[] Identify(string token, int intents, int shard, int shards) => Payload(GatewayOp.Identify, new JsonObject
    {
        ["token"] = token,
        ["intents"] = intents,
        ["properties"] = new JsonObject { ["os"] = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux", ["browser"] = "DiffusionBot", ["device"] = "DiffusionBot" },
        ["shard"] = new JsonArray(shard, shards),
    });

    public static byte[] Resume(string token, GatewaySession session) => Payload(GatewayOp.Resume, new JsonObject
    {
        ["token"] = token,
        ["session_id"] = session.Id,
        ["seq"] = session.Received,
    });

    /// <exception cref="ArgumentException">It has more than 4096 bytes, which Discord hangs up at (4002).</exception>
    public static byte[] Payload(int op, JsonNode? data)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["op"] = op, ["d"] = data });
        return text.Length <= Most ? text : throw new ArgumentException($"A payload of op {op} has {text.Length} bytes; the gateway takes at most {Most}.", nameof(data));
    }
}
