using System.Security.Cryptography;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Tests.Checkpoints;
using DiffusionBot.Engine.Tests.Models;

namespace DiffusionBot.Engine.Tests.Pipelines;

[Collection(Drawing.Name)]
public sealed class SeparateVaeTests : IDisposable
{
    private static readonly ImageRequest Small = TinyEngine.Small;

    private readonly TemporaryFolder folder = new();
    private readonly ImageEngine engine;

    public SeparateVaeTests()
    {
        folder.Write("checkpoints/tiny.safetensors", TinyCheckpoint.Read().ToBytes());
        engine = new ImageEngine(new EngineOptions { Device = "cpu", Models = new ModelIndexOptions { Folder = folder.Path } });
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        engine.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("first_stage_model.")]
    [InlineData("")]
    public async Task A_vae_in_a_file_of_its_own_draws_what_it_drew_in_the_checkpoint(string prefix)
    {
        var path = folder.Write("vae/x.safetensors", TinyCheckpoint.Read().Only("first_stage_model.", prefix).ToBytes());
        var own = await Draw(Small with { Vae = "None" });
        var separate = await Draw(Small with { Vae = "x" });
        Assert.Equal(own.Pixels.Pixels, separate.Pixels.Pixels);

        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, Cancel)))[..10];
        Assert.DoesNotContain("VAE", own.Infotext, StringComparison.Ordinal);
        Assert.Contains($", Model: tiny, VAE hash: {hash}, VAE: x.safetensors, ", separate.Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Automatic_takes_the_vae_named_like_the_checkpoint()
    {
        var own = await Draw(Small);
        Assert.DoesNotContain("VAE", own.Infotext, StringComparison.Ordinal);

        folder.Write("vae/other.safetensors", Pale());
        Assert.DoesNotContain("VAE", (await Draw(Small)).Infotext, StringComparison.Ordinal);

        folder.Write("vae/tiny.vae.safetensors", Pale());
        foreach (var vae in (string?[])[null, "Automatic"])
        {
            var automatic = await Draw(Small with { Vae = vae });
            Assert.Contains("VAE: tiny.vae.safetensors", automatic.Infotext, StringComparison.Ordinal);
            Assert.NotEqual(own.Pixels.Pixels, automatic.Pixels.Pixels);
        }
        var none = await Draw(Small with { Vae = "None" });
        Assert.Equal(own.Pixels.Pixels, none.Pixels.Pixels);
        Assert.Equal(own.Infotext, none.Infotext);
    }

    [Fact]
    public async Task An_unknown_vae_is_refused_with_those_that_there_are()
    {
        folder.Write("vae/x.safetensors", Pale());
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => engine.GenerateAsync(Small with { Vae = "y" }, cancel: Cancel));
        Assert.StartsWith("There is no VAE 'y'; ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("there is x", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_among_the_vaes_that_is_none_is_refused_and_the_checkpoints_own_still_draws()
    {
        var path = folder.Write("vae/lora.safetensors", Safetensors.WithTensors(("lora_unet_a.lora_down.weight", [2, 2])));
        var refused = await Assert.ThrowsAnyAsync<InvalidCheckpointException>(() => engine.GenerateAsync(Small with { Vae = "lora" }, cancel: Cancel));
        Assert.StartsWith($"{path}: this looks like a LoRA", refused.Message, StringComparison.Ordinal);
        await Draw(Small);
    }

    private static byte[] Pale() => TinyCheckpoint.Read().Only("first_stage_model.", "").Scaled(0.8f).ToBytes();

    private async Task<DrawnImage> Draw(ImageRequest request) => Assert.Single((await engine.GenerateAsync(request, cancel: Cancel)).Images);
}
