using System.Threading.Channels;
using DiffusionBot.Chat;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Imaging;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.Bot;

/// <summary>What adapters hear of requests while they are drawn.</summary>
public sealed class DrawingNewsTests(TestBot bot) : IClassFixture<TestBot>
{
    private readonly Channel<DrawingSign> heard = Channel.CreateUnbounded<DrawingSign>();

    private IDrawingNews News => bot.Services.GetRequiredService<IDrawingNews>();

    private ProgressFeed Feed => bot.Services.GetRequiredService<ProgressFeed>();

    private async Task<List<DrawingSign>> UntilAsync(string? reference, RequestStage last)
    {
        var signs = new List<DrawingSign>();
        await foreach (var sign in heard.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (sign.Reference != reference) continue;
            signs.Add(sign);
            if (sign.Stage == last) break;
        }
        return signs;
    }

    [Fact]
    public async Task A_drawing_is_told_from_its_beginning_to_its_end_with_what_is_there_already()
    {
        using var watch = News.Watch("test", sign => heard.Writer.TryWrite(sign));
        using var elsewhere = News.Watch("elsewhere", sign => Assert.Fail($"Another place's: {sign}"));
        Assert.True(Feed.IsWatched);
        var user = bot.Somebody("en");
        var promise = await user.SayAsync("a cat --steps 4");
        var signs = await UntilAsync(promise.Reference, RequestStage.Ended);
        Assert.All(signs, sign => Assert.Equal((promise.Reference, user.Id, "en", 0), (sign.Reference, sign.Address.Value, sign.Language, sign.Ahead)));
        Assert.All(signs.SkipLast(1), sign => Assert.Equal(RequestStage.Drawing, sign.Stage));
        Assert.Equal(("getting ready", "drawn"), (signs[0].Text, signs[^1].Text));
        var steps = signs.Where(sign => sign.Text.StartsWith("step ", StringComparison.Ordinal)).ToList();
        Assert.StartsWith("step 4 of 4", steps[^1].Text, StringComparison.Ordinal);
        Assert.Contains(steps, sign => sign.Text.StartsWith("step 1 of 4, about ", StringComparison.Ordinal));
        // Previews are drawn now and then; at the steps between them the latest is still told.
        Assert.NotNull(PictureReader.Decode(steps[^1].Preview!.Value).Bitmap);
        Assert.Null(signs[0].Preview);
        Assert.Null(signs[^1].Preview);
        await user.HearAsync();
    }

    [Fact]
    public async Task Nothing_is_told_once_nobody_watches()
    {
        News.Watch("test", sign => heard.Writer.TryWrite(sign)).Dispose();
        Assert.False(Feed.IsWatched);
        await bot.Somebody().DrawAsync("一只猫");
        Assert.False(heard.Reader.TryRead(out _));
    }

    [Fact]
    public async Task What_waits_is_listed_in_the_order_of_turns_and_told_when_it_is_called_off()
    {
        await using var paused = new TestBot();
        await paused.InitializeAsync();
        await paused.Services.GetRequiredService<RequestQueue>().SetPausedAsync(true, TestContext.Current.CancellationToken);
        var news = paused.Services.GetRequiredService<IDrawingNews>();
        var (english, chinese) = (paused.Somebody("en"), paused.Somebody());
        var (first, third, second) = (await english.SayAsync("a cat"), await english.SayAsync("a dog"), await chinese.SayAsync("一只猫"));
        var waiting = await news.WaitingAsync("test", 10, TestContext.Current.CancellationToken);
        Assert.Equal([first.Reference, second.Reference, third.Reference], waiting.Select(sign => sign.Reference));
        Assert.Equal([(0, "next"), (1, "前面还有 1 位"), (2, "2 ahead")], waiting.Select(sign => (sign.Ahead, sign.Text)));
        Assert.All(waiting, sign => Assert.Equal(RequestStage.Waiting, sign.Stage));
        Assert.Equal([first.Reference], (await news.WaitingAsync("test", 1, TestContext.Current.CancellationToken)).Select(sign => sign.Reference));
        Assert.Empty(await news.WaitingAsync("elsewhere", 10, TestContext.Current.CancellationToken));

        using var watch = news.Watch("test", sign => heard.Writer.TryWrite(sign));
        await chinese.SayAsync("取消");
        Assert.Equal("已取消", Assert.Single(await UntilAsync(second.Reference, RequestStage.Cancelled)).Text);
    }
}
