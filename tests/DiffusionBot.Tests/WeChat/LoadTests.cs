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
    private const int AtOnce = 40;

    private readonly ConcurrentDictionary<string, int> handled = new();
    private readonly WeChatStage stage;

    public LoadTests() => stage = new WeChatStage
    {
        With = ["Limits:QueueLength=100000", "WeChat:MostWaiting=4"],
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
    public Task Each_message_is_handled_once_and_answered() => LoadAsync(messages: 400);

    [Fact, Trait("Category", "Long")]
    public Task Each_of_thousands_of_messages_is_handled_once_and_answered() => LoadAsync(messages: 5000);

    /// <summary>So many at once as a busy machine can do in time: the next is sent when one is answered.</summary>
    private async Task LoadAsync(int messages)
    {
        FakeAccount[] accounts = [stage.Accounts["certified-secure"], stage.Accounts["certified-plaintext"], stage.Accounts["uncertified-secure"]];
        accounts[1].RepeatDelivery(3);
        var deliveries = new FakeWeChat.Users.Delivery[messages];
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, messages, atOnce, async (n, cancel) =>
        {
            var account = n % 10 == 0 ? accounts[2] : accounts[n % 2];
            deliveries[n] = await account.User($"o{n % 1000}").SaysAsync("a red apple", cancel);
        });
        Assert.All(deliveries, delivery => Assert.NotEqual(Outcome.Unavailable, delivery.Outcome));
        Assert.Equal(messages, handled.Count);
        Assert.All(handled, message => Assert.Equal(1, message.Value));
        Assert.Empty(stage.Platform.Violations);
    }
}
