using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Tests.Outbox;

/// <summary>Replies that are not delivered but taken, in a place that speaks only when spoken to.</summary>
public abstract class TakingTests : OnBoth
{
    private readonly FakeDeliverer silent = new() { Verdict = (_, _) => Task.FromResult<DeliveryVerdict>(new DeliveryVerdict.WaitsForUser()) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_waits_for_a_result_is_told_when_it_waits_and_takes_it_once()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), silent);
        var door = host.Get<OutboxDoor>();
        await host.Queue.SetPausedAsync(true, Cancel);
        var accepted = await host.AcceptAsync("w:a", "a cat");
        var waiting = door.UntilAnyAsync("w:a", accepted.Code, Cancel);
        Assert.Empty(await door.TakeAsync("w:a", null, 8, Cancel));
        await host.Queue.SetPausedAsync(false, Cancel);
        await waiting;
        Assert.True(await door.WaitsAsync("w:a", accepted.Code, Cancel));
        Assert.Equal(1, await door.CountAsync("w:a", Cancel));
        var takers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => door.TakeAsync("w:a", accepted.Code, 8, Cancel)));
        var taken = Assert.Single(takers.SelectMany(t => t));
        Assert.Equal((accepted.Id, false, 1), (taken.Entry.RequestId, taken.IsRetry, taken.Entry.Request!.Pictures.Count));
        Assert.Equal(0, await door.CountAsync("w:a", Cancel));
        await door.ShownAsync(taken.Entry.Id, taken.Entry.ClaimedBy!);
        Assert.Equal(OutboxState.Delivered, (await EntryAsync(host, taken.Entry.Id)).State);
    }

    [Fact]
    public async Task What_was_taken_and_not_shown_waits_again_and_is_no_retry()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), silent);
        var door = host.Get<OutboxDoor>();
        var accepted = await host.AcceptAsync("w:a", "a cat");
        await door.UntilAnyAsync("w:a", accepted.Code, Cancel);
        var first = Assert.Single(await TakeSettledAsync(host, accepted.Code));
        await door.ReturnAsync(first.Entry.Id, first.Entry.ClaimedBy!, "w:a");
        var second = Assert.Single(await door.TakeAsync("w:a", null, 8, Cancel));
        Assert.Equal((first.Entry.Id, false), (second.Entry.Id, second.IsRetry));
        // Who took it before has no more to say.
        await door.ShownAsync(first.Entry.Id, first.Entry.ClaimedBy!);
        Assert.Equal(OutboxState.Pending, (await EntryAsync(host, first.Entry.Id)).State);
    }

    [Fact]
    public async Task What_was_taken_by_a_process_that_died_waits_again_and_says_so()
    {
        Guid entry;
        await using (var host = await GenerationHost.StartAsync(Data, new FakeEngine(), silent))
        {
            var accepted = await host.AcceptAsync("w:a", "a cat");
            await host.Get<OutboxDoor>().UntilAnyAsync("w:a", accepted.Code, Cancel);
            await silent.NextAsync();
            entry = Assert.Single(await TakeSettledAsync(host, accepted.Code)).Entry.Id;
            // On Postgres others wait until its lease is over.
            await host.Database.WriteAsync(db => db.Outbox.ExecuteUpdateAsync(set => set.SetProperty(e => e.ClaimedUntil, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc))));
        }
        await using var next = await GenerationHost.StartAsync(Data, new FakeEngine(), silent);
        Assert.True((await silent.NextAsync()).IsRetry);
        var code = (await EntryAsync(next, entry)).Request!.Code;
        await next.Get<OutboxDoor>().UntilAnyAsync("w:a", code, Cancel);
        Assert.Equal(entry, Assert.Single(await TakeSettledAsync(next, code)).Entry.Id);
    }

    [Fact]
    public async Task Several_are_taken_oldest_first_and_no_more_than_asked()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), silent);
        var door = host.Get<OutboxDoor>();
        var codes = new List<string>();
        foreach (var prompt in new[] { "one", "two", "three" })
        {
            codes.Add((await host.AcceptAsync("w:a", prompt)).Code);
            await door.UntilAnyAsync("w:a", codes[^1], Cancel);
        }
        await host.AcceptAsync("w:b", "somebody else's");
        Assert.Equal(codes[..2], (await door.TakeAsync("w:a", null, 2, Cancel)).Select(t => t.Entry.Request!.Code));
        Assert.Equal(codes[2..], (await door.TakeAsync("w:a", null, 2, Cancel)).Select(t => t.Entry.Request!.Code));
    }

    [Fact]
    public async Task Parts_that_were_shown_are_known_at_the_next_try()
    {
        GenerationHost? host = null;
        var deliverer = new FakeDeliverer();
        deliverer.Verdict = async (seen, _) =>
        {
            if (seen.Entry.Attempts > 1) return new DeliveryVerdict.Delivered();
            await host!.Get<OutboxDoor>().PartsShownAsync(seen.Entry, 2);
            return new DeliveryVerdict.TryAgain("busy");
        };
        host = GenerationHost.Build(Data, new FakeEngine(), deliverer);
        await using var closing = host;
        await host.StartAsync();
        await host.AcceptAsync("w:a", "a cat");
        Assert.Equal(0, (await deliverer.NextAsync()).Entry.PartsShown);
        var last = await deliverer.NextAsync();
        Assert.Equal(2, last.Entry.PartsShown);
    }

    [Fact]
    public async Task A_result_can_be_owed_once_more()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var accepted = await host.AcceptAsync("w:a", "a cat");
        var first = await host.Deliverer.NextAsync();
        Assert.False(await host.Get<OutboxDoor>().SendAgainAsync(Guid.NewGuid(), "w:a", "test:w:a", Cancel));
        Assert.True(await host.Get<OutboxDoor>().SendAgainAsync(accepted.Id, "w:a", "test:there", Cancel));
        var second = await host.Deliverer.NextAsync();
        Assert.Equal((first.Entry.RequestId, "test:there"), (second.Entry.RequestId, second.Entry.Address));
        Assert.NotEqual(first.Entry.Id, second.Entry.Id);
    }

    private static Task<OutboxEntry> EntryAsync(GenerationHost host, Guid id) => host.Database.ReadAsync(db => db.Outbox.Include(e => e.Request).SingleAsync(e => e.Id == id, Cancel));

    /// <summary>Takes it, however it came to wait: it may still be in the dispatcher's hands for a moment.</summary>
    private static async Task<IReadOnlyList<TakenEntry>> TakeSettledAsync(GenerationHost host, string code)
    {
        await host.Get<OutboxDoor>().UntilAnyAsync("w:a", code, Cancel);
        return await host.Get<OutboxDoor>().TakeAsync("w:a", code, 8, Cancel);
    }
}

public sealed class TakingOnSqlite : TakingTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class TakingOnPostgres(PostgresServer server) : TakingTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();
}
