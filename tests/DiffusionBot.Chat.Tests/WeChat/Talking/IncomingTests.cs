using DiffusionBot.Chat.WeChat.Api;

namespace DiffusionBot.Chat.Tests.WeChat.Talking;

/// <summary>What comes from WeChat, as the bot is told it.</summary>
public sealed class IncomingTests
{
    private readonly Stage stage = new();

    [Fact]
    public async Task Words_come_as_they_are_and_tapped_links_as_what_they_say()
    {
        Assert.Equal("再来 100%25", (await ToldAsync(stage.Message("再来 100%25"))).Text);
        Assert.Equal("again K7Q2M9", (await ToldAsync(stage.Message("again%20K7Q2M9") with { BizMsgMenuId = "1" })).Text);
        Assert.Equal("预设", (await ToldAsync(stage.Event("CLICK", "预设"))).Text);
    }

    [Fact]
    public async Task A_recording_is_its_words()
    {
        Assert.Equal("画一只猫", (await ToldAsync(stage.Message() with { MsgType = "voice", Recognition = "画一只猫。" })).Text);
        Assert.Equal(ChatOccasion.Unreadable, (await ToldAsync(stage.Message() with { MsgType = "voice" })).Occasion);
    }

    [Fact]
    public async Task Who_comes_is_welcomed_unless_the_code_that_they_scanned_says_something()
    {
        Assert.Equal((ChatOccasion.Arrived, ""), What(await ToldAsync(stage.Event("subscribe"))));
        Assert.Equal((ChatOccasion.Arrived, ""), What(await ToldAsync(stage.Event("subscribe", "qrscene_42"))));
        Assert.Equal((ChatOccasion.Said, "预设 熊猫"), What(await ToldAsync(stage.Event("subscribe", "qrscene_say 预设 熊猫"))));
        Assert.Equal((ChatOccasion.Said, "再来"), What(await ToldAsync(stage.Event("SCAN", "say 再来"))));
        Assert.Equal((ChatOccasion.Arrived, ""), What(await ToldAsync(stage.Event("SCAN", "42"))));
        var own = new Stage(with: options => options.Accounts["main"].Welcome = "欢迎光临");
        await own.SayAsync(own.Event("subscribe"));
        Assert.Equal("欢迎光临", Assert.Single(own.Told).Text);

        static (ChatOccasion, string) What(ChatMessage message) => (message.Occasion, message.Text);
    }

    [Theory]
    [InlineData("video")]
    [InlineData("location")]
    [InlineData("something new")]
    public async Task What_cannot_be_read_is_answered_nevertheless(string type) =>
        Assert.Equal(ChatOccasion.Unreadable, (await ToldAsync(stage.Message() with { MsgType = type })).Occasion);

    [Fact]
    public async Task What_WeChat_does_not_pass_on_cannot_be_read() =>
        Assert.Equal(ChatOccasion.Unreadable, (await ToldAsync(stage.Message("【收到不支持的消息类型，暂无法显示】"))).Occasion);

    [Theory]
    [InlineData("VIEW")]
    [InlineData("MASSSENDJOBFINISH")]
    public async Task Other_events_are_heard_and_no_more(string name)
    {
        Assert.Null(await stage.SayAsync(stage.Event(name)));
        Assert.Empty(stage.Told);
    }

    [Fact]
    public async Task A_picture_is_the_original_where_it_may_be_fetched_else_the_copy_else_lost()
    {
        var picture = stage.Message() with { MsgType = "image", MediaId = "m1", PicUrl = "https://mmbiz.qpic.cn/1" };
        Assert.Equal(stage.Api.Media, Assert.Single((await ToldAsync(picture)).Pictures).Bytes.ToArray());
        Assert.Equal(["media m1"], Drain());
        stage.Api.Refusal = name => name == "media" ? new WeChatApiException("invalid media_id", WeChatCode.InvalidMediaId) : null;
        Assert.Single((await ToldAsync(picture with { MsgId = "2" })).Pictures);
        Assert.Equal(["media m1", "picture https://mmbiz.qpic.cn/1"], Drain());
        stage.Api.Rights = stage.Api.Rights with { Media = false };
        Assert.Single((await ToldAsync(picture with { MsgId = "3" })).Pictures);
        Assert.Equal(["picture https://mmbiz.qpic.cn/1"], Drain());
        stage.Api.Refusal = _ => new WeChatApiException("no such host", 0);
        var lost = await ToldAsync(picture with { MsgId = "4" });
        Assert.Equal((ChatOccasion.PictureLost, 0), (lost.Occasion, lost.Pictures.Count));
        Assert.Contains(stage.Log.Lines, line => line.Id == 621 && line.Text.Contains("no such host", StringComparison.Ordinal));
    }

    private List<string> Drain()
    {
        var calls = stage.Api.Calls.ToList();
        stage.Api.Calls.Clear();
        return calls;
    }

    private async Task<ChatMessage> ToldAsync(DiffusionBot.Chat.WeChat.Wire.WeChatMessage message)
    {
        await stage.SayAsync(message with { MsgId = message.MsgType == "event" ? null : message.MsgId, CreateTime = message.CreateTime + stage.Told.Count });
        return stage.Told.Last();
    }
}
