using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord;
using DiffusionBot.Chat.Discord.Gateway;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.Chat.Tests.Support;
using DiffusionBot.FakeDiscord;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Tests.Discord.Gateway;

/// <summary>Over real sockets, against a Discord that keeps sessions and counts.</summary>
public sealed class FakeTests
{
    private const int Intents = 1 << 0 | 1 << 9 | 1 << 12;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_come_by_the_intents_and_after_a_cut_too()
    {
        await using var discord = await DiscordServer.StartAsync();
        var channel = discord.AddGuild("server").AddChannel("pictures");
        var ada = discord.AddUser("ada");
        await using var host = new Host(discord, TimeProvider.System);
        await host.Events.NextAsync(e => e.Type == "READY", Cancel);
        ada.Says(channel, "words for others");
        ada.Says(channel, $"{discord.Bot.Mention} a cat");
        ada.Says(ada.Direct, "a dog");
        Assert.Equal("", await TextAsync(host));
        Assert.Equal($"{discord.Bot.Mention} a cat", await TextAsync(host));
        Assert.Equal("a dog", await TextAsync(host));
        discord.Gateway.Cut();
        ada.Says(ada.Direct, "said while away");
        Assert.Equal("said while away", await TextAsync(host));
        await host.StopAsync();
        var closed = await discord.Gateway.Moments.NextAsync(m => m is { Kind: GatewayMomentKind.Closed, Code: 1000 }, Cancel);
        Assert.Equal("/resume", closed.Path);
        Assert.Equal(1, discord.Gateway.Identifies);
        Assert.Empty(discord.Violations.All);
    }

    /// <summary>A session that is resumed brings the same events again: what cannot be taken must not end each connection anew.</summary>
    [Fact]
    public async Task An_event_that_is_too_long_is_left_and_what_follows_comes()
    {
        await using var discord = await DiscordServer.StartAsync();
        await using var host = new Host(discord, TimeProvider.System);
        await host.Events.NextAsync(e => e.Type == "READY", Cancel);
        string Sized(int bytes) => $$"""{"n":"{{new string('x', bytes - $$$"""{"op":0,"s":2,"t":"SIZED","d":{"n":""}}""".Length)}}"}""";
        discord.Gateway.Dispatch("SIZED", Sized(WebSocketTransport.MostBytes));
        discord.Gateway.Dispatch("SIZED", Sized(WebSocketTransport.MostBytes + 1));
        discord.Gateway.Dispatch("SIZED", Sized(3 * WebSocketTransport.MostBytes));
        Emit(discord, 1);
        discord.Gateway.Cut();
        Emit(discord, 2);
        await host.Events.NextAsync(e => e.Data.NumberOf("n") == 2, Cancel);
        Assert.Equal(["READY", "SIZED", "NUMBERED", "NUMBERED"], host.Events.All.Select(e => e.Type).Where(type => type != "RESUMED"));
        Assert.Equal(2, discord.Gateway.Moments.All.Count(m => m.Kind == GatewayMomentKind.Connected));
        await host.StopAsync();
        Assert.Contains(host.Log, line => line.Contains($"{WebSocketTransport.MostBytes + 1} bytes is dropped", StringComparison.Ordinal));
    }

    /// <summary>Cut, closed, asked to reconnect, told that the session may be resumed, left without answers: 200 times, at any moment.</summary>
    [Fact]
    public async Task Two_hundred_cuts_lose_no_event_and_take_one_session()
    {
        var seed = Asked.Seed("SEED");
        var random = new Random(seed);
        var clock = new FastClock(160);
        await using var discord = await DiscordServer.StartAsync(new FakeDiscordOptions { Clock = clock, HeartbeatInterval = TimeSpan.FromSeconds(160), SessionKept = TimeSpan.FromDays(9) });
        discord.AddGuild("server");
        await using var host = new Host(discord, clock);
        await host.Events.NextAsync(e => e.Type == "READY", Cancel);
        var sent = 0;
        for (var cut = 0; cut < 200; cut++)
        {
            for (var n = random.Next(6); n > 0; n--) Emit(discord, ++sent);
            switch (random.Next(6))
            {
                case 0: discord.Gateway.AskReconnect(); break;
                case 1: discord.Gateway.Invalidate(mayResume: true); break;
                case 2: discord.Gateway.Close(random.Next(2) == 0 ? 4000 : 1001); break;
                case 3: discord.Gateway.SendRaw("{\"op\":0,"); break;
                default: discord.Gateway.Cut(); break;
            }
            for (var n = random.Next(6); n > 0; n--) Emit(discord, ++sent);
            // Half of the time the next cut comes before it is whole again.
            if (random.Next(2) == 0) await discord.Gateway.Moments.NextAsync(m => m.Kind is GatewayMomentKind.Resumed, Cancel);
        }
        Emit(discord, ++sent);
        await host.Events.NextAsync(e => e.Type == "NUMBERED" && e.Data.NumberOf("n") == sent, Cancel);
        Assert.Equal(Enumerable.Range(1, sent), host.Events.All.Where(e => e.Type == "NUMBERED").Select(e => (int)e.Data.NumberOf("n")!.Value));
        Assert.Equal(1, discord.Gateway.Identifies);
        Assert.Empty(discord.Violations.All);
        await host.StopAsync();
    }

