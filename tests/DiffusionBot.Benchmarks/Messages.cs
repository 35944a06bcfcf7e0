using System.Diagnostics;
using DiffusionBot.Bot;
using DiffusionBot.Chat;
using DiffusionBot.Cli;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Benchmarks;

/// <summary>Many messages at once to the whole host, while it draws.</summary>
internal static class Messages
{
    private const string Settings = """
        {
          "Engine": { "Device": "cpu" },
          "Limits": { "MaxSteps": 150 },
          "Web": { "AdminToken": "a token that nobody uses here" },
          "Logging": { "LogLevel": { "Default": "Warning" } }
        }
        """;

    /// <summary>Five rounds of so many messages, each by a user of their own, each round with an empty queue.</summary>
    public static async Task MeasureAsync(int messages)
    {
        var folder = Directory.CreateTempSubdirectory("diffusionbot-bench-").FullName;
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), Settings);
        try
        {
            using var engines = new EngineSource();
            var terminal = new Terminal(() => Stream.Null, TextWriter.Null, Console.Error) { WorkingFolder = folder };
            await using var app = BotHost.Build(["--Web:Urls=http://127.0.0.1:0"], terminal, engines, services => services.AddSingleton<IChatAdapter, Nowhere>());
            await app.StartAsync();
            for (var round = 1; round <= 5; round++) await RoundAsync(app, round, messages);
            await app.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RoundAsync(WebApplication app, int round, int messages)
    {
        var router = app.Services.GetRequiredService<ChatRouter>();
        // Something that takes minutes, first in line or being drawn.
        await router.HandleAsync(Message($"long{round}", $"painter{round}", "a cat --steps 150 --n 4"), CancellationToken.None);
        await UntilDrawingAsync(app.Services.GetRequiredService<ProgressFeed>());
        var answers = await Task.WhenAll(Enumerable.Range(0, messages).Select(i => Task.Run(async () =>
        {
            var started = Stopwatch.GetTimestamp();
            var replies = await router.HandleAsync(Message($"r{round}m{i}", $"r{round}u{i}", $"a red apple on a blue background --seed {i} --size 64x64 --steps 1"), CancellationToken.None);
            return (Took: Stopwatch.GetElapsedTime(started).TotalMilliseconds, Queued: replies[0].Reference is not null);
        })));
        var times = answers.Select(a => a.Took).Order().ToArray();
        var memory = (GC.GetTotalMemory(forceFullCollection: true), Process.GetCurrentProcess().WorkingSet64);
        Console.WriteLine(
            $"round {round}: {messages} messages, {answers.Count(a => a.Queued)} queued, {answers.Count(a => !a.Queued)} refused; answered after p50 {times[times.Length / 2]:F0} ms, " +
            $"p99 {times[(int)(times.Length * 0.99)]:F0} ms, slowest {times[^1]:F0} ms; managed memory {memory.Item1 >> 20} MB, working set {memory.WorkingSet64 >> 20} MB");
        var queue = app.Services.GetRequiredService<RequestQueue>();
        foreach (var (request, _) in await queue.WaitingAsync(take: messages + 10)) await queue.CancelAsync(request.Id);
    }

    private static ChatMessage Message(string id, string user, string text) =>
        new(id, new ChatAddress($"nowhere:{user}"), new ChatAuthor($"nowhere:{user}"), "en", text, []);

    private static async Task UntilDrawingAsync(ProgressFeed feed)
    {
        var drawing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watching = feed.Watch(progress =>
        {
            if (progress.Step > 0) drawing.TrySetResult();
        });
        await drawing.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    private sealed class Nowhere : IChatAdapter
    {
        public string Place => "nowhere";

        public PlaceAbilities AbilitiesAt(ChatAddress address) => new(CanPush: true, CanEdit: false, HasButtons: true, PicturesPerMessage: 10, TextLimit: 2000);

        public Task<DeliveryOutcome> DeliverAsync(Delivery delivery, CancellationToken cancel) => Task.FromResult(DeliveryOutcome.Delivered);
    }
}
