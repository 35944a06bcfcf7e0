using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Engine.Tests.Infotext;

public sealed class InfotextMappingTests
{
    private static ImageRequest Read(string text, out IReadOnlyList<LocalText> notes, ImageRequest? defaults = null) =>
        InfotextMapping.ToRequest(StrictInfotextReader.Read(text), defaults ?? new ImageRequest(), out notes);

    [Fact]
    public void Only_what_the_text_names_changes_the_defaults()
    {
        var defaults = new ImageRequest
        {
            Prompt = "old",
            NegativePrompt = "old",
            Steps = 33,
            Sampler = "DDIM",
            Schedule = "Karras",
            CfgScale = 3,
            Seed = 9,
            Width = 640,
            Height = 320,
            ClipSkip = 3,
            Ensd = 5,
            BatchCount = 2,
            BatchSize = 3,
            Rng = NoiseSource.Cpu,
            Checkpoint = "a",
            CheckpointHash = "b",
            Vae = "c",
        };
        var request = Read("a cat\nSteps: 5, Seed: 6, CFG scale: 1.5", out var notes, defaults);
        Assert.Equal(defaults with { Prompt = "a cat", NegativePrompt = "", Steps = 5, Seed = 6, CfgScale = 1.5 }, request);
        Assert.Empty(notes);
    }

    [Fact]
    public void Everything_that_can_be_drawn_is_understood()
    {
        var request = Read("a\nNegative prompt: b\nSteps: 5, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 9007199254740993, Size: 300x400, "
            + "Model hash: 0123456789, Model: foo, VAE hash: abcdef0123, VAE: bar.pt, Clip skip: 2, ENSD: 31337, RNG: CPU, Version: v1.10.1", out var notes);
        Assert.Equal(new ImageRequest
        {
            Prompt = "a",
            NegativePrompt = "b",
            Steps = 5,
            Sampler = "DPM++ 2M",
            Schedule = "Karras",
            CfgScale = 7.5,
            Seed = 9007199254740993,
            Width = 300,
            Height = 400,
            CheckpointHash = "0123456789",
            Checkpoint = "foo",
            Vae = "bar.pt",
            ClipSkip = 2,
            Ensd = 31337,
            Rng = NoiseSource.Cpu,
        }, request);
        Assert.Empty(notes);
    }

    [Theory]
    [InlineData("(a)\nSteps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 7, Size: 64x64, Clip skip: 2, Emphasis: No norm")]
    [InlineData("a\nNegative prompt: [b]\nSteps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 7, Size: 64x64, Emphasis: None")]
    [InlineData("a\nSteps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 7, Size: 64x64, Variation seed: 5, Variation seed strength: 0.4, RNG: CPU")]
    [InlineData("a\nSteps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 7, Size: 64x64, Variation seed: 5, Variation seed strength: 0.4, Seed resize from: 128x96")]
    public void What_is_read_is_written_again(string text)
    {
        var request = Read(text, out var notes);
        Assert.Empty(notes);
        Assert.Equal(text, InfotextWriter.Write(InfotextMapping.ToValues(request)));
    }

    [Fact]
    public void Emphasis_is_named_only_where_there_is_some() =>
        Assert.DoesNotContain("Emphasis", InfotextWriter.Write(InfotextMapping.ToValues(new ImageRequest { Prompt = "a cat", Emphasis = EmphasisMode.None })), StringComparison.Ordinal);

    [Fact]
    public void A_named_model_replaces_both_of_the_defaults()
    {
        var request = Read("a\nSteps: 5, Seed: 1, Model hash: 0123456789", out _, new ImageRequest { Checkpoint = "mine", CheckpointHash = "9876543210" });
        Assert.Equal((null, "0123456789"), (request.Checkpoint, request.CheckpointHash));
    }

    [Theory]
    [InlineData("GPU", NoiseSource.Gpu)]
    [InlineData("NV", NoiseSource.Gpu)]
    [InlineData("CPU", NoiseSource.Cpu)]
    public void The_source_of_noise_is_read(string name, NoiseSource source) =>
        Assert.Equal(source, Read($"a\nSteps: 5, Seed: 1, RNG: {name}", out _).Rng);

    [Theory]
    [InlineData("Steps: many", "Steps: \"many\" is no whole number that fits; 20 is used.", "步数：“many”不是合适的整数，改用 20。")]
    [InlineData("Steps: 99999999999", "Steps: \"99999999999\" is no whole number that fits; 20 is used.", "步数：“99999999999”不是合适的整数，改用 20。")]
    [InlineData("CFG scale: \"7,5\"", "CFG scale: \"7,5\" is no number that fits; 7 is used.", "提示词引导系数：“7,5”不是合适的数，改用 7。")]
    [InlineData("CFG scale: NaN", "CFG scale: \"NaN\" is no number that fits; 7 is used.", "提示词引导系数：“NaN”不是合适的数，改用 7。")]
    [InlineData("Size: big", "Size: \"big\" is no size like 512x768; the usual one is used.", "尺寸：“big”不是 512x768 这样的尺寸，改用默认尺寸。")]
    [InlineData("RNG: dice", "RNG: \"dice\" is none of GPU, NV, CPU; Gpu is used.", "RNG：“dice”不是 GPU、NV 或 CPU，改用 Gpu。")]
    public void What_does_not_parse_is_said_and_left(string pair, string english, string chinese)
    {
        var request = Read($"a\nkk: 1, ll: 2, {pair}", out var notes);
        Assert.Equal(new ImageRequest { Prompt = "a" }, request);
        Assert.Equal(new LocalText(english, chinese), Assert.Single(notes));
    }

    [Fact]
    public void What_is_not_drawn_is_named()
    {
        _ = Read("a\nSteps: 5, Face restoration: GFPGAN, Token merging ratio: 0.5, Tiling: False, Emphasis: Original, Lora hashes: \"a: 0123456789ab\", TI hashes: \"a: b\", User: bob", out var notes);
        Assert.Equal(new LocalText("not drawn: Face restoration, Token merging ratio", "还不支持，已略过：面部修复、Token merging ratio"), Assert.Single(notes));
    }
}
