using DiffusionBot.Engine.Infotext;
using DiffusionBot.Engine.Prompts;

namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>Texts of older versions of WebUI, drawn as those drew them.</summary>
[Collection(Drawing.Name)]
public sealed class OlderRecipesTests(TinyEngine tiny)
{
    private const string Line = "Steps: 6, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 64x64";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("[a:b:0.5]", "v1.3.2", true, true, true)]
    [InlineData("a", "v1.3.2", true, false, true)]
    [InlineData("[a:b:0.5]", "v1.5.2-RC-12-gabc", true, true, true)]
    [InlineData("[a:b:0.5]", "v1.6.0", true, false, true)]
    [InlineData("[a:b:0.5]", "v1.7.0-224-gabc", true, false, true)]
    [InlineData("[a:b:0.5]", "v1.7.0-225-gabc", false, false, true)]
    [InlineData("[a:b:0.5]", "1.7.0-225", false, false, true)]
    [InlineData("[a:b:0.5]", "v1.8.0-RC", false, false, true)]
    [InlineData("[a:b:0.5]", "v1.8.0", false, false, false)]
    [InlineData("[a:b:0.5]", "v1.10.1", false, false, false)]
    [InlineData("[a:b:0.5]", "v1.10.1-amd-51-ge61adddd", false, false, false)]
    [InlineData("[a:b:0.5]", "f0.0.17v1.8.0rc-latest-277-g0af28699", false, false, false)]
    [InlineData("[a:b:0.5]", "DiffusionBot-1.0.0", false, false, false)]
    public void The_version_says_what_was_done_otherwise(string prompt, string version, bool downcast, bool editing, bool refiner)
    {
        var request = Read($"{prompt}\n{Line}, Refiner: x, Version: {version}", new ImageRequest { OlderWays = new OlderWays { DowncastAlphas = true, OldPromptEditing = true } });
        Assert.Equal(new OlderWays { DowncastAlphas = downcast, OldPromptEditing = editing, RefinerByStepCount = refiner }, request.OlderWays);
        Assert.False(Read($"{prompt}\n{Line}, Version: {version}").OlderWays.RefinerByStepCount);
    }

    [Fact]
    public void A_text_that_names_no_version_changes_nothing()
    {
        var before = new OlderWays { DowncastAlphas = true };
        Assert.Equal(before, Read($"a\n{Line}", new ImageRequest { OlderWays = before }).OlderWays);
        Assert.Equal(OlderWays.None, Read($"a\n{Line}").OlderWays);
    }

    [Theory]
    [InlineData("Downcast alphas_cumprod", true, false, false)]
    [InlineData("Old prompt editing timelines", false, true, false)]
    [InlineData("Refiner switch by sampling steps", false, false, true)]
    public void A_newer_text_may_say_it_itself(string label, bool downcast, bool editing, bool refiner)
    {
        Assert.Equal(new OlderWays { DowncastAlphas = downcast, OldPromptEditing = editing, RefinerByStepCount = refiner }, Read($"a\n{Line}, {label}: True, Version: v1.10.1").OlderWays);
        Assert.Equal(OlderWays.None, Read($"a\n{Line}, {label}: False, Version: v1.10.1").OlderWays);
    }

    [Fact]
    public async Task It_is_said_and_what_comes_of_it_says_it_too_and_draws_the_same_again()
    {
        var request = Read($"[a red apple:a dog:1.0]\n{Line}, Version: v1.3.2");
        var old = await tiny.Engine.GenerateAsync(request, cancel: Cancel);
        Assert.Contains("Size: 64x64, Model hash: 5bf6b3bb0c, Model: tiny-sd1, Old prompt editing timelines: True, Downcast alphas_cumprod: True, Version: ", old.Images[0].Infotext, StringComparison.Ordinal);
        var note = Assert.Single(old.Notes);
        Assert.Contains("noise schedule in half precision, prompt editing's old times. With --ignore-version", note.English, StringComparison.Ordinal);
        Assert.Contains("噪声表用半精度、提示词编辑用旧的时间线", note.Chinese, StringComparison.Ordinal);

        var again = await tiny.Engine.GenerateAsync(Read(old.Images[0].Infotext), cancel: Cancel);
        Assert.Equal(old.Images[0].Pixels.Pixels, again.Images[0].Pixels.Pixels);
        Assert.Equal(old.Images[0].Infotext, again.Images[0].Infotext);

        var today = await tiny.Engine.GenerateAsync(request with { OlderWays = OlderWays.None }, cancel: Cancel);
        var (half, editing) = (
            await tiny.Engine.GenerateAsync(request with { OlderWays = new OlderWays { DowncastAlphas = true } }, cancel: Cancel),
            await tiny.Engine.GenerateAsync(request with { OlderWays = new OlderWays { OldPromptEditing = true } }, cancel: Cancel));
        Assert.NotEqual(today.Images[0].Pixels.Pixels, half.Images[0].Pixels.Pixels);
        Assert.NotEqual(today.Images[0].Pixels.Pixels, editing.Images[0].Pixels.Pixels);
        Assert.Empty(today.Notes);
    }

    [Fact]
    public async Task Old_times_that_change_nothing_are_not_spoken_of()
    {
        var result = await tiny.Engine.GenerateAsync(TinyEngine.Small with { Prompt = "[apple:dog:0.5] [blurry]", OlderWays = new OlderWays { OldPromptEditing = true } }, cancel: Cancel);
        Assert.Empty(result.Notes);
        Assert.DoesNotContain("timelines", result.Images[0].Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stretched_noise_schedule_is_read_drawn_and_written()
    {
        var request = Read($"a\n{Line}, Noise Schedule: Zero Terminal SNR, Version: v1.10.1");
        Assert.True(request.Sampling.ZeroTerminalSnr);
        var drawn = await tiny.Engine.GenerateAsync(request, cancel: Cancel);
        Assert.Contains("Model: tiny-sd1, Noise Schedule: Zero Terminal SNR, Version: ", drawn.Images[0].Infotext, StringComparison.Ordinal);
        Assert.NotEqual((await tiny.Engine.GenerateAsync(request with { Sampling = new() }, cancel: Cancel)).Images[0].Pixels.Pixels, drawn.Images[0].Pixels.Pixels);
    }

    [Theory]
    [InlineData("v1.5.2", "DDIM", true)]
    [InlineData("v1.5.2", "PLMS", true)]
    [InlineData("v1.5.2", "Euler", false)]
    [InlineData("v1.6.0", "DDIM", false)]
    public void With_DDIM_and_PLMS_negative_prompts_were_made_as_long_as_the_prompt(string version, string sampler, bool pads) =>
        Assert.Equal(pads, Read($"a\n{Line.Replace("Euler", sampler, StringComparison.Ordinal)}, Version: {version}").OlderWays.PadsNegative);

    [Theory]
    [InlineData("Pad conds v0")]
    [InlineData("Pad conds")]
    public async Task Prompts_of_different_lengths_are_made_of_one_where_a_text_says_so(string label)
    {
        var request = Read($"a BREAK b\nNegative prompt: c\n{Line}, {label}: True, Version: v1.10.1");
        var padded = await tiny.Engine.GenerateAsync(request, cancel: Cancel);
        Assert.Contains($"Model: tiny-sd1, {label}: True, Version: ", padded.Images[0].Infotext, StringComparison.Ordinal);
        Assert.NotEqual((await tiny.Engine.GenerateAsync(request with { PadConds = false, OlderWays = OlderWays.None }, cancel: Cancel)).Images[0].Pixels.Pixels, padded.Images[0].Pixels.Pixels);
        var same = await tiny.Engine.GenerateAsync(request with { Prompt = "a" }, cancel: Cancel);
        Assert.DoesNotContain("Pad conds", same.Images[0].Infotext, StringComparison.Ordinal);
    }

    [Fact]
    public void Conditioning_is_cut_lengthened_or_filled_up()
    {
        var (two, empty) = (new Engine.Prompts.Conditioning([1, 2, 3, 4], 2, 2), new Engine.Prompts.Conditioning([8, 9], 1, 2));
        Assert.Equal([1f, 2, 3, 4, 3, 4], two.OfTokens(3).Values);
        Assert.Equal([1f, 2], two.OfTokens(1).Values);
        Assert.Equal([1f, 2, 3, 4, 8, 9, 8, 9], two.FilledUp(4, empty).Values);
        var one = Guides.Of(two, new Engine.Prompts.Conditioning([5, 6], 1, 2));
        Assert.Equal([5f, 6, 5, 6], one.WithNegativeAsLong().Negative!.At(0).Values);
        Assert.Equal([5f, 6, 8, 9], one.FilledUp(empty).Negative!.At(0).Values);
        var other = Guides.Of(two, new Engine.Prompts.Conditioning([5, 6, 7, 7, 7, 7], 3, 2));
        Assert.Equal([5f, 6, 7, 7], other.WithNegativeAsLong().Negative!.At(0).Values);
        Assert.Equal([1f, 2, 3, 4, 8, 9], other.FilledUp(empty).Prompts[0].Schedule.At(0).Values);
        Assert.False(Guides.Of(two, two).FilledUp(empty).IsPadded);
    }

    private static ImageRequest Read(string text, ImageRequest? defaults = null) => InfotextMapping.ToRequest(StrictInfotextReader.Read(text), defaults ?? new ImageRequest(), out _);
}
