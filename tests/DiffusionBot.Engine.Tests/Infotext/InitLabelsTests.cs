using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Tests.Pipelines;

namespace DiffusionBot.Engine.Tests.Infotext;

public sealed class InitLabelsTests
{
    public static TheoryData<string> Drawn { get; } = [.. TestData.Json("pictures/pictures.json").EnumerateArray().Where(p => p.GetProperty("kind").GetString() == "img2img").Select(p => p.GetProperty("id").GetString()!)];

    private static ImageRequest Read(string text, out IReadOnlyList<LocalText> notes) => InfotextMapping.ToRequest(LenientInfotextReader.Read(text), new ImageRequest(), out notes);

    /// <summary>What a text of WebUI's says is understood, and written as WebUI wrote it; of resizing, colours and steps it says nothing.</summary>
    [Theory]
    [MemberData(nameof(Drawn))]
    public void A_text_says_what_was_asked_for(string id)
    {
        var picture = TestData.Json("pictures/pictures.json").EnumerateArray().Single(p => p.GetProperty("id").GetString() == id);
        var asked = ReferencePicturesTests.RequestOf(picture).Init!;
        var request = Read(picture.GetProperty("infotexts")[0].GetString()!, out var notes);
        Assert.Empty(notes);
        var expected = new InitImage { DenoisingStrength = asked.DenoisingStrength, NoiseMultiplier = asked.NoiseMultiplier, Inpaint = asked.Inpaint is null ? null : asked.Inpaint with { Mask = null } };
        Assert.Equal(expected, request.Init);
        Assert.Equal(InitLabels.Of(asked), InitLabels.Of(request.Init));
    }

    [Fact]
    public void All_labels_stand_in_WebUIs_order()
    {
        var init = new InitImage { NoiseMultiplier = 1.05, ExtraNoise = 0.1, Inpaint = new Inpainting { Inverted = true, MaskBlur = 6, Area = InpaintArea.OnlyMasked, Padding = 48, Content = MaskedContent.LatentNoise } };
        var text = InfotextWriter.Write(new ImageRequest { Prompt = "a", Seed = 1, Init = init, Rng = NoiseSource.Cpu });
        Assert.Contains(
            "Denoising strength: 0.75, RNG: CPU, Mask mode: Inpaint not masked, Mask blur: 6, Inpaint area: Only masked, Masked area padding: 48, Masked content: latent noise, Noise multiplier: 1.05, Extra noise: 0.1",
            text, StringComparison.Ordinal);
        Assert.Equal(init, Read(text, out var notes).Init);
        Assert.Empty(notes);
    }

    [Fact]
    public void A_second_pass_owns_the_denoising_strength()
    {
        var request = Read("a\nSteps: 5, Sampler: Euler, CFG scale: 7, Seed: 1, Denoising strength: 0.5, Hires upscale: 2, Hires upscaler: Latent", out _);
        Assert.Equal((0.5, null), (request.Hires?.DenoisingStrength, request.Init));
    }

    [Fact]
    public void Words_that_mean_nothing_are_told()
    {
        var request = Read("a\nSteps: 5, Sampler: Euler, CFG scale: 7, Seed: 1, Denoising strength: 0.5, Mask blur: soft, Masked content: cream", out var notes);
        Assert.Equal((0, MaskedContent.Original), (request.Init!.Inpaint!.MaskBlur, request.Init.Inpaint.Content));
        Assert.Equal(2, notes.Count);
    }
}
