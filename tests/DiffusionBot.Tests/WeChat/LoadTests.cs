using System.Collections.Concurrent;
using DiffusionBot.Bot;
using DiffusionBot.Chat;
using DiffusionBot.FakeWeChat;
using DiffusionBot.FakeWeChat.Users;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.WeChat;

/// <summary>Many readers at once, half of whose messages are sent three times, while the host draws. How fast it is says the benchmark `wechat`.</summary>
public sealed class LoadTests : IAsyncLifetime, IMessageHandler
{
    private const int PerSecond = 200;

    private readonly ConcurrentDictionary<string, int> handled = new();
    private readonly WeChatStage stage;

    public LoadTests() => stage = new WeChatStage
    {
        With = ["Limits:QueueLength=100000", "WeChat:MostWaiting=50"],
        Options = new FakePlatformOptions { KeepsConnections = true, Patience = TimeSpan.FromSeconds(20) },
        More = services => services.AddSingleton<IMessageHandler>(this),
    };

    public ValueTask InitializeAsync() => stage.InitializeAsync();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    public Task<IReadOnlyList<ChatReply>> HandleAsync(ChatMessage message, CancellationToken cancel)
    {
        handled.AddOrUpdate(message.Id, 1, (_, times) => times + 1);
        return stage.Bot.Services.GetRequiredService<ChatRouter>().HandleAsync(message, cancel);
    }

    [Fact]
    public Task Each_message_is_handled_once_and_answered() => LoadAsync(seconds: 2);

    [Fact, Trait("Category", "Long")]
    public Task Each_message_is_handled_once_and_answered_for_a_minute() => LoadAsync(seconds: 60);

    private async Task LoadAsync(int seconds)
    {
        FakeAccount[] accounts = [stage.Accounts["certified-secure"], stage.Accounts["certified-plaintext"], stage.Accounts["uncertified-secure"]];
        accounts[1].RepeatDelivery(3);
        var deliveries = new List<Task<FakeWeChat.Users.Delivery>>();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var tick = 0; tick < seconds * 10; tick++)
        {
            for (var n = 0; n < PerSecond / 10; n++)
            {
                // An uncertified account for each tenth: its messages wait, and may not hold up the others.
                var account = n % 10 == 0 ? accounts[2] : accounts[n % 2];
                var user = account.User($"o{deliveries.Count % 1000}");
                deliveries.Add(Task.Run(() => user.SaysAsync("a red apple", TestContext.Current.CancellationToken)));
            }
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
        var all = await Task.WhenAll(deliveries);
        Assert.All(all, delivery => Assert.NotEqual(Outcome.Unavailable, delivery.Outcome));
        Assert.Equal(all.Length, handled.Count);
        Assert.All(handled, message => Assert.Equal(1, message.Value));
        Assert.Empty(stage.Platform.Violations);
    }
}
