using DiffusionBot.Bot.Understanding;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Tests.Understanding;

public sealed class RequestLayersTests
{
    private const string Whole = "a cat\nSteps: 25, Sampler: DDIM, CFG scale: 5, Seed: 7, Size: 300x400, Model hash: 89d59c3dde, Model: final-pruned";

    private static FlagSet Settings(string words) => SettingsWords.Parse(words).Flags;

    private static ImageRequest Build(string place, string user, string? preset, string words, out IReadOnlyList<LocalText> notes) => RequestLayers.Build(
        Settings(place), Settings(user), preset is null ? null : LenientInfotextReader.Read(preset), CommandParser.ParseDrawing(words), out notes);

    private static ImageRequest Build(string place, string user, string? preset, string words)
    {
        var request = Build(place, user, preset, words, out var notes);
        Assert.Empty(notes);
        return request;
    }

    [Fact]
    public void The_later_goes_before_the_earlier()
    {
        string[] layers = ["steps 21", "steps 22", "x\nSteps: 23, Seed: 1", "y\nSteps: 24, Seed: 2", "--steps 25"];
        Assert.Equal(20, Build("", "", null, "y").Steps);
        Assert.Equal(21, Build(layers[0], "", null, "y").Steps);
        Assert.Equal(22, Build(layers[0], layers[1], null, "y").Steps);
        Assert.Equal(23, Build(layers[0], layers[1], layers[2], "y").Steps);
        Assert.Equal(24, Build(layers[0], layers[1], layers[2], layers[3]).Steps);
        Assert.Equal(25, Build(layers[0], layers[1], layers[2], layers[3] + "\n" + layers[4]).Steps);
    }

    [Fact]
    public void A_presets_prompt_gives_way_to_own_words_and_the_rest_of_it_stays()
    {
        const string Preset = "a dog\nNegative prompt: blurry\n" + "Steps: 25, Sampler: DDIM, CFG scale: 5, Seed: 7, Size: 300x400";
        var request = Build("", "", Preset, "");
        Assert.Equal(new ImageRequest { Prompt = "a dog", NegativePrompt = "blurry", Steps = 25, Sampler = "DDIM", CfgScale = 5, Seed = 7, Width = 300, Height = 400 }, request);
        Assert.Equal(request with { Prompt = "一只猫", Seed = 8 }, Build("", "", Preset, "一只猫 --种子 8"));
        Assert.Equal(request with { Prompt = "a dog, in rain" }, Build("", "", Preset, ".. in rain"));
    }

    [Fact]
    public void A_text_that_says_everything_takes_nobodys_defaults()
    {
        var request = Build("no ugly", "clip-skip 2 rng cpu sampler Euler, schedule Karras, model mine, n 2", null, Whole);
        Assert.Equal(new ImageRequest
        {
            Prompt = "a cat",
            Steps = 25,
            Sampler = "DDIM",
            CfgScale = 5,
            Seed = 7,
            Width = 300,
            Height = 400,
            CheckpointHash = "89d59c3dde",
            Checkpoint = "final-pruned",
            BatchCount = 2,
        }, request);
        Assert.Equal("ugly", Build("no ugly", "", null, "a cat\nSteps: 25, Seed: 3").NegativePrompt);
        Assert.Equal("mine", Build("", "model mine", null, "a cat\nSteps: 25, Sampler: DDIM, CFG scale: 5, Seed: 7").Checkpoint);
    }

    [Fact]
    public void A_sampler_brings_its_own_schedule()
    {
        Assert.Equal(("Euler", "Automatic"), Sampling(Build("sampler DPM++ 2M, schedule Karras", "", null, "a --sampler Euler")));
        Assert.Equal(("Euler", "Karras"), Sampling(Build("sampler DPM++ 2M", "", null, "a --schedule Karras --sampler Euler")));

        static (string, string) Sampling(ImageRequest request) => (request.Sampler, request.Schedule);
    }

    [Fact]
    public void A_flags_model_is_not_looked_up_by_the_texts_hash()
    {
        var request = Build("", "", null, Whole + " --model other");
        Assert.Equal(("other", null), (request.Checkpoint, request.CheckpointHash));
    }

    [Theory]
    [InlineData("", "a --ar 16:9", null, null, "16:9")]
    [InlineData("size 512x512", "a --ar 16:9", 680, 384, null)]
    [InlineData("", "a --ar 2:1 --w 512", 512, 256, null)]
    [InlineData("", "a --h 512 --ar 2:1", 1024, 512, null)]
    [InlineData("ar 2:1", "a --size 64x64", 64, 64, null)]
    [InlineData("ar 2:1", "a\nSize: 64x64, Steps: 2", 64, 64, null)]
    [InlineData("size 640x512", "a --w 512", 512, 512, null)]
    public void A_ratio_is_taken_at_the_area_that_there_would_be(string user, string words, int? width, int? height, string? ratio)
    {
        var request = Build("", user, null, words);
        Assert.Equal((width, height, ratio), (request.Width, request.Height, request.Aspect?.ToString()));
    }

    [Fact]
    public void A_negative_prompt_is_replaced_or_added_to_and_what_is_replaced_is_told()
    {
        Assert.Equal("dog", Build("no ugly", "", null, "a --no dog").NegativePrompt);
        Assert.Equal("ugly, dog", Build("no ugly", "", null, "a --no ..dog").NegativePrompt);
        Assert.Equal("", Build("no ugly", "", null, "a --no \"\"").NegativePrompt);
        Assert.Equal("dog", Build("", "", null, "a\nNegative prompt: blurry\nSteps: 2 --no dog", out var notes).NegativePrompt);
        Assert.Contains("blurry", Assert.Single(notes).English, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "a cat")]
    [InlineData("a dog", "a dog")]
    [InlineData(".. in rain", "a cat, in rain")]
    [InlineData("。。在雨中", "a cat, 在雨中")]
    [InlineData("…… 在雨中", "a cat, 在雨中")]
    [InlineData("...", "a cat")]
    [InlineData(".5 cats", ".5 cats")]
    public void A_reply_changes_the_prompt_or_adds_to_it(string words, string prompt)
    {
        var request = new ImageRequest { Prompt = "a cat", NegativePrompt = "ugly", Seed = 5, Steps = 30 };
        Assert.Equal(request with { Prompt = prompt }, RequestLayers.Change(request, CommandParser.ParseDrawing(words), out _));
        Assert.Equal(request with { Prompt = prompt, Steps = 40 }, RequestLayers.Change(request, CommandParser.ParseDrawing(words + " --steps 40"), out _));
    }

    [Fact]
    public void A_reply_with_parameters_changes_them()
    {
        var request = RequestLayers.Change(new ImageRequest { Prompt = "a cat", Seed = 5 }, CommandParser.ParseDrawing("步数：30，引导：5"), out var notes);
        Assert.Equal(new ImageRequest { Prompt = "a cat", Seed = 5, Steps = 30, CfgScale = 5 }, request);
        Assert.Empty(notes);
    }

    [Fact]
    public void What_a_text_says_badly_is_told_in_both_languages()
    {
        Build("", "", null, "a\nSteps: 2, Seed: 1, Size: 512x512, RNG: dice", out var notes);
        Assert.Equal(new LocalText("RNG: \"dice\" is none of GPU, NV, CPU; Gpu is used.", "RNG：“dice”不是 GPU、NV 或 CPU，改用 Gpu。"), Assert.Single(notes));
    }
}
