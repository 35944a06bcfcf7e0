using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Tests.Models;
using DiffusionBot.Engine.Tests.Pipelines;

namespace DiffusionBot.Engine.Tests.Checkpoints.Torch;

/// <summary>A checkpoint or VAE draws the same whatever container it comes in.</summary>
[Collection(Drawing.Name)]
public sealed class TorchPicturesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ImageEngine engine;

    public TorchPicturesTests()
    {
        folder.Write("checkpoints/safe.safetensors", TinyCheckpoint.Read().ToBytes());
        engine = new ImageEngine(new EngineOptions { Device = "cpu", Models = new ModelIndexOptions { Folder = folder.Path } });
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        engine.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("F16", false)]
    [InlineData("F16", true)]   // converted, and put in order on the way
    [InlineData("F32", true)]
    [InlineData("F32", false)]  // read by ONNX Runtime itself, where torch laid it
    public async Task A_ckpt_draws_what_its_safetensors_file_draws(string type, bool transposed)
    {
        if (type != "F16") folder.Write("checkpoints/safe.safetensors", TinyCheckpoint.Read().As(type).ToBytes());
        var path = folder.Write("checkpoints/torch.ckpt", (type == "F16" ? TinyCheckpoint.Read() : TinyCheckpoint.Read().As(type)).ToTorch(transposed));
        var (safe, torch) = (await Draw("safe"), await Draw("torch"));
        Assert.Equal(safe.Pixels.Pixels, torch.Pixels.Pixels);
        Assert.Contains($"Model hash: {(await new ModelHashes().Sha256Async(path, Cancel))[..10]}, Model: torch,", torch.Infotext, StringComparison.Ordinal);
        var listed = engine.Models.Files(ModelKind.Checkpoint).Single(f => f.Name == "torch");
        Assert.Equal(("SD 1.x", null), (listed.Family?.Name, listed.Problem));
    }

    [Theory]
    [InlineData("vae/x.pt", "x", "first_stage_model.")]
    [InlineData("vae/x.ckpt", "x.ckpt", "")]
    [InlineData("vae/safe.vae.pt", "Automatic", "")]
    [InlineData("checkpoints/safe.vae.pt", "Automatic", "")]
    public async Task A_vae_of_torch_draws_what_it_drew_in_the_checkpoint(string place, string name, string prefix)
    {
        var own = await Draw("safe", "None");
        folder.Write(place, TinyCheckpoint.Read().Only("first_stage_model.", prefix).ToTorch());
        var separate = await Draw("safe", name);
        Assert.Equal(own.Pixels.Pixels, separate.Pixels.Pixels);
        Assert.Contains($"VAE: {Path.GetFileName(place)}, ", separate.Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_config_beside_the_checkpoint_makes_it_predict_velocity()
    {
        var safe = await Draw("safe");
        folder.Write("checkpoints/torch.ckpt", TinyCheckpoint.Read().ToTorch());
        folder.Write("checkpoints/torch.yaml", "model:\n  params:\n    linear_start: 0.00085\n"u8.ToArray());
        var noise = await Draw("torch");
        Assert.Equal(safe.Pixels.Pixels, noise.Pixels.Pixels);

        var config = folder.Write("checkpoints/torch.yaml", "model:\n  params:\n    parameterization: \"v\"\n"u8.ToArray());
        File.SetLastWriteTimeUtc(config, File.GetLastWriteTimeUtc(config).AddSeconds(1));   // coarse clocks
        var velocity = await Draw("torch");
        Assert.InRange(PictureAssert.Psnr(safe.Pixels.Pixels, velocity.Pixels.Pixels), 0, 40);
    }

    private async Task<DrawnImage> Draw(string checkpoint, string? vae = null) =>
        Assert.Single((await engine.GenerateAsync(TinyEngine.Small with { Checkpoint = checkpoint, Vae = vae }, cancel: Cancel)).Images);
}
