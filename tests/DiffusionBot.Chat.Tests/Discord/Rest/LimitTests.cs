using System.Net;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.FakeDiscord.Rest;

namespace DiffusionBot.Chat.Tests.Discord.Rest;

/// <summary>Discord's limits (topics/rate-limits).</summary>
public sealed class LimitTests
{
    private const string Say = "POST /channels/{channel}/messages";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_calls_at_once_keep_within_the_limit_that_Discord_tells()
    {
        await using var bench = await RestBench.StartAsync();
        var other = bench.Guild.AddChannel("others");
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => bench.SayAsync($"{i}", i % 2 == 0 ? bench.Channel : other)));
        Assert.All(bench.Answers(Say), status => Assert.Equal(200, status));
        Assert.Equal(20, bench.Channel.Messages.Count);
        Assert.Equal(20, other.Messages.Count);
    }

    [Fact]
    public async Task Routes_that_name_one_bucket_share_it_per_channel()
    {
        await using var bench = await RestBench.StartAsync();
        bench.Discord.Limit(Say, 3, TimeSpan.FromSeconds(4), "same");
        bench.Discord.Limit("POST /channels/{channel}/typing", 3, TimeSpan.FromSeconds(4), "same");
        await bench.SayAsync("first");
        await bench.SendAsync(DiscordRoute.Typing(bench.Channel.Id));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? bench.SayAsync($"{i}") : bench.SendAsync(DiscordRoute.Typing(bench.Channel.Id))));
        Assert.DoesNotContain(429, bench.Discord.Calls.All.Select(c => c.Status));
        Assert.Equal(22, bench.Discord.Calls.All.Count);
    }

    [Fact]
    public async Task Fifty_calls_a_second_and_interactions_besides()
    {
        await using var bench = await RestBench.StartAsync();
        var began = bench.Clock.GetUtcNow();
        await Task.WhenAll(Enumerable.Range(0, 120).Select(_ => bench.SendAsync(DiscordRoute.Me)));
        Assert.DoesNotContain(429, bench.Discord.Calls.All.Select(c => c.Status));
        Assert.True(bench.Clock.GetUtcNow() - began >= TimeSpan.FromSeconds(2), "120 calls took less than two seconds");
    }

    [Theory]
    [InlineData("user", false)]
    [InlineData("shared", false)]
    [InlineData("global", true)]
    public async Task A_429_is_waited_for_where_it_counts(string scope, bool forAll)
    {
        var clock = new WatchedClock();
        var asked = new List<string>();
        using var rest = CallTests.Scripted(
            request =>
            {
                lock (asked) asked.Add(request.RequestUri!.AbsolutePath[^2..]);
                if (asked.Count > 1) return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}") };
                var answer = new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Content = new StringContent($$"""{"message":"limited","retry_after":7.25,"global":{{(forAll ? "true" : "false")}}}""") };
                answer.Headers.TryAddWithoutValidation("Retry-After", "8");
                answer.Headers.TryAddWithoutValidation("X-RateLimit-Scope", scope);
                return answer;
            },
            clock);
        var first = rest.SendAsync(DiscordRoute.GetChannel(11), Cancel);
        await clock.BeginsAsync(7.25);
        var other = rest.SendAsync(DiscordRoute.GetChannel(22), Cancel);
        if (forAll) await clock.BeginsAsync(7.25);
        else await other;
        clock.Advance(TimeSpan.FromSeconds(7.25));
        await Task.WhenAll(first, other);
        string[] expected = forAll ? ["11", "11", "22"] : ["11", "22", "11"];
        Assert.Equal(expected, forAll ? asked.Order(StringComparer.Ordinal) : asked);
    }

    [Fact]
    public async Task Who_does_not_want_to_wait_is_told_when_to_come_again()
    {
        await using var bench = await RestBench.StartAsync();
        bench.Discord.Fail(Say, 1, Failure.Limited(TimeSpan.FromSeconds(60)));
        var call = new DiscordCall(DiscordRoute.Say(bench.Channel.Id)) { Body = RestBench.Message("x"), LongestWait = TimeSpan.Zero };
        var error = await bench.FailsAsync(() => bench.Rest.SendAsync(call, Cancel));
        Assert.Equal((429, TimeSpan.FromSeconds(60)), (error.Status, error.RetryAfter));
        error = await bench.FailsAsync(() => bench.Rest.SendAsync(call, Cancel));
        Assert.Equal(429, error.Status);
        Assert.NotNull(error.RetryAfter);
        Assert.Single(bench.Answers(Say));
    }

    [Fact]
    public async Task Refusals_are_counted_and_stop_all_before_Discord_does()
    {
        var (status, asked) = (HttpStatusCode.Forbidden, 0);
        var clock = new WatchedClock();
        using var rest = CallTests.Scripted(
            _ =>
            {
                Interlocked.Increment(ref asked);
                var answer = new HttpResponseMessage(status) { Content = new StringContent("""{"message":"no","code":50001,"retry_after":0}""") };
                if (status == HttpStatusCode.TooManyRequests) answer.Headers.TryAddWithoutValidation("X-RateLimit-Scope", "shared");
                return answer;
            },
            clock);
        async Task FailAsync(int i) => await Assert.ThrowsAsync<DiscordException>(() => rest.SendAsync(new DiscordCall(DiscordRoute.GetOriginal((ulong)i, "t")) { LongestWait = TimeSpan.Zero }, Cancel));
        for (var i = 0; i < 4999; i++) await FailAsync(i);
        status = HttpStatusCode.TooManyRequests;
        await FailAsync(9);   // a shared limit is nobody's fault
        status = HttpStatusCode.Forbidden;
        clock.Advance(TimeSpan.FromMinutes(1));
        var before = asked;
        await FailAsync(9);
        Assert.Equal(++before, asked);
        var error = await Assert.ThrowsAsync<DiscordException>(() => rest.SendAsync(DiscordRoute.Me, Cancel));
        Assert.Equal((429, TimeSpan.FromMinutes(9)), (error.Status, error.RetryAfter));
        Assert.Equal(before, asked);
        clock.Advance(TimeSpan.FromMinutes(9));
        await FailAsync(10);
        Assert.Equal(before + 1, asked);
    }

    [Fact]
    public async Task Of_answers_in_another_order_the_lowest_count_is_believed()
    {
        var clock = new WatchedClock();
        using var bucket = new RateBucket(clock);
        static RateHeaders Left(int remaining, double reset = 100) => new("b", 5, remaining, reset, TimeSpan.FromSeconds(10));
        var later = clock.GetUtcNow() + TimeSpan.FromMinutes(1);
        Assert.True(await bucket.EnterAsync(later, Cancel));
        bucket.Leave(Left(4));
        for (var i = 0; i < 2; i++) Assert.True(await bucket.EnterAsync(later, Cancel));
        bucket.Leave(Left(2));
        bucket.Leave(Left(3));
        for (var i = 0; i < 2; i++) Assert.True(await bucket.EnterAsync(later, Cancel));
        await Assert.ThrowsAsync<TimeoutException>(() => bucket.EnterAsync(clock.GetUtcNow() + TimeSpan.FromSeconds(5), Cancel));
        // The window ends while two are on their way: they may fall into the next one.
        clock.Advance(TimeSpan.FromSeconds(11));
        for (var i = 0; i < 3; i++) Assert.True(await bucket.EnterAsync(clock.GetUtcNow() + TimeSpan.FromSeconds(5), Cancel));
        var waiting = bucket.EnterAsync(clock.GetUtcNow() + TimeSpan.FromSeconds(5), Cancel);
        Assert.False(waiting.IsCompleted);
        bucket.Leave(null);
        Assert.True(await waiting);
    }

    [Fact]
    public async Task Who_waits_while_a_bucket_gets_its_name_waits_there()
    {
        var clock = new WatchedClock();
        var limits = new RateLimits(50, clock);
        var (say, typing) = (DiscordRoute.Say(1), DiscordRoute.Typing(1));
        RateHeaders Left(int remaining) => new("same", 5, remaining, 100, TimeSpan.FromSeconds(4));
        limits.Leave(say, await limits.EnterAsync(say, clock.GetUtcNow(), Cancel), Left(2));
        var first = await limits.EnterAsync(typing, clock.GetUtcNow(), Cancel);
        var waiting = limits.EnterAsync(typing, clock.GetUtcNow() + TimeSpan.FromSeconds(1), Cancel);
        Assert.False(waiting.IsCompleted);
        limits.Leave(typing, first, Left(1));
        await waiting;
        // That was the last one, for both.
        await Assert.ThrowsAsync<TimeoutException>(() => limits.EnterAsync(say, clock.GetUtcNow() + TimeSpan.FromSeconds(1), Cancel));
        await Assert.ThrowsAsync<TimeoutException>(() => limits.EnterAsync(typing, clock.GetUtcNow() + TimeSpan.FromSeconds(1), Cancel));
        await limits.EnterAsync(DiscordRoute.Say(2), clock.GetUtcNow(), Cancel);
    }

    [Fact]
    public async Task Buckets_of_interactions_are_forgotten()
    {
        var clock = new WatchedClock();
        var limits = new RateLimits(50, clock);
        for (var i = 0; i < 5000; i++)
        {
            var route = DiscordRoute.EditOriginal(1, $"token-{i}");
            var bucket = await limits.EnterAsync(route, clock.GetUtcNow(), Cancel);
            limits.Leave(route, bucket, new RateHeaders("b", 5, 4, i, TimeSpan.FromSeconds(2)));
            clock.Advance(TimeSpan.FromMilliseconds(10));
        }
        Assert.InRange(limits.Count, 1, 2100);
    }
}
