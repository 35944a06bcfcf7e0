using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;

namespace DiffusionBot.Generation.Tests.Jobs;

public abstract class TurnTests : OnBoth
{
    private static async Task DrawAllAsync(FakeEngine engine, int count)
    {
        for (var i = 0; i < count; i++) (await engine.NextAsync()).Finish();
    }

    [Fact]
    public async Task Who_asks_once_is_drawn_second_though_another_asked_fifty_times_before()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        for (var i = 0; i < 50; i++) await host.AcceptAsync("web:a", $"a{i}");
        var first = await engine.NextAsync();
        var b = await host.AcceptAsync("web:b", "b0");
        Assert.Equal(0, b.Standing.Ahead);
        first.Finish();
        await DrawAllAsync(engine, 50);
        Assert.Equal(["a0", "b0", .. Enumerable.Range(1, 49).Select(i => $"a{i}")], engine.Prompts);
    }

    [Fact]
    public async Task Users_take_turns()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        for (var i = 0; i < 3; i++) await host.AcceptAsync("web:a", $"a{i}");
        var first = await engine.NextAsync();
        for (var i = 0; i < 3; i++) await host.AcceptAsync("web:b", $"b{i}");
        for (var i = 0; i < 2; i++) await host.AcceptAsync("web:c", $"c{i}");
        first.Finish();
        await DrawAllAsync(engine, 7);
        Assert.Equal(["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2"], engine.Prompts);
    }

    [Fact]
    public async Task Who_drew_much_yesterday_is_not_behind_today()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        for (var i = 0; i < 10; i++) await host.AcceptAsync("web:a", $"old{i}");
        await DrawAllAsync(engine, 10);
        var b = await host.AcceptAsync("web:b", "b0");
        var drawing = await engine.NextAsync();
        for (var i = 1; i < 5; i++) await host.AcceptAsync("web:b", $"b{i}");
        await host.AcceptAsync("web:a", "a0");
        drawing.Finish();
        await DrawAllAsync(engine, 5);
        await host.WaitForAsync(b.Id, RequestState.Done);
        Assert.Equal(["b0", "b1", "a0", "b2", "b3", "b4"], engine.Prompts.Skip(10));
    }

    [Fact]
    public async Task A_paused_queue_accepts_and_draws_when_it_goes_on()
    {
        var engine = new FakeEngine { IsGated = true };
        await using (var host = await GenerationHost.StartAsync(Data, engine))
        {
            await host.AcceptAsync("web:a", "before");
            var drawing = await engine.NextAsync();
            await host.Queue.SetPausedAsync(true);
            var during = await host.AcceptAsync("web:a", "during");
            // The picture at hand is finished.
            drawing.Finish();
            Assert.Equal("before", (await host.Deliverer.NextAsync()).Request.Prompt);
            Assert.Equal(RequestState.Queued, (await host.Queue.StandingAsync(during.Id))!.State);
        }
        // The pause outlives the process, and the first request after the start, too.
        var later = new FakeEngine { IsGated = true };
        await using (var host = await GenerationHost.StartAsync(Data, later))
        {
            Assert.True(await host.Queue.IsPausedAsync());
            await host.AcceptAsync("web:a", "after");
            Assert.Equal(2, await host.Queue.LengthAsync());
            Assert.Empty(later.Prompts);
            await host.Queue.SetPausedAsync(false);
            await DrawAllAsync(later, 2);
            Assert.Equal(["during", "after"], later.Prompts);
        }
    }

    [Fact]
    public async Task Estimates_come_from_what_was_measured()
    {
        var engine = new FakeEngine { IsGated = true };
        await using (var host = await GenerationHost.StartAsync(Data, engine))
        {
            var first = await host.AcceptAsync("web:a", "one");
            Assert.Null(first.Standing.Left);
            (await engine.NextAsync()).Finish();   // in a second, says the fake
            await host.WaitForAsync(first.Id, RequestState.Done);
            await host.Queue.SetPausedAsync(true);
        }
        await using (var host = await GenerationHost.StartAsync(Data, engine))
        {
            var one = await host.AcceptAsync("web:a", "one");
            var twice = await host.AcceptAsync("web:a", "two", new() { Width = 16, Height = 16, Steps = 4 });
            Assert.Equal(1, one.Standing.Left!.Value.TotalSeconds, 3);
            Assert.Equal((1, 3.0), (twice.Standing.Ahead, Math.Round(twice.Standing.Left!.Value.TotalSeconds, 3)));
        }
    }
}

public sealed class TurnsOnSqlite : TurnTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class TurnsOnPostgres(PostgresServer server) : TurnTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();
}
