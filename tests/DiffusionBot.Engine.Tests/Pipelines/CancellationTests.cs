namespace DiffusionBot.Engine.Tests.Pipelines;

[Collection(Drawing.Name)]
public sealed class CancellationTests(TinyEngine tiny)
{
    private static readonly ImageRequest Small = TinyEngine.Small;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Euler")]
    [InlineData("DDIM")]
    [InlineData("DPM++ 2M")]
    public async Task A_drawing_stops_within_a_step(string sampler)
    {
        using var stop = new CancellationTokenSource();
        var progress = new ProgressLog(p =>
        {
            if (p is { Stage: DrawingStage.Sampling, Step: 2 }) stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tiny.Engine.GenerateAsync(Small with { Steps = 20, Sampler = sampler }, progress, stop.Token));
        Assert.InRange(progress.Reports[^1].Step, 2, 3);
        await DrawsAsBefore();
    }

    [Theory]
    [InlineData(DrawingStage.Loading)]
    [InlineData(DrawingStage.Reading)]
    [InlineData(DrawingStage.Decoding)]
    public async Task A_drawing_stops_at_any_stage(DrawingStage stage)
    {
        using var stop = new CancellationTokenSource();
        var progress = new ProgressLog(p =>
        {
            if (p.Stage == stage) stop.Cancel();
        });
        // An engine of its own, so that it has to load.
        using var engine = new ImageEngine(tiny.Options);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.GenerateAsync(Small, progress, stop.Token));
        Assert.Equal(stage, progress.Reports[^1].Stage);
        Assert.NotEmpty((await engine.GenerateAsync(Small, cancel: Cancel)).Images);
    }

    [Fact]
    public async Task Waiting_for_ones_turn_can_be_given_up()
    {
        using var stop = new CancellationTokenSource();
        Task<ImageResult>? waiting = null;
        var progress = new ProgressLog(p =>
        {
            if (p is not { Stage: DrawingStage.Sampling, Step: 1 } || waiting is not null) return;
            waiting = tiny.Engine.GenerateAsync(Small with { Seed = 6 }, cancel: stop.Token);
            stop.Cancel();
        });
        var drawn = await tiny.Engine.GenerateAsync(Small, progress, Cancel);
        Assert.Single(drawn.Images);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting!);
        await DrawsAsBefore();
    }

    [Fact]
    public async Task A_request_that_is_cancelled_already_is_not_begun()
    {
        var progress = new ProgressLog();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tiny.Engine.GenerateAsync(Small, progress, new CancellationToken(canceled: true)));
        Assert.Empty(progress.Reports);
    }

    [Fact]
    public async Task Requests_at_once_are_each_drawn_as_alone()
    {
        ImageRequest[] requests = [Small, Small with { Seed = 77 }, Small with { Prompt = "a dog", Sampler = "DDIM" }, Small with { Width = 96 }];
        var alone = new List<byte[]>();
        foreach (var request in requests) alone.Add((await tiny.Engine.GenerateAsync(request, cancel: Cancel)).Images[0].Pixels.Pixels);

        var together = await Task.WhenAll(requests.Select(request => Task.Run(() => tiny.Engine.GenerateAsync(request, cancel: Cancel), Cancel)));
        for (var i = 0; i < requests.Length; i++) Assert.Equal(alone[i], together[i].Images[0].Pixels.Pixels);
    }

    [Fact]
    public async Task Closing_the_engine_cancels_what_it_draws_and_what_waits()
    {
        var engine = new ImageEngine(tiny.Options);
        using var drawing = new ManualResetEventSlim();
        var progress = new ProgressLog(p =>
        {
            if (p is { Stage: DrawingStage.Sampling, Step: 1 }) drawing.Set();
        });
        var drawn = engine.GenerateAsync(Small with { Steps = 150, BatchCount = 100 }, progress, Cancel);
        await Task.Run(() => drawing.Wait(Cancel), Cancel);
        var waiting = engine.GenerateAsync(Small, cancel: Cancel);
        engine.Dispose();
        engine.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drawn);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.GenerateAsync(Small, cancel: Cancel));
    }

    private async Task DrawsAsBefore()
    {
        using var fresh = new ImageEngine(tiny.Options);
        var expected = (await fresh.GenerateAsync(Small, cancel: Cancel)).Images[0].Pixels.Pixels;
        Assert.Equal(expected, (await tiny.Engine.GenerateAsync(Small, cancel: Cancel)).Images[0].Pixels.Pixels);
    }
}
