using DiffusionBot.Chat.Discord.Gateway;

namespace DiffusionBot.Chat.Tests.Discord.Gateway;

/// <summary>Of several hosts one is connected.</summary>
public sealed class LeaseTests
{
    private static string Note(GatewayBench bench) => bench.Notes.Inner.All.Single(n => n.Key == GatewayLease.Key).Value;

    [Fact]
    public async Task A_host_that_stops_alone_ends_its_session()
    {
        using var bench = new GatewayBench();
        var socket = await bench.ConnectAsync();
        await bench.StopAsync();
        Assert.Equal(1000, await socket.ClosedAsync());
        Assert.Empty(bench.Notes.Inner.All);
    }

    [Fact]
    public async Task A_host_that_stops_while_another_waits_leaves_it_the_session()
    {
        using var one = new GatewayBench(leaseSeconds: 20);
        using var two = new GatewayBench(one.Clock, one.Notes, holder: "two", leaseSeconds: 30);
        var slow = new TaskCompletionSource();
        one.Handler = (e, _) => e.Type == "SLOW" ? slow.Task : Task.CompletedTask;
        var socket = await one.ConnectAsync();
        two.Start();
        await one.Notes.WrittenAsync(GatewayLease.WaitingKey);
        Assert.Equal(0, two.Discord.ShardCount);
        socket.SaysEvent(2);
        for (var sequence = 3; sequence <= 204; sequence++) socket.SaysEvent(sequence, "SLOW");
        for (var i = 0; i < 200; i++) await one.EventAsync("SLOW");
        var stopping = one.StopAsync();
        Assert.Equal(4000, await socket.ClosedAsync());
        slow.SetResult();
        await stopping;
        // What was begun was ended; what was not is left to the other.
        Assert.Equal(Enumerable.Range(1, 202), one.Events.All.Select(e => (int)e.Sequence));

        await one.Clock.PassAsync(6);
        var next = (await two.Network.NextAsync()).SaysHello();
        Assert.Equal("wss://resume.example/?v=10&encoding=json", next.Url.AbsoluteUri);
        var resume = await next.HearsAsync(6);
        Assert.Equal(("s-1", 202), (resume.GetProperty("session_id").GetString(), resume.GetProperty("seq").GetInt32()));
        next.SaysEvent(203).SaysEvent(204).SaysEvent(205, "RESUMED");
        Assert.Equal(203, (await two.EventAsync()).Sequence);
        await two.EventAsync("RESUMED");
        await two.StopAsync();
    }

    [Fact]
    public async Task What_takes_longer_than_a_stop_is_called_off_and_left_to_the_other()
    {
        using var one = new GatewayBench(leaseSeconds: 20);
        using var two = new GatewayBench(one.Clock, one.Notes, holder: "two", leaseSeconds: 30);
        one.Handler = (e, callOff) => e.Type == "ENDLESS" ? Task.Delay(Timeout.InfiniteTimeSpan, callOff) : Task.CompletedTask;
        var socket = await one.ConnectAsync();
        two.Start();
        await one.Notes.WrittenAsync(GatewayLease.WaitingKey);
        socket.SaysEvent(2).SaysEvent(3, "ENDLESS").SaysEvent(4, "LAST");
        await one.EventAsync("LAST");
        var stopping = one.StopAsync();
        await one.Clock.PassAsync(5);
        await stopping;
        Assert.Single(one.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("ENDLESS (3, shard 0) was called off", StringComparison.Ordinal));
        await one.Clock.PassAsync(6);
        Assert.Equal(2, (await (await two.Network.NextAsync()).SaysHello().HearsAsync(6)).GetProperty("seq").GetInt32());
        await two.StopAsync();
    }

