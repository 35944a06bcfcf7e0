using System.Text.Json;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Gateway;

namespace DiffusionBot.Chat.Tests.Discord.Gateway;

/// <summary>What is said over one connection after another (events/gateway).</summary>
public sealed class ConversationTests
{
    [Fact]
    public async Task A_session_is_asked_for_where_Discord_says()
    {
        using var bench = new GatewayBench();
        bench.Start();
        var socket = await bench.Network.NextAsync();
        Assert.Equal("wss://gateway.example/?v=10&encoding=json", socket.Url.AbsoluteUri);
        socket.SaysHello();
        var identify = await socket.HearsAsync(2);
        Assert.Equal(GatewayBench.Token, identify.GetProperty("token").GetString());
        Assert.Equal(513, identify.GetProperty("intents").GetInt32());
        Assert.Equal("[0,1]", identify.GetProperty("shard").GetRawText());
        Assert.Equal(["browser", "device", "os"], identify.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        socket.SaysReady().SaysEvent(2, "GUILD_CREATE", """{"id":"7"}""");
        Assert.Equal(("READY", 1L, 0), (await bench.EventAsync()) switch { var e => (e.Type, e.Sequence, e.Shard) });
        Assert.Equal("7", (await bench.EventAsync()).Data.GetProperty("id").GetString());
        await bench.StopAsync();
    }

    [Fact]
    public async Task The_first_heartbeat_comes_within_the_interval_and_each_names_the_last_event()
    {
        using var bench = new GatewayBench(random: () => 0.25);
        bench.Start();
        var socket = (await bench.Network.NextAsync()).SaysHello(40_000);
        await socket.HearsAsync(2);
        await bench.Clock.PassAsync(10);
        Assert.Equal(JsonValueKind.Null, (await socket.HearsAsync(1)).ValueKind);
        socket.Says("""{"op":11}""").SaysReady().SaysEvent(2).SaysEvent(3);
        await bench.EventAsync("READY");
        await bench.EventAsync();
        await bench.EventAsync();
        await bench.Clock.PassAsync(40);
        Assert.Equal(3, (await socket.HearsAsync(1)).GetInt32());
        socket.Says("""{"op":1,"d":null}""");
        Assert.Equal(3, (await socket.HearsAsync(1)).GetInt32());
        await bench.StopAsync();
    }

    [Fact]
    public async Task A_heartbeat_without_an_answer_ends_the_connection_and_the_session_goes_on_elsewhere()
    {
        using var bench = new GatewayBench();
        var socket = await bench.ConnectAsync();
        socket.SaysEvent(2);
        await bench.EventAsync("MESSAGE_CREATE");
        await bench.Clock.PassAsync(16);
        await socket.HearsAsync(1);
        await bench.Clock.PassAsync(40);
        Assert.Equal(4000, await socket.ClosedAsync());

        var second = await bench.Network.NextAsync();
        Assert.Equal("wss://resume.example/?v=10&encoding=json", second.Url.AbsoluteUri);
        second.SaysHello();
        var resume = await second.HearsAsync(6);
        Assert.Equal((GatewayBench.Token, "s-1", 2), (resume.GetProperty("token").GetString(), resume.GetProperty("session_id").GetString(), resume.GetProperty("seq").GetInt32()));
        // What came before is not handed on again.
        second.SaysEvent(2).SaysEvent(3).SaysEvent(4, "RESUMED");
        Assert.Equal(3, (await bench.EventAsync()).Sequence);
        Assert.Equal("RESUMED", (await bench.EventAsync()).Type);
        Assert.DoesNotContain(second.Sent.All, p => p.GetProperty("op").GetInt32() == 2);
        await bench.StopAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_asked_to_reconnect_it_resumes_at_once(bool beforeHello)
    {
        using var bench = new GatewayBench();
        var socket = await bench.ConnectAsync();
        if (beforeHello)
        {
            socket.Ends(4000);
            socket = await bench.Network.NextAsync();
        }
        socket.Says("""{"op":7,"d":null}""");
        Assert.Equal(4000, await socket.ClosedAsync());
        // A try that did not come as far as that is followed by a pause.
        if (beforeHello) await bench.Clock.PassAsync(1.4);
        var next = (await bench.Network.NextAsync()).SaysHello();
        await next.HearsAsync(6);
        await bench.StopAsync();
    }

    [Fact]
    public async Task An_invalid_session_is_resumed_or_begun_anew_after_one_to_five_seconds()
    {
        using var bench = new GatewayBench();
        var socket = await bench.ConnectAsync();
        socket.Says("""{"op":9,"d":true}""");
        await bench.Clock.PassAsync(2.6);
        var second = (await bench.Network.NextAsync()).SaysHello();
        await second.HearsAsync(6);
        second.Says("""{"op":9,"d":false}""");
        await bench.Clock.PassAsync(2.6);
        await bench.Clock.PassAsync(0.3);   // five and a half since the last session began
        var third = (await bench.Network.NextAsync()).SaysHello();
        Assert.Equal("wss://gateway.example/?v=10&encoding=json", third.Url.AbsoluteUri);
        await third.HearsAsync(2);
        await bench.StopAsync();
    }

    [Theory]
    [InlineData(4004, "Discord:Token")]
    [InlineData(4010, "shard")]
    [InlineData(4011, "shards")]
    [InlineData(4012, "newer version")]
    [InlineData(4013, "intents")]
    [InlineData(4014, "no privileged intent")]
    public async Task Some_ends_are_final_and_say_what_an_operator_must_do(int code, string remedy)
    {
        using var bench = new GatewayBench();
        (await bench.ConnectAsync()).Ends(code);
        var error = await Assert.ThrowsAsync<GatewayException>(() => bench.Running.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal(code, error.CloseCode);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        Assert.Single(bench.Network.Connections.All);
        Assert.Empty(bench.Notes.Inner.All);
    }

    [Theory]
    [InlineData(4007, 2)]
    [InlineData(4009, 2)]
    [InlineData(1000, 6)]
    [InlineData(1001, 6)]
    [InlineData(1006, 6)]
    [InlineData(4000, 6)]
    [InlineData(4001, 6)]
    [InlineData(4003, 6)]
    [InlineData(4005, 6)]
    [InlineData(4008, 6)]
    [InlineData(4999, 6)]
    public async Task Other_ends_resume_or_begin_anew(int code, int op)
    {
        using var bench = new GatewayBench();
        (await bench.ConnectAsync()).Ends(code);
        if (op == 2) await bench.Clock.PassAsync(5.5);
        var next = (await bench.Network.NextAsync()).SaysHello();
        await next.HearsAsync(op);
        await bench.StopAsync();
    }

    [Fact]
    public async Task What_cannot_be_understood_is_dropped_and_said()
    {
        using var bench = new GatewayBench();
        var socket = await bench.ConnectAsync();
        socket.Says("""{"op":99,"d":{"new":1}}""").Says("[]").Says("""{"d":1}""").Says("""{"op":"0"}""").Says("""{"op":0,"s":null,"t":"X"}""").Says("""{"op":0,"s":5,"t":7}""")
            .Says($$"""{"op":0,"s":6,"t":"DEEP","d":{{new string('[', 5000)}}{{new string(']', 5000)}}}""").Says("""{"op":0,"s":7,"t":"SOMETHING_NEW","d":null,"more":true}""");
        var next = await bench.EventAsync();
        Assert.Equal(("SOMETHING_NEW", 7L), (next.Type, next.Sequence));
        Assert.Equal(6, bench.Log.Lines.Count(l => l.Contains("dropped", StringComparison.Ordinal)));
        Assert.Single(bench.Network.Connections.All);

        socket.Says("{\"op\":0,\"s\":8,");   // half a payload: nothing behind it can be trusted
        Assert.Equal(4000, await socket.ClosedAsync());
        Assert.Equal(7, (await (await bench.Network.NextAsync()).SaysHello().HearsAsync(6)).GetProperty("seq").GetInt32());
        await bench.StopAsync();
    }

    [Fact]
    public async Task A_slow_handler_stops_neither_heartbeats_nor_who_comes_behind()
    {
        using var bench = new GatewayBench();
        var slow = new TaskCompletionSource();
        bench.Handler = (e, _) => e.Type == "SLOW" ? slow.Task : e.Type == "BAD" ? throw new InvalidOperationException("bad") : Task.CompletedTask;
        var socket = await bench.ConnectAsync();
        socket.SaysEvent(2, "SLOW").SaysEvent(3, "BAD").SaysEvent(4, "LAST");
        await bench.EventAsync("LAST");
        await bench.Clock.PassAsync(16);
        Assert.Equal(4, (await socket.HearsAsync(1)).GetInt32());
        slow.SetResult();
        Assert.Equal(["READY", "SLOW", "BAD", "LAST"], bench.Events.All.Select(e => e.Type));
        Assert.Single(bench.Log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains("BAD", StringComparison.Ordinal));
        await bench.StopAsync();
    }

    [Fact]
    public async Task What_is_not_reached_is_tried_again_later_and_later()
    {
        using var bench = new GatewayBench();
        bench.Network.IsDown = true;
        bench.Start();
        foreach (var wait in new[] { 0.7, 1.4, 2.8, 5.6, 11.2, 22.4, 42, 42 })
        {
            await bench.Network.Tried.NextAsync(null, TestContext.Current.CancellationToken);
            await bench.Clock.PassAsync(wait);
        }
        await bench.Network.Tried.NextAsync(null, TestContext.Current.CancellationToken);
        Assert.Empty(bench.Network.Connections.All);
        bench.Network.IsDown = false;
        await bench.Clock.PassAsync(42);
        await (await bench.Network.NextAsync()).SaysHello().HearsAsync(2);
        await bench.StopAsync();
    }

    [Fact]
    public async Task Where_to_resume_is_not_asked_for_ever()
    {
        using var bench = new GatewayBench();
        var socket = await bench.ConnectAsync();
        bench.Network.IsDown = true;
        socket.Ends(1006);
        foreach (var wait in new[] { 1.4, 2.8, 5.6 }) await bench.Clock.PassAsync(wait);
        await bench.Clock.BeginsAsync(11.2);
        Assert.Equal(["gateway.example", "resume.example", "resume.example", "resume.example", "gateway.example"], bench.Network.Tried.All.Select(url => url.Host));
        bench.Network.IsDown = false;
        bench.Clock.Advance(TimeSpan.FromSeconds(11.2));
        await (await bench.Network.NextAsync()).SaysHello().HearsAsync(6);
        await bench.StopAsync();
    }

    [Fact]
    public async Task Silence_is_no_connection()
    {
        using var bench = new GatewayBench();
        bench.Start();
        var first = await bench.Network.NextAsync();
        await bench.Clock.PassAsync(20);
        Assert.Equal(4000, await first.ClosedAsync());
        await bench.Clock.PassAsync(0.7);
        var second = await bench.Network.NextAsync();
        second.SaysHello(3_600_000);
        await second.HearsAsync(2);
        await bench.Clock.PassAsync(20);
        await bench.Clock.PassAsync(60);
        Assert.Equal(4000, await second.ClosedAsync());
        await bench.StopAsync();
    }

    [Fact]
    public async Task No_more_than_120_payloads_a_minute_and_heartbeats_among_them()
    {
        using var bench = new GatewayBench();
        var socket = await bench.ConnectAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => bench.Discord.TrySendAsync(0, 3, JsonValue.Create(new string('x', 5000)), TestContext.Current.CancellationToken));
        Assert.False(await bench.Discord.TrySendAsync(1, 3, null, TestContext.Current.CancellationToken));
        var sends = Enumerable.Range(0, 150).Select(i => bench.Discord.TrySendAsync(0, 3, JsonValue.Create(i), TestContext.Current.CancellationToken)).ToArray();
        await bench.Clock.PassAsync(16);
        await socket.HearsAsync(1);
        socket.Says("""{"op":11}""");
        for (var i = 0; i < 50; i++) socket.Says("""{"op":1}""");
        socket.SaysEvent(2);
        await bench.EventAsync("MESSAGE_CREATE");
        Assert.Equal(120, socket.Sent.All.Count);
        await bench.Clock.PassAsync(60);
        await Task.WhenAll(sends);
        Assert.Equal(150, socket.Sent.All.Count(p => p.GetProperty("op").GetInt32() == 3));
        await bench.StopAsync();
    }

    [Fact]
    public async Task A_session_that_makes_no_sense_is_given_up()
    {
        using var bench = new GatewayBench();
        (await bench.ConnectAsync()).Ends(1006);
        foreach (var wait in new[] { 1.4, 2.8, 5.6, 11.2, 22.4 })
        {
            var socket = (await bench.Network.NextAsync()).SaysHello();
            await socket.HearsAsync(6);
            socket.Says("no JSON");
            await bench.Clock.PassAsync(wait);
        }
        await (await bench.Network.NextAsync()).SaysHello().HearsAsync(2);
        await bench.StopAsync();
    }
}
