using DiffusionBot.Imaging;

namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>What the shipped model's pictures show, whoever else draws them or not; and what is told on the way.</summary>
[Collection(Drawing.Name)]
public sealed class ShippedPicturesTests(ShippedEngine shipped)
{
    private static readonly ImageRequest Apple = new()
    {
        Prompt = "a red apple on a blue background",
        NegativePrompt = "low quality, blurry",
        Sampler = "DPM++ 2M",
        Steps = 12,
        Seed = 3,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a red apple on a blue background", "low quality, blurry", 3)]
    [InlineData("红苹果，蓝色背景", "低质量，模糊", 4)]
    public async Task A_red_apple_is_red_in_the_middle_and_its_background_blue(string prompt, string negative, long seed)
    {
        var drawn = await shipped.Engine.GenerateAsync(Apple with { Prompt = prompt, NegativePrompt = negative, Seed = seed }, cancel: Cancel);
        var picture = Assert.Single(drawn.Images).Pixels;
        Assert.Equal((256, 256, 3), (picture.Width, picture.Height, picture.Channels));

        var middle = MeanOf(picture, (x, y) => Math.Abs(x - 128) < 40 && Math.Abs(y - 140) < 40);
        var edge = MeanOf(picture, (x, y) => x < 16 || y < 16 || x >= 240 || y >= 240);
        Assert.True(middle.Red > middle.Green + 60 && middle.Red > middle.Blue + 60, $"The middle is {middle}; expected red.");
        Assert.True(edge.Blue > edge.Red + 40 && edge.Blue > edge.Green + 15, $"The edge is {edge}; expected blue.");
    }

    [Fact]
    public async Task The_same_seed_draws_the_same_bytes_and_another_another_picture()
    {
        var request = Apple with { Steps = 4, Width = 128, Height = 128 };
        var first = await PixelsOf(request);
        Assert.Equal(first, await PixelsOf(request));
        var (otherSeed, otherPrompt) = (await PixelsOf(request with { Seed = 4 }), await PixelsOf(request with { Prompt = "a rocket" }));
        Assert.InRange(PictureAssert.Psnr(first, otherSeed), 0, 20);
        Assert.InRange(PictureAssert.Psnr(first, otherPrompt), 0, 25);
    }

    [Theory]
    [InlineData("Euler a", 0)]
    [InlineData("Euler", 0)]
    [InlineData("Euler a", 31337)]
    public async Task An_image_of_a_batch_is_the_one_drawn_alone(string sampler, long ensd)
    {
        var request = Apple with { Sampler = sampler, Ensd = ensd, Steps = 4, Width = 128, Height = 128 };
        var batch = await shipped.Engine.GenerateAsync(request with { BatchSize = 2, BatchCount = 2 }, cancel: Cancel);
        Assert.Equal([3, 4, 5, 6], batch.Images.Select(i => i.Seed));
        foreach (var image in batch.Images.Skip(1))
        {
            var alone = Assert.Single((await shipped.Engine.GenerateAsync(request with { Seed = image.Seed }, cancel: Cancel)).Images);
            var psnr = PictureAssert.Psnr(alone.Pixels.Pixels, image.Pixels.Pixels);
            Assert.True(psnr >= 50, $"Seed {image.Seed}: {psnr:F1} dB to the one drawn alone; expected 50 or more.");
            Assert.Equal(alone.Infotext, image.Infotext);
        }
    }

    [Fact]
    public async Task Stages_come_in_order_steps_rise_and_previews_show_the_picture()
    {
        var progress = new ProgressLog();
        var drawn = await shipped.Engine.GenerateAsync(Apple with { Steps = 8, Width = 256, Height = 192, BatchCount = 2, BatchSize = 2 }, progress, Cancel);
        var reports = progress.Reports;

        Assert.Equal(
            [DrawingStage.Loading, DrawingStage.Reading, DrawingStage.Sampling, DrawingStage.Decoding, DrawingStage.Sampling, DrawingStage.Decoding],
            reports.Select(r => r.Stage).Where((stage, i) => i == 0 || reports[i - 1].Stage != stage));
        Assert.All(reports, r => Assert.Equal(16, r.Steps));
        Assert.Equal(reports.Select(r => r.Step).Order(), reports.Select(r => r.Step));
        Assert.Equal(Enumerable.Range(0, 17), reports.Where(r => r.Stage == DrawingStage.Sampling).Select(r => r.Step).Distinct());
        Assert.Equal(16, reports[^1].Step);

        var previews = reports.Where(r => r.Preview is not null).Select(r => r.Preview!).ToList();
        Assert.Equal(16, previews.Count);
        Assert.All(previews, p => Assert.Equal((32, 24, 3), (p.Width, p.Height, p.Channels)));
        for (var batch = 0; batch < 2; batch++)
        {
            // The first of each batch is shown.
            var small = Resampling.Resize(drawn.Images[batch * 2].Pixels, 32, 24, ResampleFilter.Bilinear);
            var psnr = PictureAssert.Psnr(small.Pixels, previews[(batch * 8) + 7].Pixels);
            Assert.True(psnr >= 22, $"The last preview of batch {batch} is {psnr:F1} dB from its picture; expected 22 or more.");
            var first = PictureAssert.Psnr(small.Pixels, previews[batch * 8].Pixels);
            Assert.True(first < psnr - 3, $"The first preview ({first:F1} dB) is about as near as the last ({psnr:F1} dB).");
        }
    }

    [Fact]
    public async Task Timings_add_up()
    {
        var t = (await shipped.Engine.GenerateAsync(Apple with { Steps = 2, Width = 64, Height = 64 }, cancel: Cancel)).Timings;
        Assert.All((TimeSpan[])[t.Text, t.Sampling, t.Decode, t.Native], part => Assert.True(part > TimeSpan.Zero));
        Assert.True(t.Load + t.Text + t.Sampling + t.Decode <= t.Total, $"{t}");
        Assert.True(t.Native <= t.Text + t.Sampling + t.Decode, $"{t}");
    }

    private async Task<byte[]> PixelsOf(ImageRequest request) => (await shipped.Engine.GenerateAsync(request, cancel: Cancel)).Images[0].Pixels.Pixels;

    private static (double Red, double Green, double Blue) MeanOf(Bitmap picture, Func<int, int, bool> isIn)
    {
        var (sum, count) = (new double[3], 0);
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                if (!isIn(x, y)) continue;
                count++;
                for (var c = 0; c < 3; c++) sum[c] += picture.Pixels[(y * picture.Width + x) * 3 + c];
            }
        }
        return (sum[0] / count, sum[1] / count, sum[2] / count);
    }
}
