using DiffusionBot.Imaging;

namespace DiffusionBot.Tests.Cli;

/// <summary><c>draw --init</c>: what its options do, and which do not go together. What WebUI drew is in <see cref="ReferenceTextsTests"/>.</summary>
public sealed class DrawFromPictureTests(Shell shell) : IClassFixture<Shell>
{
    private Picture PictureOf(string file) => PictureReader.Decode(File.ReadAllBytes(shell.At(file)));

    [Fact]
    public async Task Options_win_over_the_text_and_masks_are_said_in_it()
    {
        const string Recipe = "a cat\nSteps: 2, Sampler: Euler, CFG scale: 7, Seed: 9, Size: 64x64, Denoising strength: 0.4, Mask blur: 8, Masked content: fill";
        var run = await shell.RunAsync(
            [
                "draw", "-", "--init", TestData.Reference("pictures/source.png"), "--mask", TestData.Reference("pictures/mask.png"), "--denoise", "0.6", "--mask-blur", "2", "--inpaint-fill", "nothing",
                "--inpaint-area", "masked", "--padding", "16", "--invert-mask", "--noise-multiplier", "1.1", "-o", "options.png",
            ],
            Recipe);
        Assert.Equal((0, ""), (run.Code, run.Code == 0 ? "" : run.Error));
        Assert.Contains(
            "Denoising strength: 0.6, Mask mode: Inpaint not masked, Mask blur: 2, Inpaint area: Only masked, Masked area padding: 16, Masked content: latent nothing, Noise multiplier: 1.1,",
            run.Out, StringComparison.Ordinal);
        var (drawn, source) = (PictureOf("options.png").Bitmap, PictureReader.Decode(await File.ReadAllBytesAsync(TestData.Reference("pictures/source.png"), TestContext.Current.CancellationToken)).Bitmap);
        Assert.Equal((source.Width, source.Height), (drawn.Width, drawn.Height));
    }

    [Fact]
    public async Task Words_with_a_picture_take_its_proportions()
    {
        var run = await shell.RunAsync("draw", "a cat", "--init", TestData.Reference("pictures/source-wide.png"), "--steps", "1", "--denoise", "0.1", "-o", "wide.png");
        Assert.Equal((0, ""), (run.Code, run.Code == 0 ? "" : run.Error));
        var (drawn, source) = (PictureOf("wide.png").Bitmap, PictureReader.Decode(await File.ReadAllBytesAsync(TestData.Reference("pictures/source-wide.png"), TestContext.Current.CancellationToken)).Bitmap);
        Assert.Equal((double)source.Width / source.Height, (double)drawn.Width / drawn.Height, tolerance: 0.1);
    }

    [Fact]
    public async Task A_second_pass_can_be_asked_for()
    {
        var run = await shell.RunAsync("draw", "a cat", "--steps", "1", "--seed", "3", "--size", "64x64", "--hires", "1.5", "--hires-steps", "1", "--hires-upscaler", "Lanczos", "--hires-denoise", "0.5", "-o", "second.png");
        Assert.Equal((0, ""), (run.Code, run.Code == 0 ? "" : run.Error));
        Assert.Contains("Denoising strength: 0.5, Hires upscale: 1.5, Hires steps: 1, Hires upscaler: Lanczos,", run.Out, StringComparison.Ordinal);
        var drawn = PictureOf("second.png").Bitmap;
        Assert.Equal((96, 96), (drawn.Width, drawn.Height));
    }

    [Theory]
    [InlineData(2, "--mask-blur", "--mask-blur", "4")]
    [InlineData(2, "--denoise", "--denoise", "0.4")]
    [InlineData(2, "--resize-mode", "--init", "x.png", "--resize-mode", "stretch")]
    [InlineData(1, "not-here.png", "--init", "not-here.png")]
    [InlineData(1, "appsettings.json", "--init", "appsettings.json")]
    public async Task What_does_not_fit_is_refused_by_name(int code, string named, params string[] args)
    {
        var run = await shell.RunAsync(["draw", "a cat", "--steps", "1", .. args], "");
        Assert.Equal(code, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
    }
}
