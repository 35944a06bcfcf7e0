using System.Collections.Concurrent;
using System.Diagnostics;
using DiffusionBot.Bot;
using DiffusionBot.Chat;
using DiffusionBot.Cli;
using DiffusionBot.FakeWeChat;
using DiffusionBot.FakeWeChat.Users;
using DiffusionBot.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Delivery = DiffusionBot.FakeWeChat.Users.Delivery;

namespace DiffusionBot.Benchmarks;

/// <summary>Readers of WeChat accounts, many a second, against the whole host over HTTP while it draws; the platform's stand-in runs in the same process.</summary>
internal static class WeChatLoad
{
    private const string Settings = """
        {
          "Engine": { "Device": "cpu" },
          "Limits": { "MaxSteps": 150, "QueueLength": 1000000 },
          "Web": { "AdminToken": "a token that nobody uses here", "PublicUrl": "https://draw.example/" },
          "Logging": { "LogLevel": { "Default": "Error" } }
        }
        """;

    /// <summary>So many messages a second for so many seconds to certified accounts, half of them sent three times; then a quarter of that to an uncertified one.</summary>
    public static async Task MeasureAsync(int perSecond, int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("diffusionbot-bench-").FullName;
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), Settings);
        try
        {
            await using var platform = await FakeWeChatPlatform.StartAsync(new FakePlatformOptions { KeepsConnections = true });
            FakeAccount[] accounts =
            [
                platform.AddAccount(new FakeAccount { Name = "once" }), platform.AddAccount(new FakeAccount { Name = "thrice" }),
                platform.AddAccount(new FakeAccount { Name = "uncertified", IsCertified = false }),
            ];
            accounts[1].RepeatDelivery(3);
            using var engines = new EngineSource();
            var terminal = new Terminal(() => Stream.Null, TextWriter.Null, Console.Error) { WorkingFolder = folder };
            var handled = new Handled();
            await using var app = BotHost.Build(
                [.. SettingsOf(platform, accounts).Prepend("Web:Urls=http://127.0.0.1:0").Select(setting => $"--{setting}")], terminal, engines,
                services => services.AddSingleton(handled).AddSingleton<IMessageHandler, Counting>());
            await app.StartAsync();
            foreach (var account in accounts) account.Callback = new Uri($"{app.Urls.Single()}/wechat/{account.Name}");
            // Something that takes minutes, and all the while more.
            await app.Services.GetRequiredService<ChatRouter>().HandleAsync(
                new ChatMessage("long", new ChatAddress("web:painter"), new ChatAuthor("web:painter"), "en", "a cat --steps 150 --n 4", []), CancellationToken.None);
            Tell("certified", await SendAsync(perSecond * seconds, perSecond, n => accounts[n % 2]), handled, platform);
            Tell("uncertified", await SendAsync(perSecond / 4 * seconds / 2, perSecond / 4, _ => accounts[2]), handled, platform);
            await app.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> SettingsOf(FakeWeChatPlatform platform, FakeAccount[] accounts) => accounts.SelectMany(account => new[]
    {
        $"WeChat:Accounts:{account.Name}:Token={account.Token}", $"WeChat:Accounts:{account.Name}:AppId={account.AppId}", $"WeChat:Accounts:{account.Name}:Mode={account.Mode}",
        $"WeChat:Accounts:{account.Name}:EncodingAesKey={account.EncodingAesKey}", $"WeChat:Accounts:{account.Name}:AppSecret={account.AppSecret}",
        $"WeChat:Accounts:{account.Name}:Kind={(account.IsCertified ? "Certified" : "Uncertified")}",
    }).Prepend($"WeChat:ApiHosts:0={platform.ApiBase}");

    private static async Task<Delivery[]> SendAsync(int count, int perSecond, Func<int, FakeAccount> account)
    {
        var begun = Stopwatch.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var deliveries = new List<Task<Delivery>>();
        while (deliveries.Count < count)
        {
            var due = Math.Min(count, (int)(Stopwatch.GetElapsedTime(begun).TotalSeconds * perSecond) + 1);
            for (var n = deliveries.Count; n < due; n++)
            {
                // Many users, some of whom come back.
                var user = account(n).User($"o{n % 5000}");
                deliveries.Add(Task.Run(() => user.SaysAsync($"a red apple on a blue background --seed {n} --size 64x64 --steps 1")));
            }
            await ticks.WaitForNextTickAsync();
        }
        return await Task.WhenAll(deliveries);
    }

    private static void Tell(string kind, Delivery[] deliveries, Handled handled, FakeWeChatPlatform platform)
    {
        var tries = deliveries.SelectMany(d => d.Tries).Select(t => (t.End, Ms: t.Latency.TotalMilliseconds)).ToList();
        var answered = tries.Where(t => t.End == TryEnd.Answered).Select(t => t.Ms).Order().ToList();
        var third = deliveries.Where(d => d.Tries.Count == 3).Select(d => d.Tries[2].Latency.TotalMilliseconds).DefaultIfEmpty().Max();
        var times = handled.TakeTimes();
        Console.WriteLine(
            $"{kind}: {deliveries.Length} messages in {tries.Count} tries, {tries.Count(t => t.End == TryEnd.TimedOut)} left to time out, {deliveries.Count(d => d.Outcome == Outcome.Unavailable)} without an answer; " +
            $"answered after p50 {answered[answered.Count / 2]:F0} ms, p99 {answered[(int)(answered.Count * 0.99)]:F0} ms, slowest {answered[^1]:F0} ms, slowest third try {third:F0} ms; " +
            $"{times.Count} messages handled, {times.Count(t => t > 1)} of them more than once; {deliveries.Count(d => d.Reply is SeenCard)} cards; {platform.Violations.Count} wrong answers; " +
            $"managed memory {GC.GetTotalMemory(forceFullCollection: true) >> 20} MB, working set {Process.GetCurrentProcess().WorkingSet64 >> 20} MB");
    }

    /// <summary>How often each message was handled.</summary>
    private sealed class Handled
    {
        private readonly ConcurrentDictionary<string, int> times = new();

        public void Count(string id) => times.AddOrUpdate(id, 1, (_, n) => n + 1);

        public List<int> TakeTimes()
        {
            var taken = times.Values.ToList();
            times.Clear();
            return taken;
        }
    }

    private sealed class Counting(ChatRouter router, Handled handled) : IMessageHandler
    {
        public Task<IReadOnlyList<ChatReply>> HandleAsync(ChatMessage message, CancellationToken cancel)
        {
            handled.Count(message.Id);
            return router.HandleAsync(message, cancel);
        }
    }
}
