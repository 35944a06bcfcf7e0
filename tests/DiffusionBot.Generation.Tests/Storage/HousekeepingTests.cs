using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace DiffusionBot.Generation.Tests.Storage;

public abstract class HousekeepingTests : OnBoth
{
    private static Housekeeping Of(GenerationHost host) => host.Get<IEnumerable<IHostedService>>().OfType<Housekeeping>().Single();

    private static async Task DrawAsync(GenerationHost host, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await host.AcceptAsync("web:a", $"picture {i}");
            await host.Deliverer.NextAsync();
        }
    }

    [Fact]
    public async Task What_is_too_old_goes()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), settings: [("Data:RetentionDays", 30)]);
        await DrawAsync(host, 3);
        await host.Get<Transcript>().AppendAsync("web:a", "old", "x");
        var old = host.Get<TimeProvider>().GetUtcNow().UtcDateTime.AddDays(-31);
        await host.Database.WriteAsync(async db =>
        {
            await db.Requests.Where(r => r.Prompt != "picture 2").ExecuteUpdateAsync(set => set.SetProperty(r => r.CreatedAt, old));
            await db.Transcript.ExecuteUpdateAsync(set => set.SetProperty(t => t.CreatedAt, old));
        });
        await Of(host).TidyAsync(withOrphans: false);
        Assert.Equal(["picture 2"], await host.Database.ReadAsync(db => db.Requests.Select(r => r.Prompt).ToListAsync()));
        Assert.Single(Data.Pictures);
        Assert.Empty(await host.Get<Transcript>().AfterAsync("web:a", 0, 10));
    }

    [Fact]
    public async Task The_oldest_go_where_there_is_too_much()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), settings: [("Data:MaxDiskMb", 1)]);
        await DrawAsync(host, 4);
        await host.Database.WriteAsync(db => db.Pictures.ExecuteUpdateAsync(set => set.SetProperty(p => p.Bytes, 400_000)));
        await Of(host).TidyAsync(withOrphans: false);
        Assert.Equal(["picture 2", "picture 3"], await host.Database.ReadAsync(db => db.Requests.OrderBy(r => r.CreatedAt).Select(r => r.Prompt).ToListAsync()));
        Assert.Equal(2, Data.Pictures.Count());
    }

    [Fact]
    public async Task What_a_kill_left_half_written_goes_once_nobody_can_be_writing_it()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        await DrawAsync(host, 1);
        string Make(string name, TimeSpan age)
        {
            var path = Path.Combine(Data.Folder, "pictures", name);
            File.WriteAllText(path, "half");
            File.SetLastWriteTimeUtc(path, host.Get<TimeProvider>().GetUtcNow().UtcDateTime - age);
            return path;
        }
        var (left, writing) = (Make(".left.tmp", TimeSpan.FromHours(3)), Make(".writing.tmp", TimeSpan.FromHours(-1)));
        await Of(host).TidyAsync(withOrphans: true);
        Assert.False(File.Exists(left));
        Assert.True(File.Exists(writing));
        Assert.Single(Data.Pictures);
    }

    [Fact]
    public async Task Old_files_without_a_row_go_and_young_ones_and_others_stay()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        await DrawAsync(host, 1);
        var drawn = Data.Pictures.Single();
        string Make(string name)
        {
            var path = Path.Combine(Data.Folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "x");
            return path;
        }
        var (orphan, young, other) = (Make("pictures/2026-01-01/orphan.png"), Make("pictures/2026-01-01/young.png"), Make("notes.txt"));
        var old = host.Get<TimeProvider>().GetUtcNow().UtcDateTime.AddHours(-2);
        foreach (var path in new[] { orphan, other, Path.Combine(Data.Folder, drawn) }) File.SetLastWriteTimeUtc(path, old);
        await Of(host).TidyAsync(withOrphans: true);
        Assert.Equal(new[] { "pictures/2026-01-01/young.png", drawn }.Order(StringComparer.Ordinal), Data.Pictures);
        Assert.True(File.Exists(other) && File.Exists(young));
    }

    [Fact]
    public async Task A_file_whose_row_went_before_a_crash_goes_at_the_start()
    {
        string name;
        await using (var host = await GenerationHost.StartAsync(Data, new FakeEngine()))
        {
            await DrawAsync(host, 1);
            name = Data.Pictures.Single();
            await host.Database.WriteAsync(async db => await RequestRemoval.RemoveAsync(db, await db.Requests.Select(r => r.Id).ToListAsync()));
        }
        Assert.Equal([name], Data.Pictures);
        await using var next = await GenerationHost.StartAsync(Data, new FakeEngine());
        await Of(next).TidyAsync(withOrphans: false);
        Assert.Empty(Data.Pictures);
    }
}

public sealed class HousekeepingOnSqlite : HousekeepingTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class HousekeepingOnPostgres(PostgresServer server) : HousekeepingTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();
}
