using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Tests.Kills;

/// <summary>Hosts killed at random instants under load: every promise is kept.</summary>
public abstract class KillTests : OnBoth
{
    private const int MessagesALife = 12, Users = 4;

    [Fact]
    public Task Nothing_is_lost_when_the_host_is_killed_ten_times() => KillAsync(10, hosts: 1);

    [Fact(Explicit = true)]
    public Task Nothing_is_lost_when_the_host_is_killed_fifty_times() => KillAsync(50, hosts: 1);

    private protected async Task KillAsync(int kills, int hosts)
    {
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        var output = TestContext.Current.TestOutputHelper;
        output?.WriteLine($"seed {seed}");
        var instants = new Instants(seed);
        var shown = Path.Combine(Data.Folder, "shown.txt");
        List<string> settings =
        [
            $"Data:Folder={Data.Folder}", "Limits:PendingPerUser=10000", "Limits:DailyPictures=100000", "Jobs:CheckInSeconds=1", "Jobs:RetrySeconds=0.1",
            "Outbox:LeaseSeconds=5", "Outbox:RetrySeconds=0.1",
        ];
        if (Data.Database is { } database) settings.Add($"Data:Database={database}");
        var (accepted, messages, lives) = (new ConcurrentDictionary<string, Guid>(StringComparer.Ordinal), new List<string>(), 0);
        HostProcess Begin() => new((++lives).ToString(CultureInfo.InvariantCulture), shown, settings, accepted, output);
        var running = new List<HostProcess>();
        try
        {
            for (var i = 0; i < hosts; i++) running.Add(Begin());
            foreach (var host in running) await host.ReadyAsync();
            for (var kill = 0; kill < kills; kill++)
            {
                var asking = running[kill % hosts];
                for (var i = 0; i < MessagesALife; i++) messages.Add($"m{messages.Count}");
                // What had no answer is said again, as platforms do.
                foreach (var message in messages.Where(m => !accepted.ContainsKey(m)).ToList()) await asking.AskAsync(message, $"user{message.Length + (message[^1] % Users)}");
                // Anywhere between acceptance and delivery, and somewhere within a drawing or a call.
                var victim = running[instants.Next(hosts)];
                await victim.EventsAsync(instants.Next(8));
                await Task.Delay(instants.Next(250), TestContext.Current.CancellationToken);
                await victim.KillAsync();
                victim.Dispose();
                running[running.IndexOf(victim)] = Begin();
                // Now and then the next one is killed before it is even ready.
                if (instants.Next(4) == 0) continue;
                foreach (var host in running) await host.ReadyAsync();
            }
            foreach (var host in running) await host.ReadyAsync();
            foreach (var message in messages.Where(m => !accepted.ContainsKey(m)).ToList()) await running[0].AskAsync(message, $"user{message.Length + (message[^1] % Users)}");
            while (accepted.Count < messages.Count) await Task.Delay(50, TestContext.Current.CancellationToken);
            await running[0].SettleAsync();
            foreach (var host in running) await host.QuitAsync();
        }
        finally
        {
            foreach (var host in running) host.Dispose();
        }
        await CheckAsync(messages, accepted, await File.ReadAllLinesAsync(shown));
    }

    private async Task CheckAsync(List<string> messages, ConcurrentDictionary<string, Guid> accepted, string[] shown)
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine());
        var requests = await host.Database.ReadAsync(db => db.Requests.Include(r => r.Pictures).ToListAsync());
        TestContext.Current.TestOutputHelper?.WriteLine($"{requests.Count} requests, {requests.Sum(r => r.Attempts)} starts, at most {requests.Max(r => r.Crashes)} kills of one");
        Assert.Equal(messages.Order(StringComparer.Ordinal), requests.Select(r => r.MessageId).Order(StringComparer.Ordinal));
        Assert.All(requests, r => Assert.Equal(accepted[r.MessageId], r.Id));
        Assert.All(requests, r => Assert.True(r.State == RequestState.Done, $"{r.MessageId} is {r.State}: {r.ReasonEnglish}"));
        // No file without a row, no row without a file.
        Assert.Equal(requests.SelectMany(r => r.Pictures).Select(p => p.FileName).Order(StringComparer.Ordinal), Data.Pictures);
        Assert.All(requests, r => Assert.Single(r.Pictures));
        var entries = await host.Database.ReadAsync(db => db.Outbox.ToListAsync());
        Assert.Equal(requests.Select(r => r.Id).Order(), entries.Select(e => e.RequestId).Order());
        Assert.All(entries, e => Assert.Equal(OutboxState.Delivered, e.State));
        var calls = shown.Select(l => l.Split(' ')).Select(w => (Life: w[0], What: w[1], Entry: Guid.Parse(w[2]), IsRetry: w[5] == "True")).ToLookup(c => c.Entry);
        var repeats = 0;
        foreach (var entry in entries)
        {
            // Shown at least once; again only after a kill fell into the call before, which the next call was told.
            var begun = calls[entry.Id].Where(c => c.What == "begun").ToList();
            Assert.Contains(calls[entry.Id], c => c.What == "shown");
            Assert.Equal(begun.Count, begun.Select(c => c.Life).Distinct(StringComparer.Ordinal).Count());
            Assert.All(begun.Skip(1), c => Assert.True(c.IsRetry));
            repeats += calls[entry.Id].Count(c => c.What == "shown") - 1;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{entries.Count} deliveries, {repeats} repeated after a kill in the call");
    }

    /// <summary>Instants and victims from a seed (xorshift), so that a run can be told again.</summary>
    private sealed class Instants(int seed)
    {
        private uint state = (uint)seed | 1;

        public int Next(int below)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            return (int)(state % (uint)below);
        }
    }
}

public sealed class KillsOnSqlite : KillTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

[Trait("Category", "Long")]
public sealed class KillsOnPostgres(PostgresServer server) : KillTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();

    [Fact]
    public Task Nothing_is_lost_when_one_of_two_hosts_is_killed_ten_times() => KillAsync(10, hosts: 2);

    [Fact(Explicit = true)]
    public Task Nothing_is_lost_when_one_of_two_hosts_is_killed_fifty_times() => KillAsync(50, hosts: 2);
}
