using DiffusionBot.FakeWeChat;
using DiffusionBot.FakeWeChat.Users;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.WeChat;

/// <summary>The whole host while nothing is drawn, or too late. WeChat hangs up after five seconds, as it does, and is answered after one: so much time a busy machine has.</summary>
public sealed class WaitingTests : IAsyncLifetime
{
    private readonly WeChatStage stage = new() { With = ["WeChat:AnswerSeconds=1"], Options = new FakePlatformOptions { Patience = TimeSpan.FromSeconds(5) } };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RequestQueue Queue => stage.Bot.Services.GetRequiredService<RequestQueue>();

    public async ValueTask InitializeAsync()
    {
        await stage.InitializeAsync();
        await Queue.SetPausedAsync(true, Cancel);
    }

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task What_is_not_drawn_in_time_is_a_ticket_at_the_third_try_and_all_of_it_is_collected_later()
    {
        string[] names = ["uncertified-plaintext", "uncertified-compatible", "uncertified-secure"];
        var waiting = await Task.WhenAll(names.Select(async name =>
        {
            var user = stage.NewUser(name);
            var codes = new List<string>();
            foreach (var prompt in new[] { "红苹果", "蓝色气球" })
            {
                var delivery = await user.User.SaysAsync(prompt, Cancel);
                Assert.Equal([TryEnd.TimedOut, TryEnd.TimedOut, TryEnd.Answered], delivery.Tries.Select(t => t.End));
                codes.Add(Assert.IsType<SeenText>(delivery.Reply).Text.Split("“取 ")[1][..6]);
            }
            Assert.Contains($"· {codes[0]}: ", (await user.HearsAsync("取 " + codes[0])).Text, StringComparison.Ordinal);
            return (Name: name, User: user, Codes: codes);
        }));
        await Queue.SetPausedAsync(false, Cancel);
        var outbox = stage.Bot.Services.GetRequiredService<OutboxDoor>();
        foreach (var (name, user, codes) in waiting)
        {
            var id = $"wechat:{name}/{user.User.OpenId}";
            foreach (var code in codes) await outbox.UntilAnyAsync(id, code, Cancel);
            var both = await user.HearsAsync("模型");
            Assert.All(codes, code => Assert.Contains($"{code} · 64x64", both.Text, StringComparison.Ordinal));
            Assert.Equal(2, both.Links.Count(link => link.Text == "看图"));
            Assert.Equal("没有等你来取的图。", (await user.HearsAsync("取")).Text);
            Assert.Equal(0, await outbox.CountAsync(id, Cancel));
        }
        Assert.Empty(stage.Platform.Violations);
    }

    [Fact]
    public async Task What_waits_can_be_called_off_by_its_link_or_its_code()
    {
        await Task.WhenAll(stage.Accounts.Keys.Select(async name =>
        {
            var user = stage.NewUser(name);
            var ticket = await user.HearsAsync("红苹果");
            Assert.Contains(ticket.Links, link => link.Text == "取消");
            Assert.Contains("已取消", Assert.IsType<SeenText>((await user.User.TapsLinkAsync("取消", Cancel)).Reply).Text, StringComparison.Ordinal);
            Assert.Contains("你没有在排队的请求", (await user.HearsAsync("取消")).Text, StringComparison.Ordinal);
            await user.HearsAsync("蓝色气球");
            Assert.Contains("已取消", (await user.HearsAsync("cancel")).Text, StringComparison.Ordinal);
        }));
        Assert.Equal(0, await Queue.LengthAsync(Cancel));
        Assert.Empty(stage.Platform.Violations);
    }

    [Fact]
    public async Task Who_leaves_waits_for_nothing_any_more()
    {
        foreach (var name in new[] { "certified-secure", "uncertified-secure" })
        {
            var user = stage.NewUser(name);
            await user.HearsAsync("红苹果");
            Assert.Equal(1, await Queue.LengthAsync(Cancel));
            Assert.Equal(Outcome.Nothing, (await user.User.UnsubscribesAsync(Cancel)).Outcome);
            Assert.Equal(0, await Queue.LengthAsync(Cancel));
        }
    }

    [Fact]
    public async Task A_message_that_comes_three_times_at_once_is_one_request()
    {
        foreach (var name in new[] { "certified-secure", "uncertified-secure" })
        {
            stage.Accounts[name].RepeatDelivery(3, atOnce: true);
            var before = await Queue.LengthAsync(Cancel);
            var delivery = await stage.NewUser(name).User.SaysAsync("红苹果", Cancel);
            Assert.IsType<SeenText>(delivery.Reply);
            Assert.Equal(before + 1, await Queue.LengthAsync(Cancel));
        }
    }
}
