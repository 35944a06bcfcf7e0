using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace DiffusionBot.Generation.Tests.Storage;

public abstract class RecentPicturesTests : OnBoth
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_last_picture_of_each_user_is_found_for_ten_minutes()
    {
        // Files have the time that it is.
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var host = GenerationHost.Build(Data, new FakeEngine(), configure: services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)));
        var recent = host.Get<RecentPictures>();
        await recent.KeepAsync("web:a/../b", new byte[] { 1 }, Cancel);
        await recent.KeepAsync("web:a/../b", new byte[] { 2, 3 }, Cancel);
        await recent.KeepAsync("discord:7", new byte[] { 4 }, Cancel);
        clock.Advance(RecentPictures.KeptFor - TimeSpan.FromSeconds(1));
        Assert.Equal([2, 3], await recent.FindAsync("web:a/../b", Cancel));
        Assert.Equal([4], await recent.FindAsync("discord:7", Cancel));
        Assert.Null(await recent.FindAsync("discord:8", Cancel));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await recent.FindAsync("web:a/../b", Cancel));
        clock.Advance(TimeSpan.FromMinutes(1));
        await recent.TidyAsync();
        Assert.Empty(await FilesOf(host));
    }

    [Fact]
    public async Task Who_is_forgotten_has_sent_none()
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine());
        var recent = host.Get<RecentPictures>();
        await recent.KeepAsync("a", new byte[] { 1 }, Cancel);
        await recent.KeepAsync("b", new byte[] { 2 }, Cancel);
        await recent.ForgetAsync("a", Cancel);
        Assert.Null(await recent.FindAsync("a", Cancel));
        Assert.Equal([2], await recent.FindAsync("b", Cancel));
        Assert.Single(await FilesOf(host));
    }

    private static async Task<List<string>> FilesOf(GenerationHost host)
    {
        var names = new List<string>();
        await foreach (var file in host.Get<IFileStore>().ListAsync(RecentPictures.Folder, Cancel)) names.Add(file.Name);
        return names;
    }
}

public sealed class RecentPicturesOnSqlite : RecentPicturesTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class RecentPicturesOnPostgres(PostgresServer server) : RecentPicturesTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();
}
