using System.Globalization;
using System.Text.Json.Nodes;

namespace DiffusionBot.FakeDiscord.Gateway;

/// <summary>A session: what it was told, for as long as it may be resumed.</summary>
internal sealed class Session(string id, int shard, int shards, int intents)
{
    public string Id => id;

    public int Shard => shard;

    public int Shards => shards;

    public int Intents => intents;

    public long Sequence { get; private set; }

    public List<(long Sequence, string Payload)> Buffer { get; } = [];

    /// <summary>Null: it has none now.</summary>
    public Connection? Connection { get; set; }

    public DateTimeOffset DisconnectedAt { get; set; }

    /// <summary>Tells it, now or when it is resumed.</summary>
    public void Tell(string type, JsonNode data) => Tell(type, data.ToJsonString());

    /// <summary>Tells it a text as it is.</summary>
    public void Tell(string type, string data)
    {
        Sequence++;
        var payload = $$"""{"op":0,"s":{{Sequence.ToString(CultureInfo.InvariantCulture)}},"t":"{{type}}","d":{{data}}}""";
        Buffer.Add((Sequence, payload));
        Connection?.Send(payload);
    }
}
