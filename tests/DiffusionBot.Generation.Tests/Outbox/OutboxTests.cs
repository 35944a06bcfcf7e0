using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Tests.Outbox;

public abstract class OutboxTests : OnBoth
{
    private static Task<DeliveryVerdict> Say(DeliveryVerdict verdict) => Task.FromResult(verdict);

    private static Task<OutboxEntry> EntryAsync(GenerationHost host, Guid request) =>
        host.Database.ReadAsync(db => db.Outbox.SingleAsync(e => e.RequestId == request));

    /// <summary>A verdict is recorded after the call: waits for that.</summary>
    private static async Task<OutboxEntry> WaitForAsync(GenerationHost host, Guid request, OutboxState state)
    {
        while (true)
        {
            var entry = await EntryAsync(host, request);
            if (entry.State == state && entry.ClaimedBy is null) return entry;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_delivery_is_recorded()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var accepted = await host.AcceptAsync("web:a", "a cat");
        var shown = await host.Deliverer.NextAsync();
        Assert.NotNull(shown.Entry.AttemptStartedAt);
        var entry = await WaitForAsync(host, accepted.Id, OutboxState.Delivered);
        Assert.Equal((1, null, "test:web:a"), (entry.Attempts, entry.AttemptStartedAt, entry.Address));
        Assert.NotNull(entry.DeliveredAt);
        Assert.False(host.Deliverer.HasMore);
    }

    [Fact]
    public async Task A_delivery_that_fails_or_throws_is_tried_again_and_nothing_is_drawn_for_it()
    {
        var (engine, deliverer) = (new FakeEngine(), new FakeDeliverer());
        deliverer.Verdict = (s, _) => s.Entry.Attempts switch
        {
            1 => Say(new DeliveryVerdict.TryAgain("busy")),
            2 => throw new InvalidOperationException("broken"),
            _ => Say(new DeliveryVerdict.Delivered()),
        };
        await using var host = await GenerationHost.StartAsync(Data, engine, deliverer);
        var accepted = await host.AcceptAsync("web:a", "a cat");
        await deliverer.NextAsync();
        var third = await deliverer.NextAsync();
        Assert.Equal((3, "broken", false), (third.Entry.Attempts, third.Entry.LastError, third.IsRetry));
        await WaitForAsync(host, accepted.Id, OutboxState.Delivered);
        Assert.Single(engine.Prompts);
    }

    [Fact]
    public async Task What_the_platform_never_takes_is_abandoned()
    {
        var deliverer = new FakeDeliverer { Verdict = (_, _) => Say(new DeliveryVerdict.GiveUp("the channel is gone")) };
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), deliverer);
        var accepted = await host.AcceptAsync("web:a", "a cat");
        await deliverer.NextAsync();
        Assert.Equal("the channel is gone", (await WaitForAsync(host, accepted.Id, OutboxState.Abandoned)).LastError);
    }

    [Fact]
    public async Task What_was_tried_for_long_enough_is_abandoned()
    {
        var deliverer = new FakeDeliverer { Verdict = (_, _) => Say(new DeliveryVerdict.TryAgain("busy")) };
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), deliverer, [("Outbox:RetrySeconds", 0.01)]);
        await host.Queue.SetPausedAsync(false);
        var accepted = await host.AcceptAsync("web:a", "a cat");
        await deliverer.NextAsync();
        await host.Database.WriteAsync(db => db.Outbox.ExecuteUpdateAsync(set => set.SetProperty(e => e.PendingSince, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc))));
        Assert.Equal("busy", (await WaitForAsync(host, accepted.Id, OutboxState.Abandoned)).LastError);
    }

    [Fact]
    public async Task What_waits_for_its_user_goes_out_to_the_address_at_hand()
    {
        var deliverer = new FakeDeliverer { Verdict = (_, _) => Say(new DeliveryVerdict.WaitsForUser()) };
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), deliverer);
        var accepted = await host.AcceptAsync("web:a", "a cat");
        await deliverer.NextAsync();
        await WaitForAsync(host, accepted.Id, OutboxState.Waiting);
        var door = host.Get<OutboxDoor>();
        Assert.Equal(0, await door.ReleaseAsync("web:b", "test:elsewhere"));
        deliverer.Verdict = (_, _) => Say(new DeliveryVerdict.Delivered());
        Assert.Equal(1, await door.ReleaseAsync("web:a", "test:here"));
        Assert.Equal("test:here", (await deliverer.NextAsync()).Entry.Address);
        await WaitForAsync(host, accepted.Id, OutboxState.Delivered);
        Assert.Equal(0, await door.ReleaseAsync("web:a", "test:here"));
        Assert.False(await door.ReleaseRequestAsync(accepted.Id, "test:here"));
    }

    [Fact]
    public async Task One_request_is_released_by_itself()
    {
        var deliverer = new FakeDeliverer { Verdict = (_, _) => Say(new DeliveryVerdict.WaitsForUser()) };
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), deliverer);
        var one = await host.AcceptAsync("web:a", "one");
        var two = await host.AcceptAsync("web:a", "two");
        await WaitForBothAsync();
        deliverer.Verdict = (_, _) => Say(new DeliveryVerdict.Delivered());
        Assert.True(await host.Get<OutboxDoor>().ReleaseRequestAsync(two.Id, "test:here"));
        Assert.Equal(two.Id, (await deliverer.NextAsync()).Request.Id);
        Assert.Equal(OutboxState.Waiting, (await EntryAsync(host, one.Id)).State);

        async Task WaitForBothAsync()
        {
            await deliverer.NextAsync();
            await deliverer.NextAsync();
            await WaitForAsync(host, one.Id, OutboxState.Waiting);
            await WaitForAsync(host, two.Id, OutboxState.Waiting);
        }
    }

    [Fact]
    public async Task A_users_results_come_in_order_and_others_do_not_wait_for_them()
    {
        var deliverer = new FakeDeliverer();
        var gate = new TaskCompletionSource<DeliveryVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        deliverer.Verdict = (s, _) => s.Request.Prompt == "a0" ? gate.Task : Say(new DeliveryVerdict.Delivered());
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), deliverer);
        await host.AcceptAsync("web:a", "a0");
        Assert.Equal("a0", (await deliverer.NextAsync()).Request.Prompt);
        await host.AcceptAsync("web:a", "a1");
        await host.AcceptAsync("web:b", "b0");
        Assert.Equal("b0", (await deliverer.NextAsync()).Request.Prompt);
        gate.SetResult(new DeliveryVerdict.Delivered());
        Assert.Equal("a1", (await deliverer.NextAsync()).Request.Prompt);
    }

    [Fact]
    public async Task What_was_not_delivered_goes_out_after_a_restart_and_is_drawn_once()
    {
        var engine = new FakeEngine();
        Guid id;
        var hanging = new FakeDeliverer { Verdict = async (_, cancel) => await Never(cancel) };
        await using (var host = await GenerationHost.StartAsync(Data, engine, hanging))
        {
            id = (await host.AcceptAsync("web:a", "a cat")).Id;
            await hanging.NextAsync();
            // The process ends in the middle of the call: nobody knows whether it was shown.
        }
        await using var next = await GenerationHost.StartAsync(Data, engine);
        var shown = await next.Deliverer.NextAsync();
        Assert.Equal((id, true, 2), (shown.Request.Id, shown.IsRetry, shown.Entry.Attempts));
        await WaitForAsync(next, id, OutboxState.Delivered);
        Assert.Single(engine.Prompts);
    }

    [Fact]
    public async Task A_crash_in_the_call_is_tried_again_once_its_lease_is_over_and_a_crash_before_it_is_no_retry()
    {
        await using (var host = await GenerationHost.StartAsync(Data, new FakeEngine(), new FakeDeliverer { Verdict = (_, _) => Say(new DeliveryVerdict.WaitsForUser()) }))
        {
            foreach (var user in new[] { "web:a", "web:b" })
            {
                var accepted = await host.AcceptAsync(user, user);
                await host.Deliverer.NextAsync();
                await WaitForAsync(host, accepted.Id, OutboxState.Waiting);
            }
            var past = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
            await host.Database.WriteAsync(async db =>
            {
                await db.Outbox.ExecuteUpdateAsync(set => set.SetProperty(e => e.State, OutboxState.Pending));
                await db.Outbox.Where(e => e.UserId == "web:a").ExecuteUpdateAsync(set => set
                    .SetProperty(e => e.ClaimedBy, "dead").SetProperty(e => e.ClaimedUntil, past).SetProperty(e => e.AttemptStartedAt, past));
            });
        }
        await using var next = await GenerationHost.StartAsync(Data, new FakeEngine());
        var shown = new[] { await next.Deliverer.NextAsync(), await next.Deliverer.NextAsync() };
        Assert.Equal([("web:a", true), ("web:b", false)], shown.Select(s => (s.Entry.UserId, s.IsRetry)).Order());
    }

    private static async Task<DeliveryVerdict> Never(CancellationToken cancel)
    {
        await Task.Delay(Timeout.Infinite, cancel);
        return new DeliveryVerdict.Delivered();
    }
}

public sealed class OutboxOnSqlite : OutboxTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class OutboxOnPostgres(PostgresServer server) : OutboxTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();

    [Fact]
    public async Task Two_hosts_deliver_each_result_once()
    {
        var deliverer = new FakeDeliverer();
        await using var one = await GenerationHost.StartAsync(Data, new FakeEngine(), deliverer);
        await using var two = await GenerationHost.StartAsync(Data, new FakeEngine(), deliverer);
        var ids = new List<Guid>();
        for (var i = 0; i < 20; i++) ids.Add((await (i % 2 == 0 ? one : two).AcceptAsync($"web:{i % 5}", $"picture {i}")).Id);
        var shown = new List<Guid>();
        for (var i = 0; i < 20; i++) shown.Add((await deliverer.NextAsync()).Request.Id);
        Assert.Equal(ids.Order(), shown.Order());
        Assert.False(deliverer.HasMore);
    }
}
