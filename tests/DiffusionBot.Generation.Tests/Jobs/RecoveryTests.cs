using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Tests.Jobs;

public abstract class RecoveryTests : OnBoth
{
    /// <summary>Leaves a request as a process leaves it that died while drawing it.</summary>
    private async Task<Guid> DieWhileDrawingAsync(int crashes = 0, bool cancelled = false)
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine());
        var accepted = await host.AcceptAsync("web:a", "a cat");
        await host.Database.WriteAsync(db => db.Requests.Where(r => r.Id == accepted.Id).ExecuteUpdateAsync(set => set
            .SetProperty(r => r.State, RequestState.Drawing).SetProperty(r => r.DrawnBy, "dead").SetProperty(r => r.DrawnUntil, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc))
            .SetProperty(r => r.Attempts, crashes + 1).SetProperty(r => r.Crashes, crashes).SetProperty(r => r.CancelRequested, cancelled)));
        return accepted.Id;
    }

    [Fact]
    public async Task What_was_accepted_and_never_scheduled_is_drawn_after_a_restart()
    {
        await using (var never = GenerationHost.Build(Data, new FakeEngine()))
        {
            await never.AcceptAsync("web:a", "a cat");
        }
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        Assert.Equal(RequestState.Done, (await host.Deliverer.NextAsync()).Request.State);
    }

    [Fact]
    public async Task What_a_dead_process_was_drawing_is_drawn_again()
    {
        var id = await DieWhileDrawingAsync();
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var request = (await host.Deliverer.NextAsync()).Request;
        Assert.Equal((id, RequestState.Done, 2, 1, 0), (request.Id, request.State, request.Attempts, request.Crashes, request.Failures));
        Assert.False(host.Deliverer.HasMore);
        Assert.Single(Data.Pictures);
    }

    [Fact]
    public async Task Being_killed_three_times_is_no_failure()
    {
        await DieWhileDrawingAsync(crashes: 2);
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        Assert.Equal((RequestState.Done, 3), ((await host.Deliverer.NextAsync()).Request is var r ? (r.State, r.Crashes) : default));
    }

    [Fact]
    public async Task What_brings_the_process_down_each_time_is_given_up()
    {
        await DieWhileDrawingAsync(crashes: 11);
        var engine = new FakeEngine();
        await using var host = await GenerationHost.StartAsync(Data, engine);
        var request = (await host.Deliverer.NextAsync()).Request;
        Assert.Equal((RequestState.Failed, 12), (request.State, request.Crashes));
        Assert.Equal("The program came to an abrupt end 12 times while drawing this. It is not tried again.", request.ReasonEnglish);
        Assert.Empty(engine.Prompts);
    }

    [Fact]
    public async Task What_was_called_off_before_the_process_died_stays_so()
    {
        var id = await DieWhileDrawingAsync(cancelled: true);
        var engine = new FakeEngine();
        await using var host = await GenerationHost.StartAsync(Data, engine);
        Assert.Equal(RequestState.Cancelled, (await host.WaitForAsync(id, RequestState.Cancelled)).State);
        Assert.Empty(engine.Prompts);
    }

    [Fact]
    public async Task A_stopping_host_finishes_the_picture_at_hand()
    {
        var engine = new FakeEngine { IsGated = true };
        await using (var host = await GenerationHost.StartAsync(Data, engine, settings: [("Jobs:StopSeconds", 60)]))
        {
            var first = await host.AcceptAsync("web:a", "first");
            var second = await host.AcceptAsync("web:a", "second");
            var drawing = await engine.NextAsync();
            var stop = host.StopAsync();
            drawing.Finish();
            await stop;
            Assert.Equal(RequestState.Done, (await host.Archive.FindRequestAsync(first.Id))!.State);
            Assert.Equal(RequestState.Queued, (await host.Archive.FindRequestAsync(second.Id))!.State);
            Assert.Equal(["first"], engine.Prompts);
        }
    }

    [Fact]
    public async Task What_takes_too_long_goes_back_into_the_queue_when_the_host_stops_and_is_drawn_by_the_next()
    {
        var engine = new FakeEngine { IsGated = true };
        Guid id;
        await using (var host = await GenerationHost.StartAsync(Data, engine))
        {
            id = (await host.AcceptAsync("web:a", "slow")).Id;
            await engine.NextAsync();
        }
        await using var next = await GenerationHost.StartAsync(Data, new FakeEngine());
        var request = (await next.Deliverer.NextAsync()).Request;
        Assert.Equal((id, RequestState.Done, 2, 0, 0), (request.Id, request.State, request.Attempts, request.Crashes, request.Failures));
    }

    [Fact]
    public async Task A_request_that_the_scheduler_lost_is_scheduled_again()
    {
        await using (var host = await GenerationHost.StartAsync(Data, new FakeEngine { IsGated = true }))
        {
            await host.AcceptAsync("web:a", "one");
            await host.AcceptAsync("web:a", "two");
            await ((FakeEngine)host.Get<IDrawingEngine>()).NextAsync();
            await host.Queue.SetPausedAsync(true);
        }
        await LoseSchedulesAsync();
        var engine = new FakeEngine();
        await using var next = await GenerationHost.StartAsync(Data, engine);
        await next.Queue.SetPausedAsync(false);
        await next.Deliverer.NextAsync();
        await next.Deliverer.NextAsync();
        Assert.Equal(["one", "two"], engine.Prompts);
    }

    private async Task LoseSchedulesAsync()
    {
        if (Data.Database is null)
        {
            SqliteConnection.ClearAllPools();
            foreach (var file in Directory.GetFiles(Data.Folder, "quartz.db*")) File.Delete(file);
            return;
        }
        await using var connection = new Npgsql.NpgsqlConnection(Data.Database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new Npgsql.NpgsqlCommand("TRUNCATE qrtz_job_details CASCADE; TRUNCATE qrtz_fired_triggers", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}

public sealed class RecoveryOnSqlite : RecoveryTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);

    [Fact]
    public async Task Two_processes_never_share_a_folder()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        await using var second = GenerationHost.Build(Data, new FakeEngine());
        var error = await Assert.ThrowsAsync<IOException>(() => second.StartAsync());
        Assert.Contains("bot.lock: another process uses this data folder", error.Message, StringComparison.Ordinal);
    }
}

