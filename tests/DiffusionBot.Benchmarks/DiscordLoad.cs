using System.Diagnostics;
using DiffusionBot.Bot;
using DiffusionBot.Chat;
using DiffusionBot.Cli;
using DiffusionBot.FakeDiscord;
using DiffusionBot.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Benchmarks;

/// <summary>Members of a Discord server, many a second, against the whole host while it draws; Discord's stand-in runs in the same process.</summary>
internal static class DiscordLoad
{
    private const string Settings = """
        {
          "Engine": { "Device": "cpu" },
          "Limits": { "MaxSteps": 150, "QueueLength": 1000000, "PendingPerUser": 10000, "DailyPictures": 1000000 },
          "Web": { "AdminToken": "a token that nobody uses here" },
          "Logging": { "LogLevel": { "Default": "Error" } }
        }
        """;

    private const int Members = 500;

    private static readonly TimeSpan afterwards = TimeSpan.FromSeconds(10);

    /// <summary>So many commands a second for so many seconds, whether or not those before were answered: Discord waits three seconds for each.</summary>
    public static async Task MeasureAsync(int perSecond, int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("diffusionbot-bench-").FullName;
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), Settings);
        try
        {
            await using var discord = await DiscordServer.StartAsync();
            var channel = discord.AddGuild("server").AddChannel("pictures");
            var members = Enumerable.Range(0, Members).Select(n => discord.AddUser($"m{n}")).ToArray();
            using var engines = new EngineSource();
            var terminal = new Terminal(() => Stream.Null, TextWriter.Null, Console.Error) { WorkingFolder = folder };
            string[] settings = ["Web:Urls=http://127.0.0.1:0", $"Discord:Token={discord.Token}", $"Discord:ApiBase={discord.ApiBase}", $"Discord:CdnHosts:0={discord.CdnBase}"];
            await using var app = BotHost.Build([.. settings.Select(setting => $"--{setting}")], terminal, engines);
            await app.StartAsync();
            await discord.Gateway.Moments.NextAsync(moment => moment.Kind == GatewayMomentKind.Identified);
            if (discord.CommandsOf(null).Count == 0) await discord.Calls.NextAsync(call => call.Route == "PUT /applications/{application}/commands");
            // Something that takes minutes, and all the while more.
            await app.Services.GetRequiredService<ChatRouter>().HandleAsync(
                new ChatMessage("long", new ChatAddress("web:painter"), new ChatAuthor("web:painter"), "en", "a cat --steps 150 --n 4", []), CancellationToken.None);
            var before = discord.Calls.All.Count;
            var sent = await SendAsync(perSecond * seconds, perSecond, n => members[n % Members].RunsAsync(channel, "imagine", ("prompt", "a red apple on a blue background"), ("seed", (long)n), ("size", "64x64"), ("steps", 1L)));
            Tell("answers", sent, discord, before);
            // Promises and their progress go on.
            await Task.Delay(afterwards);
            Tell($"{afterwards.TotalSeconds} s later", sent, discord, before);
            await app.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Sends them on time, and awaits the first answer of each, or its user's patience.</summary>
    private static async Task<FakeInteraction[]> SendAsync(int count, int perSecond, Func<int, Task<FakeInteraction>> send)
    {
        var begun = Stopwatch.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var sent = new List<FakeInteraction>();
        while (sent.Count < count)
        {
            var due = Math.Min(count, (int)(Stopwatch.GetElapsedTime(begun).TotalSeconds * perSecond) + 1);
            for (var n = sent.Count; n < due; n++) sent.Add(await send(n));
            await ticks.WaitForNextTickAsync();
        }
        await ((Task)Task.WhenAll(sent.Select(interaction => interaction.AnswerAsync()))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return [.. sent];
    }

    private static void Tell(string when, FakeInteraction[] sent, DiscordServer discord, int before)
    {
        var answered = sent.Where(interaction => interaction.AnsweredAt is not null).Select(interaction => (interaction.AnsweredAt!.Value - interaction.Began).TotalMilliseconds).Order().ToList();
        var calls = discord.Calls.All.Skip(before).GroupBy(call => (call.Route, call.Status)).OrderBy(group => group.Key.Route, StringComparer.Ordinal).ThenBy(group => group.Key.Status);
        Console.WriteLine(
            $"{when}: {sent.Length} interactions, {sent.Length - answered.Count} of them failed; acknowledged after p50 {At(answered, 0.5):F0} ms, p99 {At(answered, 0.99):F0} ms, slowest {At(answered, 1):F0} ms; " +
            $"{discord.Gateway.Identifies} sessions begun; {discord.Violations.All.Count} wrong calls; managed memory {GC.GetTotalMemory(forceFullCollection: true) >> 20} MB, working set {Process.GetCurrentProcess().WorkingSet64 >> 20} MB");
        foreach (var group in calls) Console.WriteLine($"  {group.Key.Route} {group.Key.Status}: {group.Count()}");
    }

    private static double At(List<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
}
