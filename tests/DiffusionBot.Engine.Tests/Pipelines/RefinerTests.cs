using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Tests.Models;

namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>A checkpoint that another takes over from.</summary>
[Collection(Drawing.Name)]
public sealed class RefinerTests : IDisposable
{
    private readonly TwoCheckpoints models = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ImageRequest Request { get; } = TinyEngine.Small with { Checkpoint = "first", Prompt = "[a red apple|a dog], [cat:bird:0.5]", Steps = 6 };

    public void Dispose() => models.Dispose();

    [Theory]
    [InlineData(0)]     // as many models as there are
    [InlineData(1)]     // one at a time
    public async Task A_refiner_that_is_the_same_goes_on_as_if_it_were_not_there(int memoryMb)
    {
        using var engine = models.EngineOf(memoryMb);
        var alone = await engine.GenerateAsync(Request with { BatchCount = 2 }, cancel: Cancel);
        var refined = await engine.GenerateAsync(Request with { BatchCount = 2, Refiner = "same", RefinerSwitchAt = 0.4 }, cancel: Cancel);
        for (var i = 0; i < 2; i++) Assert.Equal(alone.Images[i].Pixels.Pixels, refined.Images[i].Pixels.Pixels);
    }

    [Theory]
    [InlineData("Euler")]
    [InlineData("DDIM")]
    [InlineData("LCM")]
    [InlineData("UniPC")]
    public async Task A_refiner_from_the_beginning_draws_all_of_it(string sampler)
    {
        using var engine = models.EngineOf(memoryMb: 0);
        var alone = await engine.GenerateAsync(Request with { Checkpoint = "other", Sampler = sampler }, cancel: Cancel);
        var refined = await engine.GenerateAsync(Request with { Refiner = "other", RefinerSwitchAt = 0, Sampler = sampler }, cancel: Cancel);
        Assert.Equal(alone.Images[0].Pixels.Pixels, refined.Images[0].Pixels.Pixels);
        var text = StrictInfotextReader.Read(refined.Images[0].Infotext).Parameters;
        Assert.Equal("first", text["Model"]);
        Assert.Equal("0", text["Refiner switch at"]);
    }

    [Fact]
    public async Task The_text_names_it_where_it_drew_and_draws_the_same_again()
    {
        using var engine = models.EngineOf(memoryMb: 0);
        var first = await engine.GenerateAsync(Request with { Refiner = "other", RefinerSwitchAt = 0.55 }, cancel: Cancel);
        var hash = (await engine.Models.FindCheckpointAsync("other", Cancel)).KnownHash;
        var infotext = first.Images[0].Infotext;
        Assert.Contains($", Refiner: other [{hash}], Refiner switch at: 0.55, Version: ", infotext, StringComparison.Ordinal);
        Assert.NotEqual((await engine.GenerateAsync(Request, cancel: Cancel)).Images[0].Pixels.Pixels, first.Images[0].Pixels.Pixels);

        var again = InfotextMapping.ToRequest(StrictInfotextReader.Read(infotext), new ImageRequest(), out var notes);
        Assert.Empty(notes);
        var second = await engine.GenerateAsync(again, cancel: Cancel);
        Assert.Equal(first.Images[0].Pixels.Pixels, second.Images[0].Pixels.Pixels);
        Assert.Equal(infotext, second.Images[0].Infotext);

        var never = await engine.GenerateAsync(Request with { Refiner = "other", RefinerSwitchAt = 1 }, cancel: Cancel);
        Assert.DoesNotContain("Refiner", never.Images[0].Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_step_count_it_comes_in_at_another_step()
    {
        using var engine = models.EngineOf(memoryMb: 0);
        var request = Request with { Refiner = "other", RefinerSwitchAt = 0.5, Schedule = "Exponential" };
        var byTimestep = await engine.GenerateAsync(request, cancel: Cancel);
        var byCount = await engine.GenerateAsync(request with { OlderWays = new OlderWays { RefinerByStepCount = true } }, cancel: Cancel);
        Assert.NotEqual(byTimestep.Images[0].Pixels.Pixels, byCount.Images[0].Pixels.Pixels);
        Assert.Contains(", Refiner switch by sampling steps: True, Refiner: other [", byCount.Images[0].Infotext, StringComparison.Ordinal);
        Assert.Contains("refiner by step count", Assert.Single(byCount.Notes).English, StringComparison.Ordinal);
        Assert.Empty(byTimestep.Notes);
    }

    [Fact]
    public async Task With_a_second_pass_it_draws_only_there()
    {
        using var engine = models.EngineOf(memoryMb: 0);
        var fix = new HiresFix { Scale = 1.5, Steps = 2, DenoisingStrength = 0.5 };
        var first = await engine.GenerateAsync(Request with { Hires = fix, Refiner = "other", RefinerSwitchAt = 0.1 }, cancel: Cancel);
        var alone = await engine.GenerateAsync(Request with { Hires = fix }, cancel: Cancel);
        Assert.Contains("Refiner: other", first.Images[0].Infotext, StringComparison.Ordinal);
        Assert.NotEqual(alone.Images[0].Pixels.Pixels, first.Images[0].Pixels.Pixels);
    }

    [Fact]
    public async Task One_that_is_not_there_is_left_out_and_that_is_said()
    {
        using var engine = models.EngineOf(memoryMb: 0);
        var result = await engine.GenerateAsync(Request with { Refiner = "sd_xl_refiner_1.0 [7440042bbd]" }, cancel: Cancel);
        Assert.StartsWith("Drawn without a refiner. There is no checkpoint 'sd_xl_refiner_1.0 [7440042bbd]'", Assert.Single(result.Notes).English, StringComparison.Ordinal);
        Assert.DoesNotContain("Refiner", result.Images[0].Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SDXLs_refiner_takes_over_from_SDXL()
    {
        File.Copy(TestData.Reference("families/tiny-sdxl/model.safetensors"), models.Folder.At("checkpoints/xl.safetensors"));
        var tiny = TinyCheckpoint.Read("tiny-sdxl").Without(name => name.StartsWith("conditioner.embedders.0.", StringComparison.Ordinal))
            .Renamed("conditioner.embedders.1.model.", "conditioner.embedders.0.model.").Reshaped("model.diffusion_model.label_emb.0.0.weight", 256, 128 + (5 * 256));
        foreach (var name in tiny.Names.Where(n => n.Contains("attn2.to_k", StringComparison.Ordinal) || n.Contains("attn2.to_v", StringComparison.Ordinal)).ToArray())
            tiny.Reshaped(name, tiny.Shape(name)[0], 128);
        models.Folder.Write("checkpoints/xl-refiner.safetensors", tiny.ToBytes());
        using var engine = models.EngineOf(memoryMb: 0);
        Assert.Equal("SDXL refiner", ModelFamily.ToDraw((await engine.Models.FindCheckpointAsync("xl-refiner", Cancel)).Open()).Name);
        var result = await engine.GenerateAsync(Request with { Checkpoint = "xl", Refiner = "xl-refiner", NegativePrompt = "" }, cancel: Cancel);
        Assert.Contains("Model: xl, Refiner: xl-refiner [", result.Images[0].Infotext, StringComparison.Ordinal);
    }
}
