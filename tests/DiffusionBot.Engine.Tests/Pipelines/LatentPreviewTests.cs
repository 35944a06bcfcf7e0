using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Pipelines;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>The small matrix from latents to colours is fitted once per autoencoder and kept.</summary>
[Collection(Drawing.Name)]
public sealed class LatentPreviewTests : IDisposable
{
    private const string Hash = "0123456789abcdef0123456789abcdef";

    private static readonly float[] Latent = [.. Enumerable.Range(0, 4 * 6 * 5).Select(i => MathF.Sin(i))];

    private readonly TemporaryFolder folder = new();
    private readonly LoadedModel model = LoadedModel.Load(
        SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors")), vae: null, EngineDevice.Cpu(1), CancellationToken.None);

    private string Kept => folder.At($"preview-{Hash[..16]}.json");

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_preview_has_the_latents_size_and_is_always_the_same()
    {
        var picture = Draw(null);
        Assert.Equal((5, 6, 3), (picture.Width, picture.Height, picture.Channels));
        Assert.Equal(picture.Pixels, Draw(null).Pixels);
    }

    [Fact]
    public void What_was_fitted_is_kept_and_used_again()
    {
        var fitted = Draw(folder.Path).Pixels;
        Assert.True(File.Exists(Kept));
        Assert.Equal(fitted, Draw(folder.Path).Pixels);

        File.WriteAllText(Kept, "[0,0,0,0,1, 0,0,0,0,-1, 0,0,0,0,0]");   // red, whatever the latent
        Assert.Equal([255, 0, 127], Draw(folder.Path).Pixels[..3]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1,2,3]")]
    [InlineData("[0,0,0,0,1e999,0,0,0,0,0,0,0,0,0,0]")]
    public void What_is_kept_damaged_is_made_again(string text)
    {
        var fitted = Draw(null).Pixels;
        File.WriteAllText(Kept, text);
        Assert.Equal(fitted, Draw(folder.Path).Pixels);
        Assert.StartsWith("[", File.ReadAllText(Kept), StringComparison.Ordinal);
        Assert.Equal(fitted, Draw(folder.Path).Pixels);
    }

    [Fact]
    public void A_cache_that_cannot_be_written_costs_nothing_but_time()
    {
        var file = folder.Write("file", [1]);
        Assert.Equal(Draw(null).Pixels, Draw(Path.Combine(file, "below")).Pixels);
    }

    private Imaging.Bitmap Draw(string? cache) => LatentPreview.For(cache, Hash, model.Decoder, CancellationToken.None).Draw(Latent, 6, 5);
}
