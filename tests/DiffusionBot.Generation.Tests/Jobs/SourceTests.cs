using System.Text.Json;
using DiffusionBot.Engine;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Storage.Files;
using DiffusionBot.Generation.Tests.Support;
using DiffusionBot.Imaging;

namespace DiffusionBot.Generation.Tests.Jobs;

/// <summary>Requests that draw from a picture: it waits in the queue with them, is there after a restart, and goes with their row.</summary>
public abstract class SourceTests : OnBoth
{
    private static readonly Bitmap Picture = FakeEngine.Pixels(40, 30, 5);
    private static readonly Bitmap Mask = new(40, 30, 1, [.. Enumerable.Range(0, 1200).Select(i => (byte)(i % 2 * 255))]);

    private static ImageRequest From(Bitmap picture, Bitmap? mask = null) => new()
    {
        Steps = 2,
        Width = 16,
        Height = 16,
        Seed = 7,
        Init = new InitImage { Picture = picture, DenoisingStrength = 0.4, ResizeMode = ResizeMode.Crop, Inpaint = mask is null ? null : new Inpainting { Mask = mask, Padding = 9 } },
    };

    private static async Task<List<string>> FilesAsync(GenerationHost host)
    {
        var names = new List<string>();
        await foreach (var file in host.Get<IFileStore>().ListAsync(SourceFiles.Folder)) names.Add(file.Name);
        return names;
    }

    [Fact]
    public async Task A_picture_and_its_mask_are_there_after_a_restart()
    {
        await using (var never = GenerationHost.Build(Data, new FakeEngine())) await never.AcceptAsync("web:a", "a cat", From(Picture, Mask));
        var engine = new FakeEngine();
        await using var host = await GenerationHost.StartAsync(Data, engine);
        var drawn = (await engine.NextAsync()).Request;
        Assert.Equal((0.4, ResizeMode.Crop, 9), (drawn.Init!.DenoisingStrength, drawn.Init.ResizeMode, drawn.Init.Inpaint!.Padding));
        Assert.Equal(Picture.Pixels, drawn.Init.Picture!.Pixels);
        Assert.Equal((1, Mask.Pixels.Length), (drawn.Init.Inpaint.Mask!.Channels, drawn.Init.Inpaint.Mask.Pixels.Length));
        Assert.Equal(Mask.Pixels, drawn.Init.Inpaint.Mask.Pixels);
        Assert.Equal(RequestState.Done, (await host.Deliverer.NextAsync()).Request.State);
    }

    [Fact]
    public async Task They_are_kept_for_drawing_again_and_go_with_the_row()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var accepted = await host.AcceptAsync("web:a", "a cat", From(Picture, Mask));
        var row = await host.WaitForAsync(accepted.Id, RequestState.Done);
        Assert.Equal(2, (await FilesAsync(host)).Count);
        var order = JsonSerializer.Deserialize<DrawingOrder>(row.Order)!;
        var again = await host.Archive.ImageOfAsync(order, TestContext.Current.CancellationToken);
        Assert.Equal((0.4, 9), (again.Init!.DenoisingStrength, again.Init.Inpaint!.Padding));
        Assert.Equal(Picture.Pixels, again.Init.Picture!.Pixels);
        Assert.Equal(Mask.Pixels, again.Init.Inpaint.Mask!.Pixels);

        Assert.True(await host.Archive.DeleteAsync(accepted.Id));
        Assert.Empty(await FilesAsync(host));
        Assert.Null((await host.Archive.ImageOfAsync(order, TestContext.Current.CancellationToken)).Init!.Picture);
    }

    [Fact]
    public async Task They_are_forgotten_with_their_user()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        await host.WaitForAsync((await host.AcceptAsync("web:a", "a cat", From(Picture))).Id, RequestState.Done);
        await host.WaitForAsync((await host.AcceptAsync("web:b", "a dog", From(Picture))).Id, RequestState.Done);
        await host.Get<UserDirectory>().ForgetAsync("web:a", TestContext.Current.CancellationToken);
        Assert.Single(await FilesAsync(host));
    }

    [Fact]
    public async Task What_is_refused_or_known_leaves_no_file()
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine(), settings: [("Limits:QueueLength", 1)]);
        var request = GenerationHost.Request("web:a", "a cat", From(Picture));
        Assert.IsType<Acceptance.Accepted>(await host.Queue.AcceptAsync(request));
        Assert.IsType<Acceptance.Accepted>(await host.Queue.AcceptAsync(request));
        Assert.IsType<Acceptance.Refused>(await host.Queue.AcceptAsync(GenerationHost.Request("web:b", "a dog", From(Picture, Mask))));
        Assert.Single(await FilesAsync(host));
    }

    [Fact]
    public async Task A_large_picture_is_kept_smaller_unless_it_gets_a_part_back()
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine());
        var large = new Bitmap(3000, 10, 3, new byte[90_000]);
        var whole = await host.AcceptAsync("web:a", "a cat", From(large));
        var part = From(large, new Bitmap(3000, 10, 1, new byte[30_000]));
        var masked = await host.AcceptAsync("web:a", "a cat", part with { Init = part.Init! with { Inpaint = part.Init.Inpaint! with { Area = InpaintArea.OnlyMasked } } });
        Assert.Equal((2048, 6), await SizeAsync(host, whole.Id));
        Assert.Equal((3000, 10), await SizeAsync(host, masked.Id));
    }

    [Fact]
    public async Task A_picture_that_is_gone_is_told_once()
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine());
        await host.AcceptAsync("web:a", "a cat", From(Picture));
        foreach (var name in await FilesAsync(host)) await host.Get<IFileStore>().DeleteAsync(name, TestContext.Current.CancellationToken);
        await host.StartAsync();
        var request = (await host.Deliverer.NextAsync()).Request;
        Assert.Equal((RequestState.Failed, 1), (request.State, request.Attempts));
        Assert.Contains("The picture to draw from is no longer there.", request.ReasonEnglish!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_without_a_row_are_removed()
    {
        await using var host = GenerationHost.Build(Data, new FakeEngine());
        await host.AcceptAsync("web:a", "a cat", From(Picture));
        await host.Get<IFileStore>().WriteAsync($"{SourceFiles.Folder}/nobodys.png", new byte[] { 1 }, TestContext.Current.CancellationToken);
        await host.Get<SourceFiles>().RemoveOrphansAsync(DateTime.UnixEpoch);
        Assert.Equal(2, (await FilesAsync(host)).Count);
        await host.Get<SourceFiles>().RemoveOrphansAsync(DateTime.MaxValue);
        Assert.DoesNotContain("nobodys", Assert.Single(await FilesAsync(host)), StringComparison.Ordinal);
    }

    private static async Task<(int, int)> SizeAsync(GenerationHost host, Guid request)
    {
        var row = (await host.Archive.FindRequestAsync(request))!;
        var bitmap = (await host.Archive.ImageOfAsync(JsonSerializer.Deserialize<DrawingOrder>(row.Order)!, TestContext.Current.CancellationToken)).Init!.Picture!;
        return (bitmap.Width, bitmap.Height);
    }
}

public sealed class SourcesOnSqlite : SourceTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class SourcesOnPostgres(PostgresServer server) : SourceTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();
}
