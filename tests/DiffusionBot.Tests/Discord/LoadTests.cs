using System.Collections.Concurrent;
using System.Globalization;
using DiffusionBot.Bot;
using DiffusionBot.Chat;
using DiffusionBot.FakeDiscord;
using DiffusionBot.FakeDiscord.Rest;
using DiffusionBot.Imaging;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.Discord;

/// <summary>Many members at once while the host draws, over a gateway that breaks again and again. How fast it is says the benchmark `discord`.</summary>
public sealed class LoadTests : IAsyncLifetime, IMessageHandler
{
    private const int AtOnce = 40, Members = 100, Sessions = 3, MostRefused = 5;

    private const string Callback = "POST /interactions/{interaction}/{token}/callback";

    private readonly Feed<string> handled = new();
    private readonly ConcurrentDictionary<string, string> promised = new();
    private readonly DiscordStage stage;

    public LoadTests() => stage = new DiscordStage
    {
        With = ["Limits:QueueLength=100000", "Limits:PendingPerUser=10000", "Limits:DailyPictures=1000000"],
        Options = new FakeDiscordOptions { InteractionPatience = TimeSpan.FromMinutes(2), MaxConcurrency = 16, SessionTotal = Sessions },
        More = services => services.AddSingleton<IMessageHandler>(this),
    };

    public ValueTask InitializeAsync() => stage.InitializeAsync();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    public async Task<IReadOnlyList<ChatReply>> HandleAsync(ChatMessage message, CancellationToken cancel)
    {
        handled.Add(message.Id);
        var replies = await stage.Bot.Services.GetRequiredService<ChatRouter>().HandleAsync(message, cancel);
        foreach (var reply in replies.Where(reply => reply is { IsPromise: true, Reference: not null })) promised[message.Id] = reply.Reference!;
        return replies;
    }

    [Fact]
    public Task Each_interaction_is_answered_and_drawn_once() => LoadAsync(interactions: 200);

    [Fact, Trait("Category", "Long")]
    public Task Each_of_a_thousand_interactions_is_answered_and_drawn_once() => LoadAsync(interactions: 1000);

    [Fact]
    public Task A_gateway_that_breaks_loses_nothing() => BreakAsync(breaks: 8);

    /// <summary>Each break takes some seconds. BREAKS says how many; 200 take a quarter of an hour or more.</summary>
    [Fact, Trait("Category", "Long")]
    public Task A_gateway_that_breaks_many_times_loses_nothing() => BreakAsync(Asked.Count("BREAKS", 40));

    /// <summary>So many at once as a busy machine can do in time: the next is sent when one is answered.</summary>
    private async Task LoadAsync(int interactions)
    {
        var members = Enumerable.Range(0, Members).Select(_ => stage.NewUser("en-US").User).ToArray();
        var sent = new FakeInteraction[interactions];
        await Parallel.ForAsync(0, interactions, AtMost(AtOnce), async (n, cancel) =>
        {
            sent[n] = await members[n % Members].RunsAsync(stage.Channel, "imagine", ("prompt", "a red apple"), ("seed", SeedOf(n)));
            await sent[n].AnswerAsync(cancel);
        });
        Assert.All(sent, interaction => Assert.Equal(5, interaction.AnswerType));
        await UntilDrawnAsync(sent.Select(interaction => interaction.Original!));

        await HandledOnceAsync(sent.Select(interaction => interaction.Id));
        Assert.Equal(interactions, promised.Values.Distinct(StringComparer.Ordinal).Count());
        AssertDrawnOnce(interactions);
        var answers = stage.Discord.Calls.All.Where(call => call.Route == Callback).ToLookup(call => call.Path, StringComparer.Ordinal);
        Assert.Equal(interactions, answers.Count);
        Assert.All(answers, calls => Assert.Single(calls));
        AssertPolite();
    }