    [Fact]
    public async Task A_host_that_dies_is_followed_by_another_that_resumes_after_what_was_dealt_with()
    {
        var one = new GatewayBench(leaseSeconds: 20);
        var endless = new TaskCompletionSource();
        one.Handler = (e, _) => e.Type == "ENDLESS" ? endless.Task : Task.CompletedTask;
        var socket = await one.ConnectAsync();
        socket.SaysEvent(2).SaysEvent(3, "ENDLESS").SaysEvent(4);
        await one.EventAsync("ENDLESS");
        await one.Clock.PassAsync(4);
        await one.Notes.WrittenAsync(GatewayLease.Key, "\"Sequence\":2");
        // Dead: it writes no more. Its lease ends 20 s after the last time.
        var two = new GatewayBench(one.Clock, await CopyAsync(one), holder: "two", leaseSeconds: 30);
        two.Start();
        for (var i = 0; i < 3; i++) await one.Clock.PassAsync(6);
        await two.Notes.WrittenAsync(GatewayLease.WaitingKey);
        Assert.Empty(two.Network.Connections.All);
        await one.Clock.PassAsync(6);
        var next = (await two.Network.NextAsync()).SaysHello();
        Assert.Equal(2, (await next.HearsAsync(6)).GetProperty("seq").GetInt32());
        // Only when that fails it begins anew.
        next.Says("""{"op":9,"d":false}""");
        await one.Clock.PassAsync(2.6);
        await (await two.Network.NextAsync()).SaysHello().HearsAsync(2);
        endless.SetResult();
        await two.StopAsync();
        two.Dispose();
        one.Dispose();
    }

    [Fact]
    public async Task A_host_that_lost_it_says_nothing_more_and_waits()
    {
        using var bench = new GatewayBench(leaseSeconds: 20);
        var socket = await bench.ConnectAsync();
        await bench.Notes.SetAsync(GatewayLease.Key, Note(bench).Replace("\"one\"", "\"two\"", StringComparison.Ordinal), TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        await bench.Clock.PassAsync(4);
        Assert.Equal(4000, await socket.ClosedAsync());
        await bench.StopAsync();
        Assert.Contains("\"two\"", Note(bench), StringComparison.Ordinal);
        Assert.Single(bench.Network.Connections.All);
    }

    [Fact]
    public async Task Notes_of_another_version_are_no_obstacle_once_they_are_over()
    {
        using var bench = new GatewayBench();
        await bench.Notes.SetAsync(GatewayLease.Key, "{\"Holder\":5}", TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        await bench.ConnectAsync();
        Assert.Contains("\"one\"", Note(bench), StringComparison.Ordinal);
        await bench.StopAsync();
    }

    [Fact]
    public async Task More_shards_than_before_all_begin_anew_one_after_another()
    {
        using var bench = new GatewayBench { Shards = 2 };
        await bench.Notes.SetAsync(
            GatewayLease.Key, """{"Holder":"zero","Until":0,"Shards":1,"Sessions":[{"Id":"old","Url":"wss://old.example","Sequence":9}]}""", TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        bench.Start();
        var first = (await bench.Network.NextAsync()).SaysHello();
        var identify = await first.HearsAsync(2);
        Assert.Equal(2, identify.GetProperty("shard")[1].GetInt32());
        await bench.Clock.PassAsync(5.5);
        var second = (await bench.Network.NextAsync()).SaysHello();
        Assert.Equal(1, identify.GetProperty("shard")[0].GetInt32() + (await second.HearsAsync(2)).GetProperty("shard")[0].GetInt32());
        await bench.StopAsync();
    }

    [Fact]
    public async Task When_sessions_are_used_up_none_begins_before_there_are_more()
    {
        var left = 0;
        using var bench = new GatewayBench(leaseSeconds: 290) { Remaining = () => left };
        bench.Start();
        await bench.Clock.PassAsync(150);
        await bench.Clock.PassAsync(150);
        Assert.Empty(bench.Network.Connections.All);
        await bench.Clock.BeginsAsync(150);
        left = 1;
        bench.Clock.Advance(TimeSpan.FromSeconds(150));
        (await bench.Network.NextAsync()).SaysHello().Ends(4007);
        await bench.StopAsync();
    }

    [Fact]
    public async Task Sessions_that_Discord_did_not_count_yet_are_counted_here()
    {
        using var bench = new GatewayBench(leaseSeconds: 290) { Remaining = () => 1 };
        var socket = await bench.ConnectAsync();
        socket.Ends(4009);
        await bench.Clock.PassAsync(150);
        await (await bench.Network.NextAsync()).SaysHello().HearsAsync(2);
        await bench.StopAsync();
    }

    private static async Task<WatchedNotes> CopyAsync(GatewayBench bench)
    {
        var notes = new Support.MemoryNotes(bench.Clock);
        foreach (var note in bench.Notes.Inner.All) await notes.SetAsync(note.Key, note.Value, TimeSpan.FromMinutes(10), CancellationToken.None);
        return new WatchedNotes(notes);
    }
}
