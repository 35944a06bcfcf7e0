using DiffusionBot.Engine;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using DiffusionBot.Imaging;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Tests.Storage;

public abstract class ArchiveTests : OnBoth
{
    private static async Task<StoredRequest> DrawAsync(GenerationHost host, string user, string prompt, long seed = 7, bool isPublic = false, Guid? parent = null)
    {
        var request = GenerationHost.Request(user, prompt, new ImageRequest { Steps = 2, Width = 16, Height = 16, Seed = seed });
        Assert.IsType<Acceptance.Accepted>(await host.Queue.AcceptAsync(request with { IsPublic = isPublic, ParentId = parent, Relation = parent is null ? null : "again" }));
        return (await host.Deliverer.NextAsync()).Request;
    }

    [Fact]
    public async Task Pictures_and_requests_are_found_by_their_names()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var request = await DrawAsync(host, "web:a", "a cat");
        var picture = request.Pictures[0];
        Assert.Equal(request.Code, (await host.Archive.FindByTokenAsync(picture.Token))!.Request!.Code);
        Assert.Null(await host.Archive.FindByTokenAsync(picture.Token.ToLowerInvariant() + "x"));
        Assert.Equal(request.Id, (await host.Archive.FindPictureAsync(picture.Id))!.RequestId);
        Assert.Equal(picture.Id, Assert.Single((await host.Archive.FindByCodeAsync($" {request.Code.ToLowerInvariant()} "))!.Pictures).Id);
        Assert.Null(await host.Archive.FindByCodeAsync("??????"));
        Assert.Equal(DateTimeKind.Utc, picture.CreatedAt.Kind);
        Assert.Matches("^[2-9A-Z]{6}$", request.Code);
    }

    [Fact]
    public async Task History_is_newest_first_and_ones_own()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        for (var i = 0; i < 3; i++) await DrawAsync(host, "web:a", $"picture {i}");
        await DrawAsync(host, "web:b", "another's");
        Assert.Equal(["picture 2", "picture 1"], (await host.Archive.HistoryAsync("web:a", 2)).Select(r => r.Prompt));
        Assert.All(await host.Archive.HistoryAsync("web:a"), r => Assert.Single(r.Pictures));
    }

    [Fact]
    public async Task The_gallery_is_searched_by_words_model_and_seed()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        await DrawAsync(host, "web:a", "A red Fox, 100% fur_ball", 1, isPublic: true);
        await DrawAsync(host, "web:a", "Ein ÄRGER fox", 2, isPublic: true);
        await DrawAsync(host, "web:a", "一只红色的狐狸", 3, isPublic: true);
        await DrawAsync(host, "web:a", "a secret fox", 4);
        async Task<string> Find(GalleryQuery query) => string.Join(' ', (await host.Archive.SearchAsync(query)).Pictures.Select(p => p.Seed));
        Assert.Equal("3 2 1", await Find(new()));
        Assert.Equal("2 1", await Find(new() { Words = "FOX" }));
        Assert.Equal("1", await Find(new() { Words = "fur\u3000RED" }));
        Assert.Equal("2", await Find(new() { Words = "ärger" }));
        Assert.Equal("3", await Find(new() { Words = "红色 狐狸" }));
        Assert.Equal("1", await Find(new() { Words = "100%" }));
        Assert.Equal("1", await Find(new() { Words = "r_b" }));
        Assert.Empty(await Find(new() { Words = "r%b" }));
        Assert.Empty(await Find(new() { Words = "a\\" }));
        Assert.Equal("3 2 1", await Find(new() { Model = "TINY-m" }));
        Assert.Empty(await Find(new() { Model = "huge" }));
        Assert.Equal("2", await Find(new() { Seed = 2 }));
        Assert.Equal("4 3 2 1", await Find(new() { UserId = "web:a" }));
        Assert.Equal("2", await Find(new() { Page = 1, PageSize = 1 }));
        Assert.Equal(3, (await host.Archive.SearchAsync(new() { PageSize = 1 })).Total);
        var shared = (await host.Archive.SearchAsync(new() { UserId = "web:a", Seed = 4 })).Pictures[0];
        await host.Archive.SetPublicAsync(shared.Id, true);
        Assert.Equal("4 2 1", await Find(new() { Words = "fox" }));
    }

    [Fact]
    public async Task A_picture_is_known_again_by_its_looks()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var one = (await DrawAsync(host, "web:a", "one", 1)).Pictures[0];
        var hash = unchecked((ulong)one.PerceptualHash);
        Assert.Equal(one.Id, (await host.Archive.FindLikeAsync(hash, 0))!.Id);
        var two = (await DrawAsync(host, "web:a", "two", 120)).Pictures[0];
        Assert.Equal(two.Id, (await host.Archive.FindLikeAsync(unchecked((ulong)two.PerceptualHash), 0))!.Id);
        Assert.Equal("two", (await host.Archive.FindLikeAsync(unchecked((ulong)two.PerceptualHash), 0))!.Request!.Prompt);
        Assert.Null(await host.Archive.FindLikeAsync(~hash, 3));
        // A bit off is still near, and none at all is left once it is removed.
        await host.Archive.DeleteAsync(two.RequestId);
        Assert.Equal(one.Id, (await host.Archive.FindLikeAsync(hash ^ 5, 4))!.Id);
        await host.Archive.DeleteAsync(one.RequestId);
        Assert.Null(await host.Archive.FindLikeAsync(hash, 64));
    }

    [Fact]
    public async Task Ancestors_come_nearest_first()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var first = await DrawAsync(host, "web:a", "first");
        var second = await DrawAsync(host, "web:a", "second", parent: first.Pictures[0].Id);
        var third = await DrawAsync(host, "web:a", "third", parent: second.Pictures[0].Id);
        Assert.Equal(["second", "first"], (await host.Archive.AncestorsAsync(third.Pictures[0])).Select(p => p.Request!.Prompt));
        await host.Archive.DeleteAsync(first.Id);
        Assert.Equal(["second"], (await host.Archive.AncestorsAsync(third.Pictures[0])).Select(p => p.Request!.Prompt));
    }

    [Fact]
    public async Task Deleting_takes_rows_files_and_replies_along()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        var one = await host.AcceptAsync("web:a", "one");
        Assert.False(await host.Archive.DeleteAsync(one.Id));
        (await engine.NextAsync()).Finish();
        var picture = (await host.Deliverer.NextAsync()).Request.Pictures[0];
        Assert.True(await host.Archive.DeleteAsync(one.Id));
        Assert.Empty(Data.Pictures);
        Assert.Null(await host.Archive.FindPictureAsync(picture.Id));
        Assert.Null(await host.Archive.ReadAsync(picture));
        Assert.Equal(0, await host.Database.ReadAsync(db => db.Outbox.CountAsync()));
        Assert.False(await host.Archive.DeleteAsync(one.Id));
    }

    [Fact]
    public async Task Files_may_lie_in_the_database()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), settings: [("Data:Files", "Database")]);
        var request = await DrawAsync(host, "web:a", "a cat");
        Assert.Empty(Data.Pictures);
        Assert.Equal(request.Pictures[0].Infotext, PictureText.Read((await host.Archive.ReadAsync(request.Pictures[0]))!).Parameters);
        var files = host.Get<IFileStore>();
        await files.WriteAsync(request.Pictures[0].FileName, new byte[] { 1, 2 });
        Assert.Equal([1, 2], await files.ReadAsync(request.Pictures[0].FileName));
        var listed = new List<(string Name, long Bytes)>();
        await foreach (var file in files.ListAsync("pictures")) listed.Add((file.Name, file.Bytes));
        Assert.Equal((request.Pictures[0].FileName, 2L), Assert.Single(listed));
        Assert.True(await host.Archive.DeleteAsync(request.Id));
        Assert.Null(await files.ReadAsync(request.Pictures[0].FileName));
    }
}

public sealed class ArchiveOnSqlite : ArchiveTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class ArchiveOnPostgres(PostgresServer server) : ArchiveTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();
}