public sealed class RecoveryOnPostgres(PostgresServer server) : RecoveryTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();

    [Fact]
    public async Task Two_hosts_share_the_queue()
    {
        var (one, two) = (new FakeEngine { IsGated = true }, new FakeEngine { IsGated = true });
        await using var first = await GenerationHost.StartAsync(Data, one);
        await using var second = await GenerationHost.StartAsync(Data, two);
        for (var i = 0; i < 2; i++) await first.AcceptAsync("web:a", $"a{i}");
        var here = await one.NextAsync();
        var there = await two.NextAsync();
        Assert.Equal(["a0", "a1"], new[] { here.Request.Prompt, there.Request.Prompt }.Order(StringComparer.Ordinal));
        here.Finish();
        there.Finish();
    }

    [Fact]
    public async Task Another_hosts_drawing_is_called_off()
    {
        var one = new FakeEngine { IsGated = true };
        await using var first = await GenerationHost.StartAsync(Data, one);
        var accepted = await first.AcceptAsync("web:a", "a cat");
        var drawing = await one.NextAsync();
        await using var second = GenerationHost.Build(Data, new FakeEngine());
        Assert.True(await second.Queue.CancelAsync(accepted.Id));
        await second.WaitForAsync(accepted.Id, RequestState.Cancelled);
        Assert.True(drawing.Cancel.IsCancellationRequested);
    }

    [Fact]
    public async Task Who_was_thought_dead_ends_nothing_that_another_began()
    {
        var one = new FakeEngine { IsGated = true };
        await using var first = await GenerationHost.StartAsync(Data, one, settings: [("Jobs:MaxAttempts", 1)]);
        var accepted = await first.AcceptAsync("web:a", "a cat");
        var drawing = await one.NextAsync();
        await first.Database.WriteAsync(db => db.Requests.Where(r => r.Id == accepted.Id).ExecuteUpdateAsync(set => set.SetProperty(r => r.DrawnBy, "another host")));
        drawing.Fail(new IOException("too late"));
        await drawing.Result.ContinueWith(_ => { }, TaskScheduler.Default);
        await first.StopAsync();
        var request = (await first.Archive.FindRequestAsync(accepted.Id))!;
        Assert.Equal((RequestState.Drawing, "another host", 0), (request.State, request.DrawnBy, request.Failures));
    }
}
