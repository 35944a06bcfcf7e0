using System.Globalization;
using DiffusionBot.Engine;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Outbox;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Generation.Tests.Kills;

/// <summary>
/// A host in a process of its own, made to be killed. It reads orders from its standard input (`ask MESSAGE USER`, `settle`, `quit`) and answers on its standard output; what it shows
/// to users it appends to a file.
/// </summary>
internal static class KilledHost
{
    public const string Verb = "killed-host";

    /// <param name="args">The name of this life, the file of what was shown, then settings as `Data:Folder=...`.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var (life, shown) = (args[0], args[1]);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(args.Skip(2).Select(a => a.Split('=', 2)).Select(a => KeyValuePair.Create(a[0], (string?)a[1])));
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning).AddConsole(c => c.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IDrawingEngine, SlowEngine>().AddSingleton<IDeliverer>(new NotingDeliverer(life, shown)).AddGeneration();
        using var host = builder.Build();
        await host.StartAsync();
        await SayAsync("ready");
        var (queue, database) = (host.Services.GetRequiredService<RequestQueue>(), host.Services.GetRequiredService<BotDatabase>());
        while (await Console.In.ReadLineAsync() is { } line && line != "quit")
        {
            var words = line.Split(' ');
            if (words[0] == "ask") _ = AskAsync(queue, words[1], words[2]);
            else _ = SettleAsync(database);
        }
        await host.StopAsync();
        return 0;
    }

    private static async Task AskAsync(RequestQueue queue, string message, string user)
    {
        var image = new ImageRequest { Prompt = message, Steps = 1, Width = 16, Height = 16 };
        var answer = await queue.AcceptAsync(new NewRequest(user, "test", $"test:{user}", message, Language.English, new DrawingOrder { Image = image }, message));
        await SayAsync($"accepted {message} {((Acceptance.Accepted)answer).Id}");
    }

    private static async Task SettleAsync(BotDatabase database)
    {
        while (await database.ReadAsync(async db => await db.Requests.AnyAsync(r => r.State < RequestState.Done) || await db.Outbox.AnyAsync(e => e.State == OutboxState.Pending)))
            await Task.Delay(100);
        await SayAsync("settled");
    }

    private static Task SayAsync(string line) => Console.Out.WriteLineAsync(line);

    /// <summary>Takes a while, as drawing does, and the whole of it in the middle of which it can be killed.</summary>
    private sealed class SlowEngine : IDrawingEngine
    {
        public async Task<ImageResult> GenerateAsync(ImageRequest request, IProgress<DrawingProgress>? progress, CancellationToken cancel)
        {
            await SayAsync("event");
            await Task.Delay((int)(50 + (request.Seed % 200)), cancel);
            var took = TimeSpan.FromSeconds(0.1);
            var image = new DrawnImage(FakeEngine.Pixels(16, 16, (byte)request.Seed), request.Seed, $"{request.Prompt}\nSteps: 1, Seed: {request.Seed}, Model: tiny");
            return new ImageResult([image], new StageTimings(TimeSpan.Zero, TimeSpan.Zero, took, TimeSpan.Zero, took, took), []);
        }
    }

    private sealed class NotingDeliverer(string life, string path) : IDeliverer
    {
        private readonly Lock turn = new();

        public async Task<DeliveryVerdict> DeliverAsync(OutboxEntry entry, StoredRequest request, bool isRetry, CancellationToken cancel)
        {
            Note("begun", entry, request, isRetry);
            await SayAsync("event");
            await Task.Delay(20 + (entry.Id.ToByteArray()[15] % 60), cancel);
            Note("shown", entry, request, isRetry);
            await Task.Delay(20, cancel);
            return new DeliveryVerdict.Delivered();
        }

        private void Note(string what, OutboxEntry entry, StoredRequest request, bool isRetry)
        {
            lock (turn) File.AppendAllText(path, string.Create(CultureInfo.InvariantCulture, $"{life} {what} {entry.Id} {request.Id} {request.State} {isRetry}\n"));
        }
    }
}
