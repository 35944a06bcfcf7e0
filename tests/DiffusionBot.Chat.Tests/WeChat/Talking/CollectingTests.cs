using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Showing;
using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Chat.Tests.WeChat.Talking;

/// <summary>An account that may only answer.</summary>
public sealed class CollectingTests
{
    private readonly Stage stage = new(WeChatKind.Uncertified) { Bot = _ => Stage.Says(Stage.Promise("K7Q2M9")) };

    [Fact]
    public async Task A_result_that_is_there_in_time_is_the_answer_to_its_prompt()
    {
        var asking = stage.AskAsync(stage.Message("一只猫"));
        await stage.Waiting.AskedAsync;
        stage.Waiting.Add(Stage.Result("K7Q2M9"));
        var answer = await asking;
        var card = Assert.IsType<PassiveReply.News>(answer.Reply).Article;
        Assert.Equal(("K7Q2M9 · 64x64", "https://draw.example/p/K7Q2M91", "https://draw.example/p/K7Q2M91.jpg?w=640"), (card.Title, card.Url.AbsoluteUri, card.PicUrl.AbsoluteUri));
        Assert.Equal("一只猫\n点开看大图和参数；发“再来”换一张。", card.Description);
        Assert.Empty(stage.Waiting.Shown);
        await answer.WrittenAsync(true);
        Assert.Equal(["K7Q2M9"], stage.Waiting.Shown);
        Assert.True(Assert.Single(stage.Told).CollectsReplies);
        Assert.Empty(stage.Api.Calls);
    }

    [Fact]
    public async Task Two_tries_pass_in_silence_and_the_third_has_the_result()
    {
        var message = stage.Message("一只猫");
        for (var n = 0; n < 2; n++) await SilentAsync(message);
        var third = stage.AskAsync(message);
        await stage.Waiting.AskedAsync;
        stage.Waiting.Add(Stage.Result("K7Q2M9"));
        Assert.IsType<PassiveReply.News>((await third).Reply);
        Assert.Single(stage.Told);
    }

    [Fact]
    public async Task The_third_try_has_a_ticket_where_the_result_is_not_there_and_the_next_message_has_the_result()
    {
        var message = stage.Message("一只猫");
        for (var n = 0; n < 2; n++) await SilentAsync(message);
        var third = stage.AskAsync(message);
        await stage.Waiting.AskedAsync;
        stage.Clock.Advance(TimeSpan.FromSeconds(4.5));
        Assert.StartsWith("开始画了（K7Q2M9）。", Text(await third), StringComparison.Ordinal);
        // The same again, should it come a fourth time.
        Assert.Equal(Text(await third), await stage.SayAsync(message));
        stage.Waiting.Add(Stage.Result("K7Q2M9"));
        stage.Bot = _ => Stage.Says("你好呀");
        Assert.Equal("你好呀\n\nK7Q2M9 · 64x64\n\n<a href=\"https://draw.example/p/K7Q2M91\">看图</a>\n\n<a href=\"weixin://bizmsgmenu?msgmenucontent=again%20K7Q2M9&msgmenuid=1\">再来</a>", await stage.SayAsync("你好"));
        Assert.Equal(["K7Q2M9"], stage.Waiting.Shown);
        Assert.Equal("你好呀", await stage.SayAsync("你好"));
    }

