using DiffusionBot.Chat;

namespace DiffusionBot.Tests.Bot;

/// <summary>What adapters are told of a result besides its text and pictures.</summary>
public sealed class ResultTests(TestBot bot) : IClassFixture<TestBot>
{
    [Fact]
    public async Task Facts_are_named_in_the_readers_language_and_the_text_still_begins_with_them()
    {
        var english = await bot.Somebody("en").DrawAsync("a cat --seed 5 --size 96x64");
        Assert.Equal([new("seed", "5"), new("size", "96x64"), new("model", "emoji-3d")], english.Facts.Take(3));
        Assert.Equal("time", english.Facts[3].Name);
        Assert.Matches(@"^\d+\.\d s$", english.Facts[3].Value);
        Assert.Equal($"{english.Reference} · 96x64 · seed 5 · emoji-3d", english.Text.Split('\n')[0]);
        Assert.Equal("", english.Notes);
        var chinese = await bot.Somebody().DrawAsync("一只猫 --种子 8 --张数 2");
        Assert.Equal(["种子", "尺寸", "模型", "用时"], chinese.Facts.Select(fact => fact.Name));
        Assert.Equal("8–9", chinese.Facts[0].Value);
    }

    [Fact]
    public async Task A_result_that_is_asked_for_elsewhere_is_no_answer_to_what_asked_first()
    {
        var user = bot.Somebody();
        var promise = await user.SayAsync("一只猫");
        Assert.True((await user.DeliveryAsync()).IsAnswer);
        var elsewhere = $"{user.Id}-elsewhere";
        await bot.SayAsync(new ChatMessage(bot.NextMessageId(), new ChatAddress(elsewhere), new ChatAuthor(user.Id), "zh", $"取 {promise.Reference}", []) { TakesPictures = false });
        Assert.False((await bot.HearAsync(elsewhere)).IsAnswer);
    }

    [Fact]
    public async Task What_is_deleted_is_told_so_that_it_can_be_taken_away()
    {
        var user = bot.Somebody();
        var drawn = await user.DrawAsync("一只猫");
        var deleted = await user.SayAsync(drawn.Choice("delete"));
        Assert.Equal((drawn.Reference, true), (deleted.Reference, deleted.IsGone));
    }
}
