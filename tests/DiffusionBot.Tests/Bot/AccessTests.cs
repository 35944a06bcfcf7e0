using DiffusionBot.Chat;

namespace DiffusionBot.Tests.Bot;

/// <summary>Who may do what with whose pictures, and who hears that they may not.</summary>
public sealed class AccessTests(TestBot bot) : IClassFixture<TestBot>
{
    [Fact]
    public async Task What_stands_open_before_somebody_they_may_work_with_but_not_take_away()
    {
        var (owner, other) = (bot.Somebody("en"), bot.Somebody("en"));
        var drawn = await owner.DrawAsync("a cat --seed 4");
        var open = drawn.AsAnswered() with { IsOpen = true };
        Assert.Equal("4", (await other.DrawAsync("--steps 2", open)).InfotextOf().Value("Seed"));
        Assert.StartsWith("a cat\n", (await other.DrawAsync($"again {drawn.Reference!.ToLowerInvariant()}", open)).Infotext, StringComparison.Ordinal);
        Assert.Equal(drawn.Infotext, (await other.SayAsync("info", open)).Infotext);
        var kept = await other.SayAsync($"delete {drawn.Reference}", open);
        Assert.Equal(($"{drawn.Reference} is not yours.", true), (kept.Text, kept.IsEphemeral));
        Assert.Contains("ended already", (await owner.SayAsync($"cancel {drawn.Reference}")).Text, StringComparison.Ordinal);
        // What is open is that one alone, and only while it is answered.
        var another = await owner.DrawAsync("a dog");
        foreach (var answer in new[] { await other.SayAsync($"again {another.Reference}", open), await other.SayAsync($"again {drawn.Reference}"), await other.SayAsync("again", drawn.AsAnswered()) })
        {
            Assert.False(answer.IsPromise);
            Assert.Empty(answer.Pictures);
        }
    }

    [Theory]
    [InlineData("again K7Q2M9")]
    [InlineData("delete K7Q2M9")]
    [InlineData("cancel K7Q2M9")]
    [InlineData("collect K7Q2M9")]
    [InlineData("a cat --steps 100")]
    [InlineData("a cat --size 4096x64")]
    [InlineData("a naked schoolgirl")]
    public async Task A_refusal_is_for_the_one_who_asked(string said)
    {
        var answer = await bot.Somebody("en").SayAsync(said);
        Assert.True(answer.IsEphemeral, answer.Text);
        Assert.False(answer.IsPromise);
    }

    [Fact]
    public async Task What_a_place_allows_its_author_is_what_they_are_told()
    {
        var user = bot.Somebody("en");
        ChatMessage Allowed(ChatMessage message) => message with { Limits = new ChatLimits { MaxSteps = 2, MaxPictures = 9 } };
        Assert.Equal("3 steps are too many here; at most 2.", (await user.SayAsync(Allowed, "a cat --steps 3")).Text);
        Assert.True((await user.SayAsync(Allowed, "a cat --steps 2 --n 5")).IsPromise);
        Assert.Equal(5, (await user.HearAsync()).Pictures.Count);
    }

    [Fact]
    public async Task Only_what_is_still_to_come_is_promised()
    {
        var user = bot.Somebody("en");
        Assert.True((await user.SayAsync("a cat", id: "once")).IsPromise);
        var drawn = await user.HearAsync();
        var again = await user.SayAsync("a cat", id: "once");
        Assert.Equal((drawn.Reference, false, 0), (again.Reference, again.IsPromise, again.Choices.Count));
        Assert.Contains("drawn already", again.Text, StringComparison.Ordinal);
    }
}
