using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using DiffusionBot.Imaging;

namespace DiffusionBot.Generation.Tests.Jobs;

/// <summary>The whole way once, with the engine and the model that ships.</summary>
public sealed class RealEngineTests
{
    [Fact]
    public async Task The_shipped_model_draws_a_request()
    {
        using var data = new DataPlace();
        using var engine = new ImageEngine(new EngineOptions
        {
            Models = new ModelIndexOptions { Folder = TestData.Model(""), CacheFolder = Path.Combine(data.Folder, "cache"), DefaultCheckpoint = "emoji-3d" },
            Device = "cpu",
        });
        await using var host = await GenerationHost.StartAsync(data, new Drawing(engine));
        await host.AcceptAsync("web:a", "a cat", new ImageRequest { Steps = 2, Width = 64, Height = 64, Seed = 7 });
        var request = (await host.Deliverer.NextAsync()).Request;
        Assert.True(request.State == RequestState.Done, request.ReasonEnglish);
        var picture = Assert.Single(request.Pictures);
        Assert.Equal(("emoji-3d", 64, 64), (picture.Model, picture.Width, picture.Height));
        var decoded = PictureReader.Decode(await host.Archive.ReadAsync(picture));
        Assert.Equal(picture.Infotext, decoded.Text.Parameters);
        // It is the picture that its text draws.
        var again = await engine.GenerateAsync(new ImageRequest { Prompt = "a cat", Steps = 2, Width = 64, Height = 64, Seed = 7 });
        Assert.Equal(again.Images[0].Pixels.Pixels, decoded.Bitmap.Pixels);
        Assert.Equal(again.Images[0].Infotext, picture.Infotext);
    }

    private sealed class Drawing(ImageEngine engine) : IDrawingEngine
    {
        public Task<ImageResult> GenerateAsync(ImageRequest request, IProgress<DrawingProgress>? progress, CancellationToken cancel) => engine.GenerateAsync(request, progress, cancel);
    }
}
