using DiffusionBot.Engine;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;

namespace DiffusionBot.Generation.Tests.Jobs;

public abstract class AcceptanceTests : OnBoth
{
    [Fact]
    public async Task The_same_message_twice_is_one_request()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine { IsGated = true });
        var request = GenerationHost.Request("web:a", "a cat");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.Queue.AcceptAsync(request)));
        var first = Assert.IsType<Acceptance.Accepted>(answers[0]);
        Assert.All(answers, a => Assert.Equal((first.Id, first.Code), (((Acceptance.Accepted)a).Id, ((Acceptance.Accepted)a).Code)));
        Assert.Equal(1, await host.Queue.LengthAsync());
        // Another's message of the same id is another message.
        var others = Assert.IsType<Acceptance.Accepted>(await host.Queue.AcceptAsync(request with { UserId = "web:b" }));
        Assert.NotEqual(first.Id, others.Id);
    }

    [Fact]
    public async Task Limits_are_told_with_their_numbers()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine { IsGated = true }, settings:
            [("Limits:PendingPerUser", 2), ("Limits:DailyPictures", 5), ("Limits:QueueLength", 3), ("Limits:MaxEdge", 512), ("Limits:MaxSteps", 30), ("Limits:MaxPictures", 3)]);
        await host.Queue.SetPausedAsync(true);
        async Task<Acceptance> Ask(string user, ImageRequest image) => await host.Queue.AcceptAsync(GenerationHost.Request(user, "a cat", image));
        var small = new ImageRequest { Width = 64, Height = 64, Steps = 1 };
        Assert.Equal(new Acceptance.Refused(RequestLimit.Edge, 512, 520), await Ask("a", small with { Height = 520 }));
        Assert.Equal(new Acceptance.Refused(RequestLimit.Steps, 30, 31), await Ask("a", small with { Steps = 31 }));
        Assert.Equal(new Acceptance.Refused(RequestLimit.Pictures, 3, 4), await Ask("a", small with { BatchCount = 2, BatchSize = 2 }));
        Assert.IsType<Acceptance.Accepted>(await Ask("a", small with { BatchCount = 3 }));
        Assert.Equal(new Acceptance.Refused(RequestLimit.DailyPictures, 5, 3), await Ask("a", small with { BatchCount = 3 }));
        Assert.IsType<Acceptance.Accepted>(await Ask("a", small with { BatchCount = 2 }));
        Assert.Equal(new Acceptance.Refused(RequestLimit.Pending, 2, 2), await Ask("a", small));
        Assert.IsType<Acceptance.Accepted>(await Ask("b", small));
        Assert.Equal(new Acceptance.Refused(RequestLimit.QueueLength, 3, 3), await Ask("c", small));
        Assert.Equal(3, await host.Queue.LengthAsync());
    }

    [Fact]
    public async Task What_a_place_allows_goes_before_what_everybody_may_and_a_users_own_number_before_both()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine { IsGated = true }, settings:
            [("Limits:PendingPerUser", 1), ("Limits:DailyPictures", 2), ("Limits:MaxEdge", 64), ("Limits:MaxSteps", 10), ("Limits:MaxPictures", 1)]);
        await host.Queue.SetPausedAsync(true);
        var more = new RequestLimits { Pending = 2, DailyPictures = 8, MaxEdge = 4096, MaxSteps = 1000, MaxPictures = 3 };
        async Task<Acceptance> Ask(string user, ImageRequest image, RequestLimits? limits) =>
            await host.Queue.AcceptAsync(GenerationHost.Request(user, "a cat", image) with { Limits = limits });
        var small = new ImageRequest { Width = 64, Height = 64, Steps = 1 };
        Assert.IsType<Acceptance.Accepted>(await Ask("a", small with { Width = 2048, Steps = 150, BatchCount = 3 }, more));
        Assert.Equal(new Acceptance.Refused(RequestLimit.Edge, 2048, 2056), await Ask("a", small with { Width = 2056 }, more));
        Assert.Equal(new Acceptance.Refused(RequestLimit.Steps, 150, 151), await Ask("a", small with { Steps = 151 }, more));
        Assert.Equal(new Acceptance.Refused(RequestLimit.Pictures, 3, 4), await Ask("a", small with { BatchSize = 4 }, more));
        Assert.Equal(new Acceptance.Refused(RequestLimit.Steps, 150, 151), host.Queue.LimitOf(new DrawingOrder { Image = small with { Steps = 151 } }, more));
        // Without them the same user may what everybody may, and so does who has some numbers for the others.
        Assert.Equal(new Acceptance.Refused(RequestLimit.Pending, 1, 1), await Ask("a", small, null));
        Assert.Equal(new Acceptance.Refused(RequestLimit.Steps, 10, 11), await Ask("a", small with { Steps = 11 }, new RequestLimits { Pending = 2 }));
        Assert.IsType<Acceptance.Accepted>(await Ask("a", small with { BatchCount = 3 }, more));
        Assert.Equal(new Acceptance.Refused(RequestLimit.Pending, 2, 2), await Ask("a", small, more));
        Assert.Equal(new Acceptance.Refused(RequestLimit.DailyPictures, 8, 6), await Ask("a", small with { BatchCount = 3 }, more with { Pending = 3 }));
        await host.Get<UserDirectory>().SetDailyPicturesAsync("a", 6);
        Assert.Equal(new Acceptance.Refused(RequestLimit.DailyPictures, 6, 6), await Ask("a", small, more with { Pending = 3 }));
        Assert.Equal(new Acceptance.Refused(RequestLimit.Pending, 0, 0), await Ask("b", small, new RequestLimits { Pending = -1 }));
    }

    [Fact]
    public async Task A_user_may_have_a_number_of_their_own_or_be_blocked()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine { IsGated = true }, settings: [("Limits:DailyPictures", 1)]);
        var users = host.Get<UserDirectory>();
        await users.SetDailyPicturesAsync("a", 2);
        await host.AcceptAsync("a", "one");
        var second = await host.AcceptAsync("a", "two");
        Assert.Equal(new Acceptance.Refused(RequestLimit.DailyPictures, 2, 2), await host.Queue.AcceptAsync(GenerationHost.Request("a", "three")));
        // What was called off was not drawn.
        Assert.True(await host.Queue.CancelAsync(second.Id));
        Assert.Equal(1, await users.PicturesTodayAsync("a"));
        await host.AcceptAsync("a", "three");
        await users.SetBlockedAsync("b", true);
        Assert.Equal(RequestLimit.Blocked, Assert.IsType<Acceptance.Refused>(await host.Queue.AcceptAsync(GenerationHost.Request("b", "one"))).Limit);
        await users.SetBlockedAsync("b", false);
        await host.AcceptAsync("b", "one");
    }

    [Fact]
    public async Task A_thousand_at_once_are_all_answered_while_one_is_drawn_and_none_is_lost()
    {
        const int Many = 1000;
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine, settings: [("Limits:QueueLength", 700)]);
        await host.AcceptAsync("web:first", "first");
        var first = await engine.NextAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(i => Task.Run(() => host.Queue.AcceptAsync(GenerationHost.Request($"web:{i % 97}", $"picture {i}")))));
        var accepted = answers.OfType<Acceptance.Accepted>().ToList();
        Assert.Equal(700, accepted.Count);
        Assert.All(answers.OfType<Acceptance.Refused>(), r => Assert.Equal(new Acceptance.Refused(RequestLimit.QueueLength, 700, 700), r));
        Assert.Equal(700, accepted.Select(a => a.Code).Distinct().Count());
        Assert.False(first.Result.IsCompleted);
        Assert.Equal(701, await host.Queue.LengthAsync());
        var waiting = await host.Queue.WaitingAsync(take: 1000);
        Assert.Equal(accepted.Select(a => a.Id).Order(), waiting.Skip(1).Select(w => w.Request.Id).Order());
        Assert.Equal(Enumerable.Range(0, 700), waiting.Skip(1).Select(w => w.Standing.Ahead));
        Assert.Equal(700, waiting.Skip(1).Select(w => w.Request.VirtualTime).Distinct().Count());
        first.Finish();
    }

    [Fact]
    public async Task A_request_without_a_seed_is_given_one_so_that_drawn_again_it_is_the_same()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        await host.AcceptAsync("web:a", "a cat", new ImageRequest { Width = 16, Height = 16, Steps = 1 });
        Assert.InRange((await host.Deliverer.NextAsync()).Request.Pictures[0].Seed, 0, uint.MaxValue);
    }

    [Fact]
    public async Task Text_that_a_database_refuses_is_kept_all_the_same()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        await host.AcceptAsync("web:a", "a\0 cat \ud83d and 🐈\ud800");
        var request = (await host.Deliverer.NextAsync()).Request;
        Assert.Equal("a cat \ufffd and 🐈\ufffd", request.Text);
        Assert.Equal(request.Text, Assert.Single(request.Pictures).Prompt);
    }
}

public sealed class AcceptanceOnSqlite : AcceptanceTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class AcceptanceOnPostgres(PostgresServer server) : AcceptanceTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();
}
