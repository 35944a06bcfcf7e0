using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Tests.Support;
using DiffusionBot.Imaging;

namespace DiffusionBot.Generation.Tests.Jobs;

public sealed class DrawingTests
{
    [Fact]
    public async Task A_request_is_drawn_stored_and_delivered()
    {
        using var data = new DataPlace();
        await using var host = await GenerationHost.StartAsync(data, new FakeEngine());
        var accepted = await host.AcceptAsync("web:a", "a cat");
        var shown = await host.Deliverer.NextAsync();
        Assert.Equal(accepted.Id, shown.Request.Id);
        Assert.False(shown.IsRetry);
        Assert.Equal(RequestState.Done, shown.Request.State);
        var picture = Assert.Single(shown.Request.Pictures);
        Assert.Equal(("a cat", "tiny-Model", 7L, 16, 16), (picture.Prompt, picture.Model, picture.Seed, picture.Width, picture.Height));
        var file = await host.Archive.ReadAsync(picture);
        Assert.Equal(picture.Infotext, PictureText.Read(file).Parameters);
        Assert.Equal(picture.FileName, Assert.Single(data.Pictures));
    }
}
