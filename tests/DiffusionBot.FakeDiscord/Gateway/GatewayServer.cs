using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DiffusionBot.FakeDiscord.Gateway;

/// <summary>The gateway (events/gateway), with switches for what goes wrong there.</summary>
public sealed class GatewayServer
{
    private const int MessageContent = 1 << 15, Guilds = 1 << 0, GuildMessages = 1 << 9, DirectMessages = 1 << 12, KnownIntents = (1 << 26) - 1;

    private static readonly TimeSpan apart = TimeSpan.FromSeconds(5);

    private readonly DiscordServer discord;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Session> sessions = new(StringComparer.Ordinal);
    private readonly List<Connection> connections = [];
    private readonly Dictionary<int, DateTimeOffset> lastIdentify = [];
    private int used;
    private DateTimeOffset windowEnds;

    internal GatewayServer(DiscordServer discord) => this.discord = discord;

    /// <summary>What happened, in order.</summary>
    public Feed<GatewayMoment> Moments { get; } = new();

    /// <summary>Whether heartbeats are left unanswered.</summary>
    public bool WithholdsAcks { get; set; }

    /// <summary>What is sent instead of hello; null: hello.</summary>
    public Func<string?>? InsteadOfHello { get; set; }

    /// <summary>Whether sessions that are asked for get op 9 instead of READY.</summary>
    public bool RefusesSessions { get; set; }

    /// <summary>What connections are closed with at once; 0: they are not.</summary>
    public int ClosesWith { get; set; }

    private DateTimeOffset Now => discord.Options.Clock.GetUtcNow();

    /// <summary>Sessions that were begun in all.</summary>
    public int Identifies { get; private set; }

    /// <summary>Sessions that may be resumed or are connected, by shard.</summary>
    public IReadOnlyList<string> Sessions
    {
        get
        {
            lock (gate) return [.. sessions.Values.OrderBy(s => s.Shard).Select(s => s.Id)];
        }
    }

    /// <summary>Breaks all connections, or one shard's, without goodbye.</summary>
    public void Cut(int? shard = null) => Each(shard, c => c.Cut());

    /// <summary>Closes all connections, or one shard's.</summary>
    public void Close(int code, int? shard = null) => Each(shard, c => c.Close(code));

    /// <summary>Op 7: connect again.</summary>
    public void AskReconnect(int? shard = null) => SendRaw("""{"op":7,"d":null}""", shard);

    /// <summary>Op 1: beat now.</summary>
    public void AskHeartbeat(int? shard = null) => SendRaw("""{"op":1,"d":null}""", shard);

    /// <summary>Op 9.</summary>
    /// <param name="mayResume">Else the session is over.</param>
    /// <param name="shard">Null: all.</param>
    public void Invalidate(bool mayResume, int? shard = null)
    {
        if (!mayResume) KillSessions(shard);
        Each(shard, connection =>
        {
            connection.Send($$"""{"op":9,"d":{{(mayResume ? "true" : "false")}}}""");
            // Both may go on: the session over another connection, the connection with another session.
            if (connection.Session is { } session) (session.Connection, session.DisconnectedAt) = (null, Now);
            connection.Session = null;
        });
    }

    /// <summary>Ends sessions: who resumes one hears of it.</summary>
    public void KillSessions(int? shard = null)
    {
        lock (gate)
        {
            foreach (var dead in sessions.Values.Where(s => shard is null || s.Shard == shard).ToArray()) sessions.Remove(dead.Id);
        }
    }

    /// <summary>Sends a text as it is.</summary>
    public void SendRaw(string payload, int? shard = null) => Each(shard, c => c.Send(payload));

    /// <summary>Tells an event to all sessions whose shard it is.</summary>
    public void Dispatch(string type, JsonObject data, ulong? guild = null)
    {
        lock (gate)
        {
            foreach (var session in sessions.Values.Where(s => IsFor(s, guild))) session.Tell(type, data);
        }
    }

    /// <summary>Tells an event whose data is this text, whatever it is.</summary>
    public void Dispatch(string type, string data, ulong? guild = null)
    {
        lock (gate)
        {
            foreach (var session in sessions.Values.Where(s => IsFor(s, guild))) session.Tell(type, data);
        }
    }

