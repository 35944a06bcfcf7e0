using System.Globalization;
using System.Net;
using DiffusionBot.Chat.Discord;
using DiffusionBot.Chat.Discord.Gateway;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.Chat.Tests.Support;
using DiffusionBot.FakeDiscord;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Tests.Discord.Gateway;

/// <summary>A host with a gateway whose other end is the test. Several share clock and notes.</summary>
internal sealed class GatewayBench : IDisposable
{
    public const string Token = "MTE.secret.token";

    private readonly CancellationTokenSource stop = new();
    private readonly DiscordRest rest;
    private readonly TestLog<DiscordRest> restLog = new(Token);

    // By default leases are so long that no jump of the clock ends one.
    public GatewayBench(WatchedClock? clock = null, WatchedNotes? notes = null, Func<double>? random = null, string holder = "one", int leaseSeconds = 290)
    {
        Clock = clock ?? new WatchedClock();
        Notes = notes ?? new WatchedNotes(new MemoryNotes(Clock));
        var options = Options.Create(new DiscordOptions { Token = Token, LeaseSeconds = leaseSeconds });
        rest = new DiscordRest(options, Clock, () => 0.5, restLog, new Answers(this));
        Discord = new DiscordGateway(options, rest, Network, Notes, Clock, random ?? (() => 0.4), Log, holder);
    }

    public WatchedClock Clock { get; }

    public WatchedNotes Notes { get; }

    public ScriptedGateway Network { get; } = new();

    public TestLog<DiscordGateway> Log { get; } = new(Token);

    public DiscordGateway Discord { get; }

    public Feed<GatewayEvent> Events { get; } = new();

    /// <summary>What is done with an event besides noting it.</summary>
    public Func<GatewayEvent, CancellationToken, Task> Handler { get; set; } = (_, _) => Task.CompletedTask;

    public Task Running { get; private set; } = Task.CompletedTask;

    public int Shards { get; set; } = 1;

    public Func<int> Remaining { get; set; } = () => 1000;

    public int Asked { get; private set; }

    public GatewayBench Start()
    {
        Running = Task.Run(() => Discord.RunAsync(513, async (e, callOff) =>
        {
            Events.Add(e);
            await Handler(e, callOff);
        }, stop.Token));
        return this;
    }

    /// <summary>Up to READY, with sequence 1.</summary>
    public async Task<ScriptedSocket> ConnectAsync()
    {
        Start();
        var socket = (await Network.NextAsync()).SaysHello();
        await socket.HearsAsync(2);
        socket.SaysReady();
        await EventAsync("READY");
        return socket;
    }

    public Task<GatewayEvent> EventAsync(string? type = null) => Events.NextAsync(e => type is null || e.Type == type, TestContext.Current.CancellationToken);

    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await Running.WaitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        Log.NoSecrets();
        restLog.NoSecrets();
        stop.Cancel();
        stop.Dispose();
        rest.Dispose();
    }

    private sealed class Answers(GatewayBench bench) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Yield();
            bench.Asked++;
            Assert.Equal("https://discord.com/api/v10/gateway/bot", request.RequestUri!.AbsoluteUri);
            var remaining = bench.Remaining().ToString(CultureInfo.InvariantCulture);
            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(
                    $$$"""{"url":"wss://gateway.example","shards":{{{bench.Shards}}},"session_start_limit":{"total":1000,"remaining":{{{remaining}}},"reset_after":150000,"max_concurrency":1} }"""),
            };
        }
    }
}
