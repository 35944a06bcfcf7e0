using DiffusionBot.Bot;
using DiffusionBot.Chat;
using DiffusionBot.Generation.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.Bot;

/// <summary>What is suggested while somebody types.</summary>
public sealed class SuggestionTests(TestBot bot) : IClassFixture<TestBot>
{
    private Task<IReadOnlyList<Suggestion>> AskAsync(SuggestionKind kind, string typed, string language = "en", string user = "test:nobody") =>
        bot.Services.GetRequiredService<ISuggestions>().SuggestAsync(kind, typed, user, language, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(SuggestionKind.Model, "", "emoji-3d")]
    [InlineData(SuggestionKind.Model, "EMOJI 3", "emoji-3d")]
    [InlineData(SuggestionKind.Model, "emojj", "emoji-3d")]
    [InlineData(SuggestionKind.Sampler, "dpm++ 2m", "DPM++ 2M")]
    [InlineData(SuggestionKind.Sampler, "eular a", "Euler a")]
    [InlineData(SuggestionKind.Schedule, "kar", "Karras")]
    [InlineData(SuggestionKind.Preset, "你好新", "hello-new-world")]
    [InlineData(SuggestionKind.Preset, "new world", "hello-new-world")]
    public async Task The_first_is_what_was_meant(SuggestionKind kind, string typed, string expected) =>
        Assert.Equal(expected, (await AskAsync(kind, typed)).Select(one => one.Value).FirstOrDefault());

    [Fact]
    public async Task Presets_are_shown_by_title_in_the_readers_language()
    {
        Assert.Contains(await AskAsync(SuggestionKind.Preset, "", "zh-CN"), one => one is { Label: "你好新世界", Value: "hello-new-world" });
        Assert.DoesNotContain(await AskAsync(SuggestionKind.Preset, "", "en-US"), one => one.Label == "你好新世界");
        Assert.Empty(await AskAsync(SuggestionKind.Lora, ""));
    }

    [Fact]
    public async Task A_user_finds_what_waits_and_what_was_drawn_and_nobody_elses()
    {
        var (user, other) = (bot.Somebody("en"), bot.Somebody("en"));
        var drawn = await user.DrawAsync("a red apple");
        await other.DrawAsync("a red apple too");
        var queue = bot.Services.GetRequiredService<RequestQueue>();
        await queue.SetPausedAsync(true, TestContext.Current.CancellationToken);
        var waits = await user.SayAsync($"{new string('a', 89)}🍎 apple");
        Assert.Equal([new($"{drawn.Reference} · a red apple", drawn.Reference!)], await AskAsync(SuggestionKind.DrawnRequest, "", user: user.Id));
        Assert.Single(await AskAsync(SuggestionKind.DrawnRequest, "red", user: user.Id));
        Assert.Single(await AskAsync(SuggestionKind.DrawnRequest, drawn.Reference![..3].ToLowerInvariant(), user: user.Id));
        Assert.Empty(await AskAsync(SuggestionKind.DrawnRequest, "blue", user: user.Id));
        var only = Assert.Single(await AskAsync(SuggestionKind.WaitingRequest, "", user: user.Id));
        Assert.Equal(waits.Reference, only.Value);
        Assert.Equal(99, only.Label.Length);
        Assert.EndsWith("a…", only.Label, StringComparison.Ordinal);
        await user.SayAsync($"cancel {waits.Reference}");
        await queue.SetPausedAsync(false, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void What_begins_so_goes_before_what_has_it_in_it_and_that_before_what_is_spelt_like_it()
    {
        Nameable[] there = [.. new[] { "a-rose", "rise", "rose-garden", "Rose", "tulip", "" }.Select(name => new Nameable(name, name, [name]))];
        Assert.Equal(["rose-garden", "Rose", "a-rose", "rise"], NearNames.Of("rose", there).Select(one => one.Value));
        Assert.Equal(["tulip"], NearNames.Of("tuilip", there).Select(one => one.Value));
        Assert.Empty(NearNames.Of("x", there));
    }

    [Fact]
    public void Hostile_texts_are_answered_at_once()
    {
        var there = Enumerable.Range(0, 3000).Select(i => new Nameable($"{i}", $"{i}", [new string('a', 5000) + i])).ToList();
        foreach (var typed in new[] { new string('b', 6000), new string('-', 6000), "\0\ud800\udfff\u202e", "%_\\'\";", new string('a', 6000) })
            Assert.InRange(NearNames.Of(typed, there).Count, 0, 25);
    }
}
