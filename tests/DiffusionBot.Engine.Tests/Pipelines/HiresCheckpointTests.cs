using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>A second pass with a checkpoint and a guidance of its own.</summary>
[Collection(Drawing.Name)]
public sealed class HiresCheckpointTests : IDisposable
{
    private static readonly HiresFix fix = new() { Scale = 1.5, Steps = 2, DenoisingStrength = 0.5 };
    private static readonly ImageRequest request = TinyEngine.Small with { Checkpoint = "first", Hires = fix };

    private readonly TwoCheckpoints models = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => models.Dispose();

    [Theory]
    [InlineData(0, "Latent")]   // as many models as there are
    [InlineData(1, "Latent")]   // one at a time
    [InlineData(1, "Lanczos")]
    public async Task One_that_is_the_same_draws_as_if_it_were_not_there(int memoryMb, string upscaler)
    {
        using var engine = models.EngineOf(memoryMb);
        var asked = request with { BatchCount = 2, Hires = fix with { Upscaler = upscaler } };
        var alone = await engine.GenerateAsync(asked, cancel: Cancel);
        var same = await engine.GenerateAsync(asked with { Hires = asked.Hires with { Checkpoint = "same" } }, cancel: Cancel);
        for (var i = 0; i < 2; i++) Assert.Equal(alone.Images[i].Pixels.Pixels, same.Images[i].Pixels.Pixels);
    }

    [Fact]
    public async Task It_is_the_other_from_the_second_pass_on_and_in_the_text_which_draws_the_same_again()
    {
        using var engine = models.EngineOf(memoryMb: 1);
        var alone = await engine.GenerateAsync(request, cancel: Cancel);
        var drawn = await engine.GenerateAsync(request with { Hires = fix with { Checkpoint = "other" } }, cancel: Cancel);
        Assert.NotEqual(alone.Images[0].Pixels.Pixels, drawn.Images[0].Pixels.Pixels);
        var hash = (await engine.Models.FindCheckpointAsync("other", Cancel)).KnownHash;
        Assert.Contains($", Denoising strength: 0.5, Hires checkpoint: other [{hash}], Hires upscale: 1.5, ", drawn.Images[0].Infotext, StringComparison.Ordinal);
        // With nothing drawn anew it is the first's latent, which the other decodes.
        var decoded = await engine.GenerateAsync(request with { Hires = fix with { Checkpoint = "other", DenoisingStrength = 0 } }, cancel: Cancel);
        var plain = await engine.GenerateAsync(request with { Hires = fix with { DenoisingStrength = 0 } }, cancel: Cancel);
        Assert.NotEqual(plain.Images[0].Pixels.Pixels, decoded.Images[0].Pixels.Pixels);

        var again = InfotextMapping.ToRequest(StrictInfotextReader.Read(drawn.Images[0].Infotext), new ImageRequest(), out var notes);
        Assert.Empty(notes);
        var second = await engine.GenerateAsync(again, cancel: Cancel);
        Assert.Equal(drawn.Images[0].Pixels.Pixels, second.Images[0].Pixels.Pixels);
        Assert.Equal(drawn.Images[0].Infotext, second.Images[0].Infotext);
    }

    [Fact]
    public async Task A_refiner_takes_over_from_it_and_goes_where_it_is_the_same()
    {
        using var engine = models.EngineOf(memoryMb: 1);
        var refined = await engine.GenerateAsync(request with { Hires = fix with { Checkpoint = "other" }, Refiner = "same", RefinerSwitchAt = 0.1, BatchCount = 2 }, cancel: Cancel);
        Assert.All(refined.Images, image => Assert.Contains("Refiner: same [", image.Infotext, StringComparison.Ordinal));
        var one = await engine.GenerateAsync(request with { Hires = fix with { Checkpoint = "other" }, Refiner = "other", RefinerSwitchAt = 0.1 }, cancel: Cancel);
        Assert.DoesNotContain("Refiner", one.Images[0].Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_not_there_is_left_out_and_that_is_said()
    {
        using var engine = models.EngineOf(memoryMb: 0);
        var result = await engine.GenerateAsync(request with { Hires = fix with { Checkpoint = "another [0123456789]" } }, cancel: Cancel);
        Assert.StartsWith("The second pass is drawn with the first one's checkpoint. There is no checkpoint 'another [0123456789]'", Assert.Single(result.Notes).English, StringComparison.Ordinal);
        Assert.DoesNotContain("Hires checkpoint", result.Images[0].Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guidance_of_its_own_is_the_second_pass_alone()
    {
        using var engine = models.EngineOf(memoryMb: 0);
        var alone = await engine.GenerateAsync(request, cancel: Cancel);
        var same = await engine.GenerateAsync(request with { Hires = fix with { CfgScale = request.CfgScale } }, cancel: Cancel);
        Assert.Equal(alone.Images[0].Infotext, same.Images[0].Infotext);
        Assert.Equal(alone.Images[0].Pixels.Pixels, same.Images[0].Pixels.Pixels);
        var drawn = await engine.GenerateAsync(request with { Hires = fix with { CfgScale = 1 } }, cancel: Cancel);
        Assert.Contains(", Hires CFG Scale: 1, Hires upscale: ", drawn.Images[0].Infotext, StringComparison.Ordinal);
        Assert.NotEqual(alone.Images[0].Pixels.Pixels, drawn.Images[0].Pixels.Pixels);
        // At 1 the negative prompt has no say.
        var without = await engine.GenerateAsync(request with { Hires = fix with { CfgScale = 1, NegativePrompt = "rain" } }, cancel: Cancel);
        Assert.Equal(drawn.Images[0].Pixels.Pixels, without.Images[0].Pixels.Pixels);
        await Assert.ThrowsAsync<InvalidRequestException>(() => engine.GenerateAsync(request with { Hires = fix with { CfgScale = 0 } }, cancel: Cancel));
    }
}
