using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;

namespace DiffusionBot.Generation.Tests.Storage;

public abstract class SettingStoreTests : OnBoth
{
    [Fact]
    public async Task Of_changes_at_once_none_is_lost()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var settings = host.Get<SettingStore>();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => settings.ChangeAsync("list", before => $"{before}x", TestContext.Current.CancellationToken))));
        Assert.Equal(new string('x', 20), await settings.GetAsync("list", TestContext.Current.CancellationToken));
        Assert.Equal($"{new string('x', 20)}y", await settings.ChangeAsync("list", before => $"{before}y", TestContext.Current.CancellationToken));
    }
}

public sealed class SettingStoreOnSqlite : SettingStoreTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class SettingStoreOnPostgres(PostgresServer server) : SettingStoreTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();
}
