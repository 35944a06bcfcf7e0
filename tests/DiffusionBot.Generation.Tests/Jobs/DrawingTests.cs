using DiffusionBot.Engine;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Moderation;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using DiffusionBot.Imaging;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Generation.Tests.Jobs;

public abstract class DrawingTests : OnBoth
{
    [Fact]
    public async Task A_request_is_drawn_stored_and_delivered()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var accepted = await host.AcceptAsync("web:a", "a cat");
        var shown = await host.Deliverer.NextAsync();
        Assert.Equal(accepted.Id, shown.Request.Id);
        Assert.False(shown.IsRetry);
        Assert.Equal((RequestState.Done, 1), (shown.Request.State, shown.Request.Attempts));
        var picture = Assert.Single(shown.Request.Pictures);
        Assert.Equal(("a cat", "tiny-Model", 7L, 16, 16), (picture.Prompt, picture.Model, picture.Seed, picture.Width, picture.Height));
        var file = await host.Archive.ReadAsync(picture);
        Assert.Equal(file!.Length, picture.Bytes);
        Assert.Equal(picture.Infotext, PictureText.Read(file).Parameters);
        Assert.Equal(picture.FileName, Assert.Single(Data.Pictures));
        Assert.Equal(PerceptualHash.Of(PictureReader.Decode(file).Bitmap), unchecked((ulong)picture.PerceptualHash));
    }

    [Fact]
    public async Task Pictures_of_a_batch_lie_in_the_order_of_their_seeds()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        await host.AcceptAsync("web:a", "cats", new ImageRequest { Steps = 1, Width = 16, Height = 16, Seed = 40, BatchCount = 3 });
        var shown = await host.Deliverer.NextAsync();
        Assert.Equal([40L, 41, 42], shown.Request.Pictures.Select(p => p.Seed));
        Assert.Equal(3, Data.Pictures.Count());
        Assert.Equal(3, shown.Request.Pictures.Select(p => p.Token).Distinct().Count());
        Assert.All(shown.Request.Pictures, p => Assert.Equal(22, p.Token.Length));
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_again_and_leaves_one_picture()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        await host.AcceptAsync("web:a", "a cat");
        (await engine.NextAsync()).Fail(new IOException("the disk hiccuped"));
        (await engine.NextAsync()).Fail(new NotEnoughMemoryException("full"));
        (await engine.NextAsync()).Finish();
        var shown = await host.Deliverer.NextAsync();
        Assert.Equal((RequestState.Done, 3, 2), (shown.Request.State, shown.Request.Attempts, shown.Request.Failures));
        Assert.Single(Data.Pictures);
    }

    [Fact]
    public async Task After_the_third_failure_the_user_is_told_why()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        await host.AcceptAsync("web:a", "a cat");
        for (var i = 0; i < 3; i++) (await engine.NextAsync()).Fail(new IOException("/secret/path: no room"));
        var shown = await host.Deliverer.NextAsync();
        Assert.Equal(RequestState.Failed, shown.Request.State);
        Assert.Equal("Tried 3 times, and given up: the picture could not be stored.", shown.Request.ReasonEnglish);
        Assert.Equal("尝试了 3 次仍未成功：图片无法保存。", shown.Request.ReasonChinese);
        Assert.Empty(Data.Pictures);
    }

    [Fact]
    public async Task What_trying_again_does_not_mend_fails_at_once()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        await host.AcceptAsync("web:a", "a cat");
        (await engine.NextAsync()).Fail(new InvalidRequestException("Steps is 0; expected 1 to 150."));
        var shown = await host.Deliverer.NextAsync();
        Assert.Equal((RequestState.Failed, 1), (shown.Request.State, shown.Request.Attempts));
        Assert.Equal("This cannot be drawn as it stands: Steps is 0; expected 1 to 150.", shown.Request.ReasonEnglish);
        await host.AcceptAsync("web:a", "another");
        (await engine.NextAsync()).Fail(new InvalidCheckpointException("/models/secret.safetensors: cut off"));
        Assert.Equal("The model's file is damaged or incomplete.", (await host.Deliverer.NextAsync()).Request.ReasonEnglish);
    }

    [Fact]
    public async Task What_is_being_drawn_is_called_off()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        var accepted = await host.AcceptAsync("web:a", "a cat");
        var drawing = await engine.NextAsync();
        Assert.True(await host.Queue.CancelAsync(accepted.Id));
        await host.WaitForAsync(accepted.Id, RequestState.Cancelled);
        Assert.True(drawing.Cancel.IsCancellationRequested);
        Assert.False(await host.Queue.CancelAsync(accepted.Id));
        Assert.Empty(Data.Pictures);
        Assert.False(host.Deliverer.HasMore);
    }

    [Fact]
    public async Task What_waits_is_called_off_and_never_begins()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        await host.AcceptAsync("web:a", "first");
        var first = await engine.NextAsync();
        var second = await host.AcceptAsync("web:a", "second");
        var third = await host.AcceptAsync("web:a", "third");
        Assert.True(await host.Queue.CancelAsync(second.Id));
        first.Finish();
        (await engine.NextAsync()).Finish();
        await host.WaitForAsync(third.Id, RequestState.Done);
        Assert.Equal(["first", "third"], engine.Prompts);
        Assert.Equal(RequestState.Cancelled, (await host.Archive.FindRequestAsync(second.Id))!.State);
    }

    [Fact]
    public async Task A_picture_that_may_not_be_shown_is_not_kept()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine(), configure: s => s.AddSingleton<IPictureCheck, NoToAll>());
        await host.AcceptAsync("web:a", "a cat");
        var shown = await host.Deliverer.NextAsync();
        Assert.Equal((RequestState.Failed, "not here", "不行", 1), (shown.Request.State, shown.Request.ReasonEnglish, shown.Request.ReasonChinese, shown.Request.Attempts));
        Assert.Empty(Data.Pictures);
    }

    [Fact]
    public async Task A_picture_is_enlarged_and_says_so()
    {
        var engine = new FakeEngine();
        await using var host = await GenerationHost.StartAsync(Data, engine);
        await host.AcceptAsync("web:a", "a cat");
        var picture = (await host.Deliverer.NextAsync()).Request.Pictures[0];
        var request = GenerationHost.Request("web:a", "a cat") with { ParentId = picture.Id, Relation = "upscale" };
        request = request with { Order = request.Order with { Enlarge = new Enlargement(picture.Id, 2) } };
        Assert.IsType<Acceptance.Accepted>(await host.Queue.AcceptAsync(request));
        var enlarged = (await host.Deliverer.NextAsync()).Request.Pictures[0];
        Assert.Equal((32, 32, picture.Seed), (enlarged.Width, enlarged.Height, enlarged.Seed));
        Assert.Equal(picture.Infotext + ", Postprocess upscale by: 2, Postprocess upscaler: Lanczos", enlarged.Infotext);
        Assert.Equal(32, PictureHeader.Read((await host.Archive.ReadAsync(enlarged))!).Width);
        Assert.Single(engine.Prompts);
        Assert.Equal(picture.Id, Assert.Single(await host.Archive.AncestorsAsync(enlarged)).Id);
    }

    [Fact]
    public async Task A_picture_is_enlarged_by_the_engines_upscaler_where_one_is_named()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        await host.AcceptAsync("web:a", "a cat");
        var picture = (await host.Deliverer.NextAsync()).Request.Pictures[0];
        var request = GenerationHost.Request("web:a", "a cat");
        await host.Queue.AcceptAsync(request with { Order = request.Order with { Enlarge = new Enlargement(picture.Id, 2) { Upscaler = "4x, sharp" } } });
        var enlarged = (await host.Deliverer.NextAsync()).Request.Pictures[0];
        Assert.Equal(picture.Infotext + ", Postprocess upscale by: 2, Postprocess upscaler: \"4x, sharp\"", enlarged.Infotext);
        Assert.Equal(FakeEngine.Pixels(32, 32, 9).Pixels, PictureReader.Decode((await host.Archive.ReadAsync(enlarged))!).Bitmap.Pixels);
    }

    [Fact]
    public async Task Enlarging_what_is_gone_says_so()
    {
        await using var host = await GenerationHost.StartAsync(Data, new FakeEngine());
        var request = GenerationHost.Request("web:a", "a cat");
        await host.Queue.AcceptAsync(request with { Order = request.Order with { Enlarge = new Enlargement(Guid.NewGuid(), 2) } });
        Assert.Equal("The picture to enlarge is no longer there.", (await host.Deliverer.NextAsync()).Request.ReasonEnglish);
    }

    [Fact]
    public async Task Progress_and_previews_go_to_who_looks()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        var feed = host.Get<ProgressFeed>();
        await host.AcceptAsync("web:a", "a cat");
        var drawing = await engine.NextAsync();
        drawing.Report(1, () => throw new InvalidOperationException("Nobody looks: no preview is drawn."));
        var seen = new List<RequestProgress>();
        using (feed.Watch(seen.Add))
        {
            drawing.Report(1, () => FakeEngine.Pixels(2, 2, 0));
            drawing.Report(2, () => throw new InvalidOperationException("Half a second has not passed."));
        }
        Assert.Equal([(1, 2, true), (2, 2, false)], seen.Select(p => (p.Step, p.Steps, p.Preview is not null)));
        Assert.Equal(2, PictureHeader.Read(seen[0].Preview!).Width);
        drawing.Finish();
    }

    [Fact]
    public async Task What_the_engine_notes_is_kept()
    {
        var engine = new FakeEngine { IsGated = true };
        await using var host = await GenerationHost.StartAsync(Data, engine);
        await host.AcceptAsync("web:a", "a cat");
        (await engine.NextAsync()).Finish("another sampler was used");
        Assert.Equal("another sampler was used\n", (await host.Deliverer.NextAsync()).Request.EngineNotes);
    }

    private sealed class NoToAll : IPictureCheck
    {
        public Task<LocalText?> CheckAsync(Bitmap picture, string place, CancellationToken cancel) => Task.FromResult<LocalText?>(new("not here", "不行"));
    }
}

public sealed class DrawingOnSqlite : DrawingTests
{
    protected override Task<string?> NewDatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class DrawingOnPostgres(PostgresServer server) : DrawingTests
{
    protected override async Task<string?> NewDatabaseAsync() => await server.NewDatabaseAsync();
}
