using DiffusionBot.Generation.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.Bot;

/// <summary>What an operator's settings change in conversations.</summary>
public sealed class PlaceTests
{
    private static async Task<TestBot> StartAsync(params string[] settings)
    {
        var bot = new TestBot { With = settings };
        await bot.InitializeAsync();
        return bot;
    }

    [Fact]
    public async Task Chinese_is_translated_for_a_model_that_knows_only_English_unless_the_user_says_no()
    {
        await using var bot = await StartAsync("Translation:ReadsChinese:emoji-3d=false");
        var user = bot.Somebody();
        var answer = await user.SayAsync("红苹果，蓝色背景 <lora:红:1>");
        Assert.Contains("实际画的是：red apple, blue background", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith("red apple, blue background <lora:红:1>\n", (await user.HearAsync()).Infotext, StringComparison.Ordinal);
        Assert.StartsWith("红苹果\n", (await user.DrawAsync("红苹果 --原文")).Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_is_told_and_called_off()
    {
        await using var bot = await StartAsync("Limits:PendingPerUser=2");
        await bot.Services.GetRequiredService<RequestQueue>().SetPausedAsync(true, TestContext.Current.CancellationToken);
        var user = bot.Somebody("en");
        var (first, second) = (await user.SayAsync("a cat"), await user.SayAsync("a dog"));
        Assert.Contains("at most 2 may wait", (await user.SayAsync("a cow")).Text, StringComparison.Ordinal);
        var queue = await user.SayAsync("queue");
        Assert.Contains(first.Reference!, queue.Text, StringComparison.Ordinal);
        Assert.Contains("paused", queue.Text, StringComparison.Ordinal);
        Assert.Contains("Several are waiting", (await user.SayAsync("cancel")).Text, StringComparison.Ordinal);
        Assert.Contains($"{first.Reference} is cancelled", (await user.SayAsync($"cancel {first.Reference}")).Text, StringComparison.Ordinal);
        Assert.Contains($"{second.Reference} is cancelled", (await user.SayAsync("cancel")).Text, StringComparison.Ordinal);
        Assert.Contains("nothing waiting", (await user.SayAsync("queue")).Text, StringComparison.Ordinal);
        Assert.Contains("ended already", (await user.SayAsync($"cancel {first.Reference}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blocked_words_are_refused_without_saying_which()
    {
        await using var bot = await StartAsync("Moderation:BlockedWords:0=dragon", "Moderation:BlockedWords:1=龙");
        var user = bot.Somebody("en");
        var answer = await user.SayAsync("a (DRAGON:1.2) in the sky");
        Assert.Null(answer.Reference);
        Assert.DoesNotContain("dragon", answer.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Null((await user.SayAsync("天上的龙")).Reference);
        Assert.NotNull((await user.SayAsync("a dragonfly")).Reference);
    }

    [Fact]
    public async Task Pictures_of_some_words_are_covered_whether_they_were_written_or_drawn()
    {
        await using var bot = await StartAsync("Moderation:SpoilerWords:0=苹果", "Moderation:Places:test:SpoilerWords:0=cat", "Translation:ReadsChinese:emoji-3d=false");
        var user = bot.Somebody("en");
        Assert.True((await user.DrawAsync("红苹果")).IsSpoiler);
        Assert.True((await user.DrawAsync("猫")).IsSpoiler);
        var plain = await user.DrawAsync("a dog");
        Assert.False(plain.IsSpoiler);
        Assert.True((await user.DrawAsync("a dog and a cat")).IsSpoiler);
        Assert.False((await user.SayAsync($"collect {plain.Reference}")).IsSpoiler);
    }

    [Theory]
    [InlineData("Places:test:Defaults:stesp=3", "Places:test:Defaults: ")]
    [InlineData("Places:test:Language=fr", "Places:test:Language is \"fr\"")]
    public async Task A_setting_that_means_nothing_stops_the_start(string setting, string expected)
    {
        await using var bot = new TestBot { With = [setting] };
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(async () => await bot.InitializeAsync());
        Assert.Contains(refused.Failures, failure => failure.StartsWith(expected, StringComparison.Ordinal));
    }
}
