using System.Threading.Channels;
using DiffusionBot.Bot;
using DiffusionBot.Chat;
using DiffusionBot.Cli;
using DiffusionBot.Hosting;
using DiffusionBot.Imaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.Bot;

/// <summary>
/// The whole host in this process, with the shipped model, its own data folder, and a place of its own (`test`) where messages are said and
/// replies are heard. Pictures are small and take one step, so that a conversation is a second; they are drawn with one thread, since several tests draw at once.
/// </summary>
public sealed class TestBot : IAsyncLifetime
{
    private const string Settings = """
        {
          "Engine": { "Device": "cpu", "Threads": 1, "Models": { "CacheFolder": "cache" } },
          "Places": { "test": { "Defaults": { "steps": "1", "size": "64x64", "sampler": "Euler" } } },
          "Logging": { "LogLevel": { "Default": "Warning" } }
        }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("diffusionbot-").FullName;
    private readonly EngineSource engines = new();
    private readonly HeardAdapter adapter = new();
    private WebApplication? app;
    private int lastMessage;

    /// <summary>More settings: `Limits:PendingPerUser=2`.</summary>
    internal string[] With { get; init; } = [];

    /// <summary>More services, which go before the host's own.</summary>
    internal Action<IServiceCollection>? More { get; init; }

    internal IServiceProvider Services => app!.Services;

    /// <summary>Where it listens.</summary>
    internal Uri Address => new(app!.Urls.Single());

    public async ValueTask InitializeAsync()
    {
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), Settings);
        var terminal = new Terminal(() => Stream.Null, TextWriter.Null, TextWriter.Null) { WorkingFolder = folder };
        app = BotHost.Build([.. With.Prepend("Web:Urls=http://127.0.0.1:0").Select(setting => $"--{setting}")], terminal, engines, services =>
        {
            services.AddSingleton<IChatAdapter>(adapter);
            More?.Invoke(services);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
        }
        engines.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Someone of this name, who nobody else in the test is.</summary>
    internal Person Somebody(string language = "zh-CN") => new(this, $"test:{Guid.NewGuid():N}", language);

    /// <summary>Says something and hears what is said at once.</summary>
    internal Task<IReadOnlyList<ChatReply>> SayAsync(ChatMessage message) => Services.GetRequiredService<ChatRouter>().HandleAsync(message, TestContext.Current.CancellationToken);

    internal string NextMessageId() => $"m{Interlocked.Increment(ref lastMessage)}";

    internal Task<Delivery> HearAsync(string user) => adapter.HearAsync(user);

    /// <summary>A user in a conversation.</summary>
    internal sealed record Person(TestBot Bot, string Id, string Language)
    {
        /// <summary>Says something; what is said at once.</summary>
        public async Task<ChatReply> SayAsync(string text, RepliedMessage? to = null, string? id = null, params IReadOnlyList<byte[]> pictures) =>
            Assert.Single(await Bot.SayAsync(new ChatMessage(
                id ?? Bot.NextMessageId(), new ChatAddress(Id), new ChatAuthor(Id), Language, text, [.. pictures.Select(bytes => new ChatPicture(bytes))], to)));

        /// <summary>The same, with more about it.</summary>
        public async Task<ChatReply> SayAsync(Func<ChatMessage, ChatMessage> with, string text) =>
            Assert.Single(await Bot.SayAsync(with(new ChatMessage(Bot.NextMessageId(), new ChatAddress(Id), new ChatAuthor(Id), Language, text, []))));

        /// <summary>The next thing that is delivered to this user.</summary>
        public async Task<ChatReply> HearAsync() => (await DeliveryAsync()).Reply;

        /// <summary>The same, with how it came.</summary>
        public Task<Delivery> DeliveryAsync() => Bot.HearAsync(Id);

        /// <summary>Says something that is drawn; the result.</summary>
        public async Task<ChatReply> DrawAsync(string text, RepliedMessage? to = null, params IReadOnlyList<byte[]> pictures)
        {
            var answer = await SayAsync(text, to, null, pictures);
            Assert.True(answer.Reference is not null, answer.Text);
            var result = await HearAsync();
            Assert.True(result.Pictures.Count > 0, result.Text);
            Assert.Equal(answer.Reference, result.Reference);
            return result;
        }
    }

    private sealed class HeardAdapter : IChatAdapter
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Channel<Delivery>> heard = new();

        public string Place => "test";

        public PlaceAbilities AbilitiesAt(ChatAddress address) => new(CanPush: true, CanEdit: false, HasButtons: true, PicturesPerMessage: 10, TextLimit: 2000);

        public async Task<DeliveryOutcome> DeliverAsync(Delivery delivery, CancellationToken cancel)
        {
            await Of(delivery.Address.Value).Writer.WriteAsync(delivery, cancel);
            return DeliveryOutcome.Delivered;
        }

        public async Task<Delivery> HearAsync(string user)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(TimeSpan.FromMinutes(1));
            return await Of(user).Reader.ReadAsync(patience.Token);
        }

        private Channel<Delivery> Of(string user) => heard.GetOrAdd(user, _ => Channel.CreateUnbounded<Delivery>());
    }
}

/// <summary>Looks into replies.</summary>
internal static class Replies
{
    /// <summary>The parameter text in the picture that was delivered.</summary>
    public static string InfotextOf(this ChatReply reply, int picture = 0) => PictureText.Read(reply.Pictures[picture].Bytes.Span).Parameters!;

    /// <summary>The words of the choice that begins so.</summary>
    public static string Choice(this ChatReply reply, string beginning) => reply.Choices.Single(choice => choice.Words.StartsWith(beginning, StringComparison.Ordinal)).Words;

    /// <summary>The reply, to be answered.</summary>
    public static RepliedMessage AsAnswered(this ChatReply reply) => new(reply.Text, [], reply.Reference);

    /// <summary>A parameter's value in an infotext.</summary>
    public static string Value(this string infotext, string label) =>
        Engine.Infotext.StrictInfotextReader.Read(infotext).Parameters.GetValueOrDefault(label) ?? throw new Xunit.Sdk.XunitException($"No {label} in: {infotext}");
}
