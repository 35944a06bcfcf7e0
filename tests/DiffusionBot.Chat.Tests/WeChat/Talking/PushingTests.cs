using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Api;
using DiffusionBot.Chat.WeChat.Showing;
using DiffusionBot.Chat.WeChat.Talking;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Chat.Tests.WeChat.Talking;

/// <summary>An account that may speak by itself.</summary>
public sealed class PushingTests
{
    private readonly Stage stage = new();

    [Fact]
    public async Task A_prompt_is_answered_at_once_and_then_somebody_is_typing()
    {
        stage.Bot = _ => Stage.Says(Stage.Promise("K7Q2M9"));
        var answer = await stage.SayAsync("一只猫");
        Assert.Equal("开始画了（K7Q2M9）。\n\n<a href=\"weixin://bizmsgmenu?msgmenucontent=cancel%20K7Q2M9&msgmenuid=1\">取消</a>", answer);
        Assert.Equal(["typing oA"], stage.Api.Calls);
        var told = Assert.Single(stage.Told);
        Assert.Equal(("一只猫", "wechat:main/oA", "wechat:main/oA", "zh-CN", false, false), (told.Text, told.Address.Value, told.Author.Id, told.Locale, told.CollectsReplies, told.TakesPictures));
        Assert.Equal(5, await LeftAsync());
    }

    [Fact]
    public async Task Where_links_do_not_send_words_the_words_stand_there()
    {
        var plain = new Stage(with: options => options.Accounts["main"].TapLinks = false) { Bot = _ => Stage.Says(Stage.Promise("K7Q2M9")) };
        Assert.Equal("开始画了（K7Q2M9）。\n\n可以发送：取消 K7Q2M9", await plain.SayAsync("一只猫"));
    }

    [Fact]
    public async Task The_same_message_again_is_answered_the_same_and_handled_once_whoever_is_asked()
    {
        var stage = new Stage(clock: TimeProvider.System);
        var other = stage.NewProcess().GetRequiredService<IWeChatDesk>();
        var n = 0;
        stage.Bot = _ => Stage.Says($"第 {++n} 次");
        var message = stage.Message("你好");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => stage.SayAsync(message, i % 2 == 0 ? other : null)));
        Assert.All(answers, answer => Assert.Equal("第 1 次", answer));
        Assert.Equal("第 1 次", await stage.SayAsync(message, other));
        Assert.Equal("第 2 次", await stage.SayAsync(message with { MsgId = "another" }));
    }

    [Fact]
    public async Task What_takes_too_long_is_pushed_and_WeChat_hears_success_in_time()
    {
        var said = new TaskCompletionSource<IReadOnlyList<ChatReply>>();
        stage.Bot = _ => said.Task;
        var message = stage.Message("一只猫");
        var asking = stage.AskAsync(message);
        await AdvanceUntilAsync(asking);
        var answer = await asking;
        Assert.Equal((null, false), (answer.Reply, answer.IsSilent));
        Assert.Null((await stage.AskAsync(message)).Reply);
        said.SetResult(["画好了"]);
        await answer.WrittenAsync(true);
        Assert.Equal(["text oA: 画好了"], stage.Api.Calls);
        Assert.Single(stage.Told);
    }

    [Fact]
    public async Task What_fails_is_said_and_the_next_try_tries_again()
    {
        stage.Bot = _ => throw new InvalidOperationException("broken");
        var message = stage.Message("一只猫");
        Assert.Equal("我这边出了点问题，请再发一次。", await stage.SayAsync(message));
        Assert.Contains(stage.Log.Lines, line => line.Id == 624 && line.Text.Contains("broken", StringComparison.Ordinal));
        stage.Bot = _ => Stage.Says("好了");
        Assert.Equal("好了", await stage.SayAsync(message));
    }

    [Fact]
    public async Task A_message_whose_process_died_is_taken_over()
    {
        var message = stage.Message("一只猫");
        var now = stage.Clock.GetUtcNow();
        var dead = new InboxEntry { First = now, Holder = "dead", Until = now.AddSeconds(-1) };
        await stage.Notes.SetAsync($"wechat/message/{IncomingMessages.KeyOf("main", message)}", dead.Write(), TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        Assert.Equal("你说：一只猫", await stage.SayAsync(message));
        Assert.Contains(stage.Log.Lines, line => line.Id == 623);
    }

    [Fact]
    public async Task A_long_text_goes_on_by_itself_where_the_result_still_finds_room()
    {
        var text = string.Join('\n', Enumerable.Range(1, 100).Select(n => $"第 {n} 行：一些不太长的文字"));
        stage.Bot = _ => Stage.Says(text);
        var answer = (await stage.SayAsync("帮助"))!;
        Assert.StartsWith("第 1 行", answer, StringComparison.Ordinal);
        Assert.True(WeChatText.Bytes(answer) <= 2048);
        Assert.Equal(text, string.Join('\n', stage.Api.Calls.Select(call => call["text oA: ".Length..]).Prepend(answer)));
    }

    [Fact]
    public async Task A_long_text_waits_to_be_asked_for_where_pushing_it_would_leave_none_for_a_result()
    {
        var few = new Stage(with: options => options.Accounts["main"].PushesPerMessage = 2);
        var text = string.Join('\n', Enumerable.Range(1, 200).Select(n => $"第 {n} 行：一些不太长的文字"));
        few.Bot = _ => Stage.Says(text);
        var pieces = new List<string> { (await few.SayAsync("帮助"))! };
        while (pieces[^1].EndsWith("\n（没有说完，发“继续”接着看。）", StringComparison.Ordinal)) pieces.Add((await few.SayAsync("继续"))!);
        Assert.True(pieces.Count > 2);
        Assert.All(pieces, piece => Assert.True(WeChatText.Bytes(piece) <= 2048));
        Assert.Equal(text, string.Join('\n', pieces.Select(piece => piece.Replace("\n（没有说完，发“继续”接着看。）", "", StringComparison.Ordinal))));
        Assert.Empty(few.Api.Calls);
        Assert.Single(few.Told);
        // Without anything left to read these are words like others.
        few.Bot = message => Stage.Says($"你说：{message.Text}");
        Assert.Equal("你说：继续", await few.SayAsync("继续"));
    }

    [Fact]
    public async Task What_cannot_be_sent_after_the_answer_is_in_the_log()
    {
        stage.Bot = _ => Stage.Says("一", "二");
        stage.Api.Refusal = name => name == "text" ? new WeChatApiException("out of order", WeChatCode.WindowClosed) : null;
        Assert.Equal("一", await stage.SayAsync("你好"));
        Assert.Contains(stage.Log.Lines, line => line.Id == 622 && line.Text.Contains("out of order", StringComparison.Ordinal));
    }

    private Task<int> LeftAsync() => stage.NewProcess().GetRequiredService<PushWindows>().LeftAsync(stage.Account, "oA", TestContext.Current.CancellationToken);

    private async Task AdvanceUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            stage.Clock.Advance(TimeSpan.FromSeconds(0.1));
        }
    }
}