    internal void Dispatch(string type, FakeMessage message)
    {
        lock (gate)
        {
            var guild = message.Channel.Guild?.Id;
            foreach (var session in sessions.Values.Where(s => IsFor(s, guild) && (s.Intents & (guild is null ? DirectMessages : GuildMessages)) != 0))
            {
                if (type == "MESSAGE_DELETE")
                {
                    var gone = new JsonObject { ["id"] = Ids.Text(message.Id), ["channel_id"] = Ids.Text(message.Channel.Id) };
                    if (guild is not null) gone["guild_id"] = Ids.Text(guild.Value);
                    session.Tell(type, gone);
                    continue;
                }
                var hears = (session.Intents & MessageContent) != 0 || guild is null || message.Author == discord.Bot || message.Mentions.Contains(discord.Bot.Id);
                var json = message.ToJson(hears);
                if (message.Channel.Guild is { } server)
                {
                    json["guild_id"] = Ids.Text(server.Id);
                    var member = message.Author.ToMember();
                    member.Remove("user");
                    json["member"] = member;
                }
                session.Tell(type, json);
            }
        }
    }

    internal JsonObject Info()
    {
        lock (gate)
        {
            Renew();
            return new JsonObject
            {
                ["url"] = discord.GatewayUrl,
                ["shards"] = discord.Options.Shards,
                ["session_start_limit"] = new JsonObject
                {
                    ["total"] = discord.Options.SessionTotal,
                    ["remaining"] = Math.Max(0, discord.Options.SessionTotal - used),
                    ["reset_after"] = used == 0 ? 0 : (long)Math.Ceiling((windowEnds - Now).TotalMilliseconds),
                    ["max_concurrency"] = discord.Options.MaxConcurrency,
                },
            };
        }
    }

    internal void Map(WebApplication app)
    {
        foreach (var path in new[] { "/gateway", "/resume" }) app.Map(path, context => ServeAsync(context, path));
    }

