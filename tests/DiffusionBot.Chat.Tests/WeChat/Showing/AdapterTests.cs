using DiffusionBot.Chat.Tests.WeChat.Talking;
using DiffusionBot.Chat.WeChat.Api;
using DiffusionBot.Chat.WeChat.Showing;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Chat.Tests.WeChat.Showing;

/// <summary>Results on their way to a user of a certified account.</summary>
public sealed class AdapterTests
{
    private const string User = "wechat:main/oA";

    private readonly Stage stage = new();

    private PushWindows Windows => stage.NewProcess().GetRequiredService<PushWindows>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pictures_come_first_then_their_text_and_each_is_recorded()
    {
        await OpenAsync();
        var parts = new List<int>();
        Assert.Equal(DeliveryOutcome.Delivered, await DeliverAsync(Stage.Result("K7Q2M9", 2, "a cat\nSteps: 20"), parts.Add));
        Assert.Equal(
            [
                "upload K7Q2M9-1.jpg", "image oA: media of jpeg K7Q2M9-1", "upload K7Q2M9-2.jpg", "image oA: media of jpeg K7Q2M9-2",
                "text oA: K7Q2M9 · 64x64\n\na cat\nSteps: 20\n\n<a href=\"weixin://bizmsgmenu?msgmenucontent=again%20K7Q2M9&msgmenuid=1\">再来</a>",
            ], stage.Api.Calls);
        Assert.Equal([1, 2, 3], parts);
        Assert.Equal(2, await Windows.LeftAsync(stage.Account, "oA", Cancel));
    }

    [Fact]
    public async Task What_was_shown_before_is_not_shown_again()
    {
        await OpenAsync();
        var adapter = Adapter();
        await adapter.DeliverAsync(new Delivery("1", new ChatAddress(User), Stage.Result("K7Q2M9", 2), IsRetry: true) { PartsShown = 2 }, Cancel);
        Assert.StartsWith("text oA: K7Q2M9", Assert.Single(stage.Api.Calls), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_less_may_be_sent_than_there_is_one_card_or_text_has_all_of_it()
    {
        await OpenAsync(spent: 4);
        Assert.Equal(DeliveryOutcome.Delivered, await DeliverAsync(Stage.Result("K7Q2M9")));
        Assert.Equal(["card oA: K7Q2M9 · 64x64 https://draw.example/p/K7Q2M91"], stage.Api.Calls);
        Assert.Equal(DeliveryOutcome.WaitsForUser, await DeliverAsync(Stage.Result("AAAAAA")));
        Assert.Single(stage.Api.Calls);
        await OpenAsync(spent: 4);
        Assert.Equal(DeliveryOutcome.Delivered, await DeliverAsync(Stage.Result("BBBBBB", 2)));
        Assert.Contains("<a href=\"https://draw.example/p/BBBBBB2\">图 2</a>", stage.Api.Calls.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_pages_have_no_address_what_fits_is_sent_and_the_rest_waits()
    {
        var blind = new Stage { Address = new PublicAddress(null) };
        var windows = blind.NewProcess().GetRequiredService<PushWindows>();
        await windows.OpenAsync(blind.Account, "oA", isTap: true, Cancel);
        await windows.SpendAsync(blind.Account, "oA", Cancel);
        await windows.SpendAsync(blind.Account, "oA", Cancel);
        var shown = 0;
        var delivery = new Delivery("1", new ChatAddress(User), Stage.Result("K7Q2M9"), false) { PartsShownAsync = n => Task.FromResult(shown = n) };
        Assert.Equal(DeliveryOutcome.WaitsForUser, await blind.NewProcess().GetRequiredService<IEnumerable<IChatAdapter>>().Single().DeliverAsync(delivery, Cancel));
        Assert.Equal((1, 2), (shown, blind.Api.Calls.Count));
    }

    [Fact]
    public async Task Who_has_not_written_yet_or_long_ago_is_waited_for()
    {
        Assert.Equal(DeliveryOutcome.WaitsForUser, await DeliverAsync(Stage.Result("K7Q2M9")));
        await OpenAsync();
        stage.Clock.Advance(TimeSpan.FromHours(48));
        Assert.Equal(DeliveryOutcome.WaitsForUser, await DeliverAsync(Stage.Result("K7Q2M9")));
        Assert.Empty(stage.Api.Calls);
    }

    [Fact]
    public async Task A_tap_allows_three_for_a_minute_and_a_message_five_for_two_days()
    {
        await Windows.OpenAsync(stage.Account, "oA", isTap: true, Cancel);
        await OpenAsync();
        Assert.Equal(8, await Windows.LeftAsync(stage.Account, "oA", Cancel));
        for (var n = 0; n < 2; n++) Assert.EndsWith(" tap", await Windows.SpendAsync(stage.Account, "oA", Cancel), StringComparison.Ordinal);
        stage.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(6, await Windows.LeftAsync(stage.Account, "oA", Cancel));
        stage.Clock.Advance(TimeSpan.FromSeconds(1));
        // Spending has not made it longer.
        Assert.Equal(5, await Windows.LeftAsync(stage.Account, "oA", Cancel));
        stage.Clock.Advance(TimeSpan.FromHours(47));
        Assert.NotNull(await Windows.SpendAsync(stage.Account, "oA", Cancel));
        stage.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, await Windows.LeftAsync(stage.Account, "oA", Cancel));
    }

    [Fact]
    public async Task Of_many_who_speak_at_once_no_more_do_than_may()
    {
        await OpenAsync();
        var windows = Windows;
        var taken = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => windows.SpendAsync(stage.Account, "oA", Cancel))));
        Assert.Equal(5, taken.Count(key => key is not null));
    }

