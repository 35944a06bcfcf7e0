using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Pipelines;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Tests.Checkpoints;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>Drawing from a picture with tiny models: what of it is kept, seen and said.</summary>
[Collection(Drawing.Name)]
public sealed class PictureStartTests(TinyEngine tiny)
{
    private const int Side = 64;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Bitmap Source(int channels = 3, Func<int, int, byte>? alpha = null) => new(Side, Side, channels,
        [.. Enumerable.Range(0, Side * Side).SelectMany(i => new[] { (byte)(i % Side * 4), (byte)(i / Side * 4), (byte)90, alpha?.Invoke(i % Side, i / Side) ?? 255 }.Take(channels))]);

    private static Bitmap Mask(Func<int, int, bool> white) => new(Side, Side, 1, [.. Enumerable.Range(0, Side * Side).Select(i => white(i % Side, i / Side) ? byte.MaxValue : byte.MinValue)]);

    private static ImageRequest From(InitImage init) => TinyEngine.Small with { Init = init };

    private static byte[] Half(Bitmap picture, bool left) => Channels.Crop(picture, left ? 0 : Side / 2, 0, Side / 2, Side).Pixels;

    private static void Same(DrawnImage expected, DrawnImage actual)
    {
        Assert.Equal(expected.Infotext, actual.Infotext);
        Assert.Equal(expected.Pixels.Pixels, actual.Pixels.Pixels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_not_masked_stays_to_the_bit(bool inverted)
    {
        var inpaint = new Inpainting { Mask = Mask((x, _) => x < Side / 2), MaskBlur = 0, Inverted = inverted };
        var drawn = (await tiny.Engine.GenerateAsync(From(new InitImage { Picture = Source(), Inpaint = inpaint }), cancel: Cancel)).Images[0];
        Assert.Equal(Half(Source(), left: inverted), Half(drawn.Pixels, left: inverted));
        Assert.NotEqual(Half(Source(), left: !inverted), Half(drawn.Pixels, left: !inverted));
    }

    [Fact]
    public async Task Without_a_mask_what_is_transparent_is_drawn()
    {
        var picture = Source(4, (x, _) => (byte)(x < Side / 2 ? 100 : 255));
        var drawn = (await tiny.Engine.GenerateAsync(From(new InitImage { Picture = picture, Inpaint = new Inpainting { MaskBlur = 0 } }), cancel: Cancel)).Images[0].Pixels;
        Assert.Equal(Half(Source(), left: false), Half(drawn, left: false));
        Assert.NotEqual(Half(Channels.FlattenOntoWhite(picture), left: true), Half(drawn, left: true));
    }

    [Fact]
    public async Task A_mask_with_transparency_is_its_alpha()
    {
        var grey = new Inpainting { Mask = Mask((x, _) => x < Side / 2) };
        var alpha = new Inpainting { Mask = Source(4, (x, _) => (byte)(x < Side / 2 ? 200 : 100)) };
        var expected = await tiny.Engine.GenerateAsync(From(new InitImage { Picture = Source(), Inpaint = grey }), cancel: Cancel);
        var actual = await tiny.Engine.GenerateAsync(From(new InitImage { Picture = Source(), Inpaint = alpha }), cancel: Cancel);
        Assert.Equal(expected.Images[0].Pixels.Pixels, actual.Images[0].Pixels.Pixels);
    }

    [Fact]
    public async Task Only_the_masked_part_comes_back_at_the_pictures_own_size()
    {
        var large = Fitting.Stretch(Source(), 200, 100);
        var mask = new Bitmap(200, 100, 1, [.. Enumerable.Range(0, 20_000).Select(i => i % 200 is > 150 and < 180 && i / 200 is > 20 and < 50 ? byte.MaxValue : byte.MinValue)]);
        var inpaint = new Inpainting { Mask = mask, MaskBlur = 2, Area = InpaintArea.OnlyMasked, Padding = 4 };
        var drawn = (await tiny.Engine.GenerateAsync(From(new InitImage { Picture = large, Inpaint = inpaint }), cancel: Cancel)).Images[0];
        Assert.Equal((200, 100), (drawn.Pixels.Width, drawn.Pixels.Height));
        Assert.Equal(Channels.Crop(large, 0, 0, 140, 100).Pixels, Channels.Crop(drawn.Pixels, 0, 0, 140, 100).Pixels);
        Assert.NotEqual(Channels.Crop(large, 155, 25, 20, 20).Pixels, Channels.Crop(drawn.Pixels, 155, 25, 20, 20).Pixels);
        Assert.Contains("Size: 64x64", drawn.Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_black_mask_of_which_only_the_masked_part_is_asked_for_is_none()
    {
        var inpaint = new Inpainting { Mask = Mask((_, _) => false), Area = InpaintArea.OnlyMasked };
        var masked = (await tiny.Engine.GenerateAsync(From(new InitImage { Picture = Source(), Inpaint = inpaint }), cancel: Cancel)).Images[0];
        var whole = (await tiny.Engine.GenerateAsync(From(new InitImage { Picture = Source() }), cancel: Cancel)).Images[0];
        Same(whole, masked);
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_and_left_out()
    {
        var words = await tiny.Engine.GenerateAsync(TinyEngine.Small, cancel: Cancel);
        var noPicture = await tiny.Engine.GenerateAsync(From(new InitImage { Inpaint = new Inpainting() }), cancel: Cancel);
        Same(words.Images[0], noPicture.Images[0]);
        Assert.Single(noPicture.Notes);

        var noMask = await tiny.Engine.GenerateAsync(From(new InitImage { Picture = Source(), Inpaint = new Inpainting() }) with { Hires = new HiresFix() }, cancel: Cancel);
        Assert.Equal(2, noMask.Notes.Count);
        Assert.DoesNotContain("Mask", noMask.Images[0].Infotext, StringComparison.Ordinal);
        Assert.DoesNotContain("Hires", noMask.Images[0].Infotext, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, false, 20, 11)]
    [InlineData(1, false, 20, 20)]
    [InlineData(0.5, true, 20, 20)]
    [InlineData(0, false, 20, 1)]
    [InlineData(0, true, 20, 0)]
    public void Steps_are_the_strengths_share(double strength, bool exact, int steps, int done) =>
        Assert.Equal(done, new InitImage { DenoisingStrength = strength, ExactSteps = exact }.StepsOf(steps));

    [Fact]
    public async Task Progress_counts_the_steps_that_are_done()
    {
        var log = new ProgressLog();
        await tiny.Engine.GenerateAsync(From(new InitImage { Picture = Source(), DenoisingStrength = 0.5 }), log, Cancel);
        Assert.All(log.Reports.Where(report => report.Stage != DrawingStage.Loading), report => Assert.Equal(3, report.Steps));
        Assert.Equal(3, log.Reports[^1].Step);
    }

    [Fact]
    public async Task An_inpainting_model_sees_the_mask_and_what_is_kept()
    {
        using var folder = new TemporaryFolder();
        File.Copy(TestData.Reference("families/tiny-sd1-inpaint/model.safetensors"), folder.At("checkpoints/tiny-sd1-inpaint.safetensors"));
        using var engine = new ImageEngine(new EngineOptions { Device = "cpu", Models = new ModelIndexOptions { Folder = folder.Path } });
        var request = From(new InitImage { Picture = Source(), Inpaint = new Inpainting { Mask = Mask((x, _) => x < Side / 2), MaskBlur = 0 } });
        var plan = await DrawingPlan.MakeAsync(request, engine.Models, () => 0, Cancel);
        using var model = LoadedModel.Load(plan.Checkpoint.Open(), vae: null, EngineDevice.Cpu(0), Cancel);
        var start = new PictureStart(plan, model, plan.SeedsOf(0), new NativeClock(), Cancel);

        var shape = new LatentShape(1, 4, 8, 8);
        var beside = start.Beside!.Of(0, shape);
        Assert.Equal(Enumerable.Range(0, 64).Select(i => i % 8 < 4 ? 1f : 0f), beside[..64].ToArray());
        var greyed = LatentEncoder.PlanesOf(Source());
        for (var i = 0; i < greyed.Length; i++) greyed[i] *= i % Side < Side / 2 ? 0 : 1;
        TensorAssert.Close(model.Encoder.Encode(greyed, Side, Side, new NativeClock(), Cancel), beside[64..], 1e-6f, "what is kept");

        var drawn = (await engine.GenerateAsync(request, cancel: Cancel)).Images[0];
        Assert.Contains(", Denoising strength: 0.75, Conditional mask weight: 1.0, ", drawn.Infotext, StringComparison.Ordinal);
        Assert.Equal(Half(Source(), left: false), Half(drawn.Pixels, left: false));
    }
}
