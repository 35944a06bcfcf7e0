using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Api;
using Microsoft.Extensions.Logging;
using static DiffusionBot.Chat.Tests.WeChat.Api.ScriptedWeChat;

namespace DiffusionBot.Chat.Tests.WeChat.Api;

/// <summary>What an account may do, and what is not asked for again once WeChat said no.</summary>
public sealed class RightsTests
{
    private const string Send = "message/custom/send", Typing = "message/custom/typing", Get = "media/get", Upload = "media/upload", Menu = "menu/create";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_right_that_WeChat_denies_is_off_from_then_on_and_the_log_says_which()
    {
        using var bench = new ApiBench();
        Assert.Equal(new WeChatRights(true, true, true), bench.Api.Rights);
        bench.WeChat.On(Send, Code(48001));
        for (var n = 0; n < 3; n++) Assert.Equal(48001, (await bench.FailsAsync(_ => bench.SendAsync())).Code);
        Assert.Single(bench.WeChat.To(Send));
        Assert.Equal(new WeChatRights(false, true, true), bench.Api.Rights);
        Assert.Contains("客服消息", Assert.Single(bench.Log, line => line.Contains("48001", StringComparison.Ordinal)), StringComparison.Ordinal);
        bench.WeChat.On(Upload, Code(48001));
        await bench.FailsAsync(api => api.UploadImageAsync(new byte[] { 1 }, "a.jpg", Cancel));
        Assert.Equal(new WeChatRights(false, false, true), bench.Api.Rights);
        Assert.Contains(bench.Log, line => line.Contains("素材管理", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_used_up_for_the_day_is_tried_each_half_hour_until_midnight_in_Beijing()
    {
        using var bench = new ApiBench();
        var midnight = Beijing.MidnightAfter(bench.Clock.GetUtcNow());
        bench.Clock.Advance(midnight - bench.Clock.GetUtcNow() - TimeSpan.FromMinutes(100));
        bench.WeChat.On(Send, Code(45009));
        Assert.Equal(TimeSpan.FromMinutes(30), (await bench.FailsAsync(_ => bench.SendAsync())).RetryAfter);
        Assert.False(bench.Api.Rights.CustomerService);
        bench.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal((45009, TimeSpan.FromMinutes(10)), await RefusedAsync());
        Assert.Single(bench.WeChat.To(Send));
        bench.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.True(bench.Api.Rights.CustomerService);
        Assert.Equal((45009, TimeSpan.FromMinutes(30)), await RefusedAsync());
        Assert.Equal(2, bench.WeChat.To(Send).Length);
        bench.Clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal((45009, TimeSpan.FromMinutes(10)), await RefusedAsync());
        bench.WeChat.On(Send, Ok);
        bench.Clock.Advance(TimeSpan.FromMinutes(10));
        await bench.SendAsync();
        await bench.SendAsync();
        Assert.Single(bench.Log, line => line.Contains("45009", StringComparison.Ordinal));

        async Task<(int, TimeSpan?)> RefusedAsync() => await bench.FailsAsync(_ => bench.SendAsync()) is var error ? (error.Code, error.RetryAfter) : default;
    }

    [Fact]
    public async Task At_the_start_rights_are_looked_at_without_anybody_noticing()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Typing, Code(40003)).On(Get, Code(48001));
        await bench.Api.PrepareAsync(Cancel);
        Assert.Equal(new WeChatRights(true, false, true), bench.Api.Rights);
        Assert.Empty(bench.WeChat.To(Menu));
        Assert.Contains("no-such-user", Assert.Single(bench.WeChat.To(Typing)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_without_rights_asks_nothing()
    {
        using var bench = new ApiBench(account: new WeChatAccountOptions { AppId = "wx1", Token = "abc", Kind = WeChatKind.Uncertified });
        await bench.Api.PrepareAsync(Cancel);
        Assert.Equal(48001, (await bench.FailsAsync(_ => bench.SendAsync())).Code);
        Assert.Empty(bench.WeChat.Requests);
        Assert.Equal(new WeChatRights(false, false, false), bench.Api.Rights);
    }

    [Fact]
    public async Task The_menu_is_put_up_in_letters()
    {
        var account = ApiBench.NewAccount();
        account.Menu.Add(new WeChatButtonOptions { Name = "预设\U0001F34E", Say = "预设" });
        account.Menu.Add(new WeChatButtonOptions { Name = "更多", Buttons = { new WeChatButtonOptions { Name = "帮助 \"?\"", Say = "帮助" }, new WeChatButtonOptions { Name = "画廊", Url = "https://draw.example/gallery" } } });
        using var bench = new ApiBench(account: account);
        bench.WeChat.On(Typing, Code(45080)).On(Get, Code(40007)).On(Menu, Ok);
        await bench.Api.PrepareAsync(Cancel);
        Assert.Equal(
            """{"button":[{"name":"预设🍎","type":"click","key":"预设"},{"name":"更多","sub_button":[{"name":"帮助 \"?\"","type":"click","key":"帮助"},{"name":"画廊","type":"view","url":"https://draw.example/gallery"}]}]}""",
            Assert.Single(bench.WeChat.To(Menu)).Text);
        bench.WeChat.On(Menu, Code(40018, "invalid button name size"));
        await bench.Api.PrepareAsync(Cancel);
        Assert.Contains(bench.Log, line => line.Contains("invalid button name size", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_wrong_at_the_start_is_said_and_looked_at_again()
    {
        using var bench = new ApiBench();
        bench.WeChat.On("stable_token", Code(40164, "invalid ip 1.2.3.4"), Json("""{"access_token":"TOKEN-1","expires_in":7200}""")).On(Typing, Code(40003)).On(Get, Code(40007));
        using var start = new WeChatStart(bench.Apis, bench.Clock, bench.CreateLogger<WeChatStart>());
        await start.StartAsync(Cancel);
        while (!bench.Log.Any(line => line.Contains("tried again in 00:01:00", StringComparison.Ordinal))) await Task.Delay(5, Cancel);
        // It may just be about to wait.
        while (!start.ExecuteTask!.IsCompleted)
        {
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(start.ExecuteTask, Task.Delay(200, Cancel));
        }
        Assert.Contains(bench.Log, line => line.Contains("IP白名单", StringComparison.Ordinal) && line.Contains("1.2.3.4", StringComparison.Ordinal));
        Assert.Equal(2, bench.WeChat.To("stable_token").Length);
        Assert.Contains(bench.Log, line => line.Contains("is ready", StringComparison.Ordinal));
    }
}