    [Fact]
    public async Task An_upload_that_is_gone_is_uploaded_once_more()
    {
        await OpenAsync();
        var isFirst = true;
        stage.Api.Refusal = name => name == "image" && isFirst && !(isFirst = false) ? new WeChatApiException("invalid media_id", WeChatCode.InvalidMediaId) : null;
        Assert.Equal(DeliveryOutcome.Delivered, await DeliverAsync(Stage.Result("K7Q2M9")));
        Assert.Equal(["upload", "image", "forget", "upload", "image", "text"], stage.Api.Calls.Select(call => call.Split(' ')[0]));
        Assert.Equal(3, await Windows.LeftAsync(stage.Account, "oA", Cancel));
    }

    [Theory]
    [InlineData(WeChatCode.WindowClosed)]
    [InlineData(WeChatCode.TooManySends)]
    public async Task Where_WeChat_says_that_it_is_too_late_or_too_much_the_user_is_waited_for(int code)
    {
        await OpenAsync();
        stage.Api.Refusal = name => name == "image" ? new WeChatApiException("no", code) : null;
        Assert.Equal(DeliveryOutcome.WaitsForUser, await DeliverAsync(Stage.Result("K7Q2M9")));
        Assert.Equal(0, await Windows.LeftAsync(stage.Account, "oA", Cancel));
    }

    [Theory]
    [InlineData(WeChatCode.NotSubscribed)]
    [InlineData(WeChatCode.NoRight)]
    [InlineData(WeChatCode.DailyLimit)]
    public async Task Where_the_account_may_not_the_user_is_waited_for(int code)
    {
        await OpenAsync();
        stage.Api.Refusal = _ => new WeChatApiException("no", code);
        Assert.Equal(DeliveryOutcome.WaitsForUser, await DeliverAsync(Stage.Result("K7Q2M9")));
    }