    /// <summary>Members go on while the gateway is cut, closed, or asks for another connection, each time as soon as the one before has been overcome.</summary>
    private async Task BreakAsync(int breaks)
    {
        var seed = Asked.Seed("LOAD_SEED");
        var random = new Random(seed);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var sent = new ConcurrentQueue<FakeInteraction>();
        var said = new ConcurrentQueue<FakeMessage>();
        using var answered = new SemaphoreSlim(0);
        var members = Enumerable.Range(0, 8).Select(n => GoOnAsync(stage.NewUser("en-US").User, n, sent, said, answered, over)).ToArray();
        for (var n = 0; n < breaks; n++)
        {
            using var patience = DiscordStage.Patience();
            for (var some = random.Next(1, 20); some > 0; some--) await answered.WaitAsync(patience.Token);
            switch (random.Next(3))
            {
                case 0:
                    stage.Discord.Gateway.Cut();
                    break;
                case 1:
                    stage.Discord.Gateway.Close(4000);
                    break;
                default:
                    stage.Discord.Gateway.AskReconnect();
                    break;
            }
            await stage.Discord.Gateway.Moments.NextAsync(moment => moment.Kind == GatewayMomentKind.Resumed, patience.Token);
        }
        await over.CancelAsync();
        await Task.WhenAll(members);
        TestContext.Current.TestOutputHelper?.WriteLine($"{breaks} breaks, {sent.Count} interactions, {said.Count} messages, {stage.Discord.Gateway.Identifies} sessions");

        foreach (var interaction in sent) await interaction.AnswerAsync(TestContext.Current.CancellationToken);
        foreach (var message in said)
        {
            using var patience = DiscordStage.Patience();
            await message.Channel.Shown.NextAsync(shown => shown.Message.RepliesTo == message, patience.Token);
        }
        await UntilDrawnAsync(sent.Where(interaction => !interaction.Original!.IsEphemeral).Select(interaction => interaction.Original!));
        await HandledOnceAsync(sent.Select(interaction => interaction.Id).Concat(said.Select(message => message.Id)));
        // Each was resumed: Discord would allow more.
        Assert.Equal(1, stage.Discord.Gateway.Identifies);
        Assert.Equal(breaks, stage.Discord.Gateway.Moments.All.Count(moment => moment.Kind == GatewayMomentKind.Resumed));
        AssertPolite();
    }

    private async Task GoOnAsync(FakeUser user, int number, ConcurrentQueue<FakeInteraction> sent, ConcurrentQueue<FakeMessage> said, SemaphoreSlim answered, CancellationTokenSource over)
    {
        for (var n = 0; !over.IsCancellationRequested; n++)
        {
            // What is drawn is a small part: it is the gateway that is to be busy.
            var interaction = n % 10 == 0 ? await user.RunsAsync(stage.Channel, "imagine", ("prompt", "a red apple"), ("seed", SeedOf(n * 10 + number))) : await user.RunsAsync(stage.Channel, "queue");
            sent.Enqueue(interaction);
            // Seldom: a bot may send five messages in five seconds into one channel, and what has to wait too long for that is not answered.
            if (n % 50 == 5) said.Enqueue(user.Says(user.Direct, "/queue"));
            await interaction.AnswerAsync(TestContext.Current.CancellationToken);
            answered.Release();
        }
    }

    /// <summary>Ends when all of these show their picture. As long as pictures come, it is worth the wait.</summary>
    private async Task UntilDrawnAsync(IEnumerable<FakeMessage> messages)
    {
        foreach (var message in messages)
        {
            while (!DiscordStage.IsResult(message))
            {
                using var patience = DiscordStage.Patience();
                try
                {
                    await stage.Channel.Shown.NextAsync(shown => DiscordStage.IsResult(shown.Message), patience.Token);
                }
                catch (OperationCanceledException e) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
                {
                    throw new Xunit.Sdk.XunitException($"No picture came for two minutes; {stage.Channel.Messages.Count(DiscordStage.IsResult)} are there. One waits with: {message.Content} ({stage.Discord.Calls.All[^1]})", e);
                }
            }
        }
    }

    /// <summary>An interaction is answered, by a promise, before it is handled: what is on its way is awaited.</summary>
    private async Task HandledOnceAsync(IEnumerable<ulong> ids)
    {
        var expected = ids.Select(id => id.ToString(CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal).ToArray();
        using var patience = DiscordStage.Patience();
        foreach (var id in expected) await handled.NextAsync(one => one == id, patience.Token);
        Assert.Equal(expected, handled.All.Order(StringComparer.Ordinal));
    }

    /// <summary>Each seed once, on all that stands there.</summary>
    private void AssertDrawnOnce(int interactions)
    {
        var seeds = stage.Channel.Messages.SelectMany(message => message.Files).Select(file => PictureText.Read(file.Bytes).Parameters!.Split("Seed: ")[1].Split(',')[0]);
        Assert.Equal(Enumerable.Range(0, interactions).Select(n => $"{SeedOf(n)}"), seeds.Order(StringComparer.Ordinal));
    }

    private void AssertPolite()
    {
        Assert.InRange(stage.Discord.Calls.All.Count(call => call.Status == 429), 0, MostRefused);
        Assert.Empty(stage.Discord.Violations.All);
    }

    private static long SeedOf(int n) => 1_000_000 + n;

    private static ParallelOptions AtMost(int many) => new() { MaxDegreeOfParallelism = many, CancellationToken = TestContext.Current.CancellationToken };
}