    private async Task ServeAsync(HttpContext context, string path)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        if (context.Request.Query["v"] != "10" || context.Request.Query["encoding"] != "json") discord.Violate($"gateway: connected with {context.Request.QueryString}; expected v=10 and encoding=json");
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var connection = new Connection(socket, path, discord.Options.Clock);
        lock (gate)
        {
            connections.Add(connection);
            Note(connection, GatewayMomentKind.Connected);
            if (ClosesWith != 0) connection.Close(ClosesWith);
            else connection.Send(InsteadOfHello?.Invoke() ?? Hello());
        }
        var code = await connection.RunAsync(json => Take(connection, json), discord.Violate);
        lock (gate)
        {
            connections.Remove(connection);
            if (connection.Session is { } session && session.Connection == connection)
            {
                (session.Connection, session.DisconnectedAt) = (null, Now);
                if (code is 1000 or 1001) sessions.Remove(session.Id);
            }
            Note(connection, GatewayMomentKind.Closed, code);
        }
    }

    private bool Take(Connection connection, JsonObject json)
    {
        lock (gate)
        {
            int? op = json["op"] is JsonValue value && value.TryGetValue(out int number) ? number : null;
            switch (op)
            {
                case 1:
                    long? sequence = json["d"] is JsonValue d && d.TryGetValue(out long s) ? s : null;
                    Note(connection, GatewayMomentKind.Heartbeat, sequence: sequence);
                    if (sequence > (connection.Session?.Sequence ?? 0)) return End(connection, 4007);
                    if (!WithholdsAcks) connection.Send("""{"op":11,"d":null}""");
                    return true;
                case 2:
                    return connection.Session is null ? Identify(connection, json["d"] as JsonObject ?? []) : End(connection, 4005);
                case 6:
                    return connection.Session is null ? Resume(connection, json["d"] as JsonObject ?? []) : End(connection, 4005);
                case 3 or 4 or 8 or 31:
                    Note(connection, GatewayMomentKind.Sent, op.Value);
                    return connection.Session is not null || End(connection, 4003);
                default:
                    return End(connection, 4001);
            }
        }
    }

    private bool Identify(Connection connection, JsonObject d)
    {
        var shard = d["shard"] as JsonArray is [JsonValue n, JsonValue c] ? (Number: (int)n, Count: (int)c) : (Number: 0, Count: 1);
        Renew();
        if (++used > discord.Options.SessionTotal)
        {
            discord.Violate($"gateway: identify {used} of {discord.Options.SessionTotal} allowed; Discord takes the token away for that");
            return End(connection, 4004);
        }
        Identifies++;
        var key = shard.Number % discord.Options.MaxConcurrency;
        var isTooSoon = lastIdentify.TryGetValue(key, out var last) && Now - last < apart;
        lastIdentify[key] = Now;
        if (isTooSoon) discord.Violate($"gateway: two identifies {(Now - last).TotalSeconds} s apart; expected at least 5");
        if ((string?)d["token"] != discord.Token) return End(connection, 4004);
        if (shard.Count < 1 || shard.Number < 0 || shard.Number >= shard.Count) return End(connection, 4010);
        if (shard.Count < discord.Options.Shards) return End(connection, 4011);
        if (d["intents"] is not JsonValue given || !given.TryGetValue(out int intents) || (intents & ~KnownIntents) != 0) return End(connection, 4013);
        if ((intents & MessageContent) != 0 && !discord.Options.AllowsMessageContent) return End(connection, 4014);
        if (d["properties"] is not JsonObject properties || !new[] { "os", "browser", "device" }.All(name => properties[name] is JsonValue)) discord.Violate("gateway: identify without properties os, browser and device");
        if (isTooSoon || RefusesSessions)
        {
            connection.Send("""{"op":9,"d":false}""");
            return true;
        }
        var session = new Session($"{Guid.NewGuid():N}", shard.Number, shard.Count, intents) { Connection = connection };
        sessions[session.Id] = connection.Session = session;
        Note(connection, GatewayMomentKind.Identified);
        var guilds = (intents & Guilds) == 0 ? [] : discord.Guilds.Where(g => IsFor(session, g.Id)).ToArray();
        session.Tell("READY", new JsonObject
        {
            ["v"] = 10,
            ["user"] = discord.Bot.ToJson(),
            ["guilds"] = new JsonArray([.. guilds.Select(g => (JsonNode)new JsonObject { ["id"] = Ids.Text(g.Id), ["unavailable"] = true })]),
            ["session_id"] = session.Id,
            ["resume_gateway_url"] = discord.ResumeUrl,
            ["shard"] = new JsonArray(shard.Number, shard.Count),
            ["application"] = new JsonObject { ["id"] = Ids.Text(discord.ApplicationId), ["flags"] = 0 },
        });
        foreach (var guild in guilds) session.Tell("GUILD_CREATE", guild.ToJson());
        return true;
    }

    private bool Resume(Connection connection, JsonObject d)
    {
        if ((string?)d["token"] != discord.Token) return End(connection, 4004);
        var after = (long?)d["seq"] ?? 0;
        if (!sessions.TryGetValue((string?)d["session_id"] ?? "", out var session) || session.Connection is null && Now - session.DisconnectedAt > discord.Options.SessionKept)
        {
            if (session is not null) sessions.Remove(session.Id);
            connection.Send("""{"op":9,"d":false}""");
            return true;
        }
        if (after > session.Sequence) return End(connection, 4007);
        session.Connection?.Close(4000);
        (session.Connection, connection.Session) = (connection, session);
        Note(connection, GatewayMomentKind.Resumed, sequence: after);
        foreach (var (_, payload) in session.Buffer.Where(b => b.Sequence > after)) connection.Send(payload);
        session.Tell("RESUMED", new JsonObject { ["_trace"] = new JsonArray("fake") });
        return true;
    }

    private string Hello() => new JsonObject
    {
        ["op"] = 10,
        ["t"] = null,
        ["s"] = null,
        ["d"] = new JsonObject { ["heartbeat_interval"] = (long)discord.Options.HeartbeatInterval.TotalMilliseconds, ["_trace"] = new JsonArray("fake") },
    }.ToJsonString();

    private void Renew()
    {
        if (Now < windowEnds) return;
        (used, windowEnds) = (0, Now + discord.Options.SessionWindow);
    }

    private static bool End(Connection connection, int code)
    {
        connection.Close(code);
        return false;
    }

    private static bool IsFor(Session session, ulong? guild) => (guild is { } id ? (int)((id >> 22) % (ulong)session.Shards) : 0) == session.Shard;

    private void Note(Connection connection, GatewayMomentKind kind, int code = 0, long? sequence = null) =>
        Moments.Add(new GatewayMoment(kind, connection.Session?.Shard ?? -1, code, connection.Path, connection.Session?.Id, sequence, Now));

    private void Each(int? shard, Action<Connection> act)
    {
        lock (gate)
        {
            foreach (var connection in connections.Where(c => shard is null || c.Session?.Shard == shard).ToArray()) act(connection);
        }
    }
}