    [Fact]
    public async Task A_refusal_costs_nothing_and_silence_may()
    {
        await OpenAsync();
        stage.Api.Refusal = name => name == "image" ? new WeChatApiException("busy", WeChatCode.Busy, TimeSpan.FromSeconds(9)) : null;
        var busy = await Assert.ThrowsAsync<DeliveryException>(() => DeliverAsync(Stage.Result("K7Q2M9")));
        Assert.Equal((false, TimeSpan.FromSeconds(9)), (busy.IsFinal, busy.RetryAfter));
        Assert.Equal(5, await Windows.LeftAsync(stage.Account, "oA", Cancel));
        stage.Api.Refusal = name => name == "image" ? new WeChatApiException("no connection", 0) : null;
        Assert.False((await Assert.ThrowsAsync<DeliveryException>(() => DeliverAsync(Stage.Result("K7Q2M9")))).IsFinal);
        Assert.Equal(5, await Windows.LeftAsync(stage.Account, "oA", Cancel));
        stage.Api.Refusal = name => name == "image" ? new WeChatApiException("nobody answered", 0) { MayBeDone = true } : null;
        Assert.False((await Assert.ThrowsAsync<DeliveryException>(() => DeliverAsync(Stage.Result("K7Q2M9")))).IsFinal);
        Assert.Equal(4, await Windows.LeftAsync(stage.Account, "oA", Cancel));
    }

    [Fact]
    public async Task What_may_have_arrived_is_sent_once_more_and_no_oftener()
    {
        await OpenAsync();
        stage.Api.Refusal = name => name == "image" ? new WeChatApiException("nobody answered", 0) { MayBeDone = true } : null;
        await Assert.ThrowsAsync<DeliveryException>(() => DeliverAsync(Stage.Result("K7Q2M9")));
        Assert.Equal(DeliveryOutcome.Delivered, await DeliverAsync(Stage.Result("K7Q2M9")));
        Assert.Equal(["image", "image", "text"], stage.Api.Calls.Select(call => call.Split(' ')[0]).Where(call => call != "upload"));
        Assert.Equal(2, stage.Log.Lines.Count(line => line.Id == 626));
    }

    [Fact]
    public async Task Who_is_no_user_of_the_account_never_will_be()
    {
        await OpenAsync();
        stage.Api.Refusal = _ => new WeChatApiException("invalid openid", WeChatCode.InvalidOpenId);
        Assert.True((await Assert.ThrowsAsync<DeliveryException>(() => DeliverAsync(Stage.Result("K7Q2M9")))).IsFinal);
    }

    [Fact]
    public async Task Without_the_right_to_upload_a_card_shows_the_picture()
    {
        await OpenAsync();
        stage.Api.Rights = stage.Api.Rights with { Media = false };
        Assert.Equal(DeliveryOutcome.Delivered, await DeliverAsync(Stage.Result("K7Q2M9")));
        Assert.StartsWith("card ", Assert.Single(stage.Api.Calls), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_begun_with_that_right_ends_as_a_card_when_it_is_lost()
    {
        await OpenAsync();
        stage.Api.Rights = stage.Api.Rights with { Media = false };
        Assert.Equal(DeliveryOutcome.Delivered, await Adapter().DeliverAsync(new Delivery("1", new ChatAddress(User), Stage.Result("K7Q2M9", 2), IsRetry: true) { PartsShown = 1 }, Cancel));
        Assert.Contains("/p/K7Q2M92", Assert.Single(stage.Api.Calls), StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_that_is_gone_or_may_not_speak_cannot_push()
    {
        Assert.True(Adapter().AbilitiesAt(new ChatAddress(User)).CanPush);
        Assert.False(Adapter().AbilitiesAt(new ChatAddress("wechat:other/oA")).CanPush);
        Assert.False(Adapter().AbilitiesAt(new ChatAddress("wechat:")).CanPush);
        stage.Api.Rights = stage.Api.Rights with { CustomerService = false };
        Assert.False(Adapter().AbilitiesAt(new ChatAddress(User)).CanPush);
    }

    private IChatAdapter Adapter() => stage.NewProcess().GetRequiredService<IEnumerable<IChatAdapter>>().Single();

    private Task<DeliveryOutcome> DeliverAsync(ChatReply reply, Action<int>? shown = null) => Adapter().DeliverAsync(new Delivery("1", new ChatAddress(User), reply, false)
    {
        PartsShownAsync = parts =>
        {
            shown?.Invoke(parts);
            return Task.CompletedTask;
        },
    }, Cancel);

    private async Task OpenAsync(int spent = 0)
    {
        await Windows.OpenAsync(stage.Account, "oA", isTap: false, Cancel);
        for (var n = 0; n < spent; n++) await Windows.SpendAsync(stage.Account, "oA", Cancel);
    }
}