    /// <summary>Here sessions are lost too, more often than there are sessions: what Discord may not be asked for it is not asked for.</summary>
    [Fact]
    public async Task However_often_sessions_are_lost_no_more_are_begun_than_allowed()
    {
        var seed = Asked.Seed("SEED");
        var random = new Random(seed);
        var clock = new FastClock(60);
        await using var discord = await DiscordServer.StartAsync(new FakeDiscordOptions
        {
            Clock = clock,
            HeartbeatInterval = TimeSpan.FromSeconds(400),
            SessionTotal = 6,
            SessionWindow = TimeSpan.FromMinutes(1),
            Shards = 2,
        });
        discord.AddGuild("server");
        await using var host = new Host(discord, clock);
        for (var i = 0; i < 24; i++)
        {
            await discord.Gateway.Moments.NextAsync(m => m.Kind == GatewayMomentKind.Identified, Cancel);
            int? shard = random.Next(3) is < 2 and var one ? one : null;
            switch (random.Next(3))
            {
                case 0: discord.Gateway.Invalidate(mayResume: false, shard); break;
                case 1: discord.Gateway.KillSessions(); discord.Gateway.Cut(); break;
                default: discord.Gateway.KillSessions(); discord.Gateway.Close(4009); break;
            }
            // Whatever was spared must not be waited for.
            discord.Gateway.KillSessions();
            discord.Gateway.Cut();
        }
        Assert.InRange(discord.Gateway.Identifies, 24, int.MaxValue);
        // Five seconds apart is looked at where the clock stands still: here, one may be on its way for longer than the other.
        Assert.DoesNotContain(discord.Violations.All, v => !v.Contains("apart", StringComparison.Ordinal));
        await host.StopAsync();
    }

    [Fact]
    public async Task Two_hosts_of_which_one_stops_lose_nothing()
    {
        var clock = new FastClock(50);
        await using var discord = await DiscordServer.StartAsync(new FakeDiscordOptions { Clock = clock });
        discord.AddGuild("server");
        var notes = new WatchedNotes(new MemoryNotes(clock));
        var one = new Host(discord, clock, notes);
        await one.Events.NextAsync(e => e.Type == "READY", Cancel);
        await using var two = new Host(discord, clock, notes, one.Events);
        await notes.WrittenAsync(GatewayLease.WaitingKey);
        for (var n = 1; n <= 50; n++)
        {
            Emit(discord, n);
            if (n == 25) await one.StopAsync();
        }
        await one.Events.NextAsync(e => e.Data.NumberOf("n") == 50, Cancel);
        Assert.Equal(Enumerable.Range(1, 50), one.Events.All.Where(e => e.Type == "NUMBERED").Select(e => (int)e.Data.NumberOf("n")!.Value));
        Assert.Equal(1, discord.Gateway.Identifies);
        await two.StopAsync();
        Assert.Empty(discord.Violations.All);
    }

    private static void Emit(DiscordServer discord, int n) => discord.Gateway.Dispatch("NUMBERED", new JsonObject { ["n"] = n });

    private static async Task<string?> TextAsync(Host host) => (await host.Events.NextAsync(e => e.Type == "MESSAGE_CREATE", Cancel)).Data.TextOf("content");

    /// <summary>One host.</summary>
    private sealed class Host : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly DiscordRest rest;
        private readonly TestLog<DiscordGateway> log;
        private readonly Task running;

        public Host(DiscordServer discord, TimeProvider clock, ISharedNotes? notes = null, Feed<GatewayEvent>? events = null)
        {
            var options = Options.Create(new DiscordOptions { Token = discord.Token, ApiBase = discord.ApiBase });
            var spread = new Random(1);
            double Spread()
            {
                lock (spread) return spread.NextDouble();
            }
            log = new TestLog<DiscordGateway>(discord.Token);
            rest = new DiscordRest(options, clock, Spread, new TestLog<DiscordRest>());
            Events = events ?? Events;
            var gateway = new DiscordGateway(options, rest, new WebSocketTransport(), notes ?? new MemoryNotes(clock), clock, Spread, log);
            running = Task.Run(() => gateway.RunAsync(Intents, (e, _) =>
            {
                Events.Add(e);
                return Task.CompletedTask;
            }, stop.Token));
        }

        public Feed<GatewayEvent> Events { get; } = new();

        public IEnumerable<string> Log => log.Lines;

        public async Task StopAsync()
        {
            await stop.CancelAsync();
            await running;
            log.NoSecrets();
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            stop.Dispose();
            rest.Dispose();
        }
    }
}