    [Fact]
    public async Task Time_counts_where_a_try_never_came()
    {
        var message = stage.Message("一只猫");
        await SilentAsync(message);
        stage.Clock.Advance(TimeSpan.FromSeconds(6));
        var last = stage.AskAsync(message);
        await stage.Waiting.AskedAsync;
        stage.Clock.Advance(TimeSpan.FromSeconds(4.5));
        Assert.StartsWith("开始画了（K7Q2M9）。", Text(await last), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_let_wait_for_what_cannot_come_in_time()
    {
        stage.Bot = _ => Stage.Says(Stage.Promise("K7Q2M9", TimeSpan.FromSeconds(40)));
        Assert.StartsWith("开始画了（K7Q2M9）。", await stage.SayAsync("一只猫"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_the_number_that_may_wait_the_ticket_comes_at_once()
    {
        var few = new Stage(WeChatKind.Uncertified, options => options.MostWaiting = 1) { Bot = _ => Stage.Says(Stage.Promise("K7Q2M9")) };
        var first = few.AskAsync(few.Message("一只猫"));
        await few.Waiting.AskedAsync;
        Assert.StartsWith("开始画了", await few.SayAsync("两只猫"), StringComparison.Ordinal);
        few.Clock.Advance(TimeSpan.FromSeconds(4.5));
        var silence = await first;
        Assert.True(silence.IsSilent);
        // Until WeChat has hung up, the place is taken.
        Assert.StartsWith("开始画了", await few.SayAsync("三只猫"), StringComparison.Ordinal);
        await silence.WrittenAsync(false);
        var next = few.AskAsync(few.Message("四只猫"));
        await few.Waiting.AskedAsync;
        few.Clock.Advance(TimeSpan.FromSeconds(4.5));
        Assert.True((await next).IsSilent);
    }

    [Fact]
    public async Task Several_that_wait_are_shown_together_and_what_does_not_fit_stays()
    {
        stage.Bot = _ => Stage.Says(new ChatReply());
        for (var n = 0; n < 12; n++) stage.Waiting.Add(Stage.Result($"CODE{n:00}", pictures: 2));
        var texts = new List<string>();
        for (var rest = 12; rest > 0;)
        {
            texts.Add((await stage.SayAsync("取"))!);
            Assert.True(WeChatText.Bytes(texts[^1]) <= 2048);
            Assert.True(stage.Waiting.Shown.Count > 12 - rest, texts[^1]);
            rest = 12 - stage.Waiting.Shown.Count;
            if (rest > 0) Assert.EndsWith($"还有 {rest} 份结果等着你，发“取”来看。", texts[^1], StringComparison.Ordinal);
        }
        Assert.Equal(Enumerable.Range(0, 12).Select(n => $"CODE{n:00}"), stage.Waiting.Shown);
        Assert.All(stage.Waiting.Shown, code => Assert.Contains(texts, text => text.Contains($"/p/{code}2\">图 2</a>", StringComparison.Ordinal)));
        // Nobody is answered with nothing.
        Assert.Null((await stage.AskAsync(stage.Message("取"))).Reply);
    }

    [Fact]
    public async Task What_was_not_written_waits_again()
    {
        stage.Waiting.Add(Stage.Result("K7Q2M9"));
        stage.Bot = _ => Stage.Says(new ChatReply());
        var message = stage.Message("取");
        var first = await stage.AskAsync(message);
        await first.WrittenAsync(false);
        Assert.Empty(stage.Waiting.Shown);
        Assert.Equal(1, await stage.Waiting.CountAsync("wechat:main/oA", TestContext.Current.CancellationToken));
        var second = await stage.AskAsync(message);
        Assert.Equal(first.Reply, second.Reply);
        await second.WrittenAsync(true);
        Assert.Equal(["K7Q2M9"], stage.Waiting.Shown);
    }

    [Fact]
    public async Task Each_try_may_reach_another_process()
    {
        var message = stage.Message("一只猫");
        await SilentAsync(message);
        await SilentAsync(message, stage.NewProcess().GetRequiredService<IWeChatDesk>());
        var third = stage.AskAsync(message, stage.NewProcess().GetRequiredService<IWeChatDesk>());
        await stage.Waiting.AskedAsync;
        stage.Waiting.Add(Stage.Result("K7Q2M9"));
        Assert.IsType<PassiveReply.News>((await third).Reply);
        Assert.Single(stage.Told);
    }

    [Fact]
    public async Task Who_leaves_is_told_nothing_and_takes_nothing_along()
    {
        stage.Waiting.Add(Stage.Result("K7Q2M9"));
        stage.Bot = _ => Stage.Says();
        Assert.Null((await stage.AskAsync(stage.Event("unsubscribe"))).Reply);
        Assert.Equal(ChatOccasion.Left, Assert.Single(stage.Told).Occasion);
        Assert.Equal(1, await stage.Waiting.CountAsync("wechat:main/oA", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_certified_account_that_WeChat_denies_the_right_is_answered_like_one_without()
    {
        var denied = new Stage { Bot = _ => Stage.Says(Stage.Promise("K7Q2M9", TimeSpan.FromMinutes(1))) };
        denied.Api.Rights = new(false, false, false);
        Assert.StartsWith("开始画了", await denied.SayAsync("一只猫"), StringComparison.Ordinal);
        Assert.True(Assert.Single(denied.Told).CollectsReplies);
        Assert.Empty(denied.Api.Calls);
    }

    private static string Text(WeChatAnswer answer) => Assert.IsType<PassiveReply.Text>(answer.Reply).Content;

    private async Task SilentAsync(WeChatMessage message, IWeChatDesk? desk = null)
    {
        var asking = stage.AskAsync(message, desk);
        await stage.Waiting.AskedAsync;
        stage.Clock.Advance(TimeSpan.FromSeconds(4.5));
        var answer = await asking;
        Assert.True(answer.IsSilent);
        await answer.WrittenAsync(false);
    }
}
