using System.Globalization;
using System.Text.Json;

namespace DiffusionBot.Tests.Durability;

/// <summary>
/// Kills the whole host at random instants under load and looks whether a promise was broken. KILLS says how often (10), KILLS_SEED repeats a run.
/// </summary>
public sealed class KillTests
{
    private const string Settings = """
        {
          "Engine": { "Device": "cpu", "Models": { "CacheFolder": "cache" } },
          "Places": { "test": { "Defaults": { "size": "64x64", "sampler": "Euler" } } },
          "Limits": { "PendingPerUser": 50 },
          "Web": { "Urls": "http://127.0.0.1:0", "AdminToken": "a token that nobody uses in this test" },
          "Logging": { "LogLevel": { "Default": "Warning" }, "Console": { "LogToStandardErrorThreshold": "Trace" } }
        }
        """;

    private const int Users = 4, MessagesBetweenKills = 6, LongestLifeMs = 2500;

    /// <summary>One in so many dies while it starts.</summary>
    private const int StillStarting = 4;

    private static int Kills => Asked.Count("KILLS", 10);

    [Fact]
    public async Task Killed_at_any_instant_nothing_is_lost_on_SQLite() => await KillAndLookAsync(Kills);

    /// <param name="kills">How often.</param>
    /// <param name="settings">Which database.</param>
    internal static async Task KillAndLookAsync(int kills, params string[] settings)
    {
        var cancel = TestContext.Current.CancellationToken;
        var seed = Asked.Seed("KILLS_SEED");
        var random = new Random(seed);
        var folder = Directory.CreateTempSubdirectory("diffusionbot-kill-").FullName;
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), Settings);
        var accepted = new HashSet<string>(StringComparer.Ordinal);
        var (said, killedBeforeReady) = (0, 0);
        try
        {
            for (var kill = 0; kill < kills; kill++)
            {
                await using var host = HostProcess.Start(folder, settings);
                using var life = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var reading = ListenAsync(host, accepted, ready, life.Token);
                if (random.Next(StillStarting) > 0) await ready.Task.WaitAsync(TimeSpan.FromMinutes(1), cancel);
                var lifetime = Task.Delay(random.Next(LongestLifeMs), cancel);
                for (var i = 0; i < MessagesBetweenKills && !lifetime.IsCompleted; i++, said++)
                {
                    await host.SayAsync($"m{said}", $"u{random.Next(Users)}", $"a cat --steps {random.Next(1, 6)} --seed {said}");
                    await Task.WhenAny(lifetime, Task.Delay(random.Next(150), cancel));
                }
                await lifetime;
                await host.KillAsync();
                if (!await reading) killedBeforeReady++;
            }

            await using var last = HostProcess.Start(folder, settings);
            await last.ReadyAsync(cancel);
            var inventory = await UntilQuietAsync(last, cancel);
            await last.EndAsync(cancel);
            Look(folder, accepted, inventory, kills, said, killedBeforeReady);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Notes every request that was promised, until the process is gone. Returns whether it was ever ready.</summary>
    private static async Task<bool> ListenAsync(HostProcess host, HashSet<string> accepted, TaskCompletionSource ready, CancellationToken cancel)
    {
        while (await host.ReadAsync(cancel) is { } line)
        {
            ready.TrySetResult();
            if (line.GetProperty("Reference").GetString() is { } code) accepted.Add(code);
        }
        return ready.Task.IsCompleted;
    }

    /// <summary>Waits until nothing is queued, drawn or owed.</summary>
    private static async Task<JsonElement> UntilQuietAsync(HostProcess host, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            var inventory = await host.CheckAsync(patience.Token);
            var busy = inventory.GetProperty("States").EnumerateObject().Count(s => s.Value.GetString() is "Queued" or "Drawing");
            if (busy == 0 && inventory.GetProperty("Undelivered").GetInt32() == 0) return inventory;
            await pause.WaitForNextTickAsync(patience.Token);
        }
    }

    private static void Look(string folder, HashSet<string> accepted, JsonElement inventory, int kills, int said, int killedBeforeReady)
    {
        var states = inventory.GetProperty("States").EnumerateObject().ToDictionary(s => s.Name, s => s.Value.GetString()!, StringComparer.Ordinal);
        var showings = File.ReadAllLines(Path.Combine(folder, "ledger")).Select(line => line.Split(' ')).Select(f => (Key: f[0], Code: f[1], IsRetry: f[2] == "True", Pictures: int.Parse(f[3], CultureInfo.InvariantCulture))).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills ({killedBeforeReady} before the host was ready), {said} messages said, {accepted.Count} accepted, {states.Values.Count(s => s == "Done")} done, " +
            $"{showings.Count} showings of {showings.Select(s => s.Key).Distinct(StringComparer.Ordinal).Count()} replies");
        Assert.NotEmpty(accepted);
        // Every promise has a row, and every row an end.
        Assert.Empty(accepted.Except(states.Keys, StringComparer.Ordinal));
        Assert.All(states, request => Assert.True(request.Value == "Done", $"{request.Key}: {request.Value}"));
        // Each was shown, with its picture, under one key; twice only where the second showing was known to be a possible repeat.
        var byCode = showings.ToLookup(s => s.Code, StringComparer.Ordinal);
        Assert.All(states.Keys, code => Assert.True(byCode[code].Any(), $"{code} was never delivered."));
        Assert.All(showings, s => Assert.Equal(1, s.Pictures));
        Assert.All(byCode, request =>
        {
            Assert.Single(request.Select(s => s.Key).Distinct(StringComparer.Ordinal));
            Assert.All(request.Skip(1), repeat => Assert.True(repeat.IsRetry, $"{request.Key} was shown again without a reason."));
        });
        // A kill may fall inside the delivering call, and then only once.
        Assert.True(showings.Count - byCode.Count <= kills, $"{showings.Count - byCode.Count} repeats after {kills} kills.");
        Assert.Empty(inventory.GetProperty("FilesWithoutRow").EnumerateArray());
        Assert.Empty(inventory.GetProperty("RowsWithoutFile").EnumerateArray());
    }
}
