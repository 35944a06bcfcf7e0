using DiffusionBot.Bot.Understanding;
using DiffusionBot.Engine;

namespace DiffusionBot.Tests.Understanding;

public sealed class FlagSetTests
{
    private static string Show(FlagSet flags) => string.Join(", ", flags.ToPairs().Select(p => $"{p.Key}={p.Value}"));

    [Theory]
    [InlineData("steps 30", "steps=30")]
    [InlineData("步数 30 尺寸 300x400", "steps=30, size=300x400")]
    [InlineData("步数：30，尺寸：300×400，采样器：DPM++ 2M Karras", "steps=30, size=300x400, sampler=DPM++ 2M Karras")]
    [InlineData("sampler Euler a steps 30", "sampler=Euler a, steps=30")]
    [InlineData("--steps 30 --no blurry, low quality --cfg 5", "steps=30, no=blurry, low quality, cfg=5")]
    [InlineData("步数30\n引导5", "steps=30, cfg=5")]
    [InlineData("原文", "as-is=true")]
    public void Settings_need_no_dashes(string words, string expected)
    {
        var settings = SettingsWords.Parse(words);
        Assert.Equal((expected, 0), (Show(settings.Flags), settings.Problems.Count));
        Assert.Equal(expected, Show(CommandParser.Parse("设置 " + words).Words.Flags));
    }

    [Fact]
    public void Settings_are_forgotten_one_by_one_or_all()
    {
        Assert.Equal(["steps", "sampler"], SettingsWords.Parse("步数 默认，采样器 reset").Forgotten);
        Assert.True(SettingsWords.Parse("重置").ForgetsAll);
    }

    [Theory]
    [InlineData("stpes 30", "There is no setting “stpes”; the nearest is “steps”.")]
    [InlineData("steps many", "--steps is “many”; expected a whole number. It was left out.")]
    [InlineData("facefix", "There is no setting “facefix”.")]
    public void What_is_no_setting_is_told(string words, string problem) => Assert.Equal(problem, SettingsWords.Parse(words).Problems[0].English);

    [Fact]
    public void Pairs_come_back_as_they_were()
    {
        var flags = CommandParser.ParseDrawing("a --no b, c --steps 3 --w 64 --h 72 --sampler DPM++ 2M --schedule Karras --cfg 7.5 --seed -1 --n 2 --batch-size 2 --model m --vae v --clip-skip 2 --ensd 31337 --rng cpu --preset p --as-is --hires 1.5 --hires-size 128x64 --hires-steps 4 --upscaler Lanczos --denoise 0.4 --variation 0.3 --variation-seed 5 --seed-from 64x64 --eta 0.5").Flags;
        Assert.Equal(25, flags.Count);
        var back = FlagSet.FromPairs(flags.ToPairs(), out var problems);
        Assert.Empty(problems);
        Assert.Equal(flags.ToPairs(), back.ToPairs());
        Assert.Equal(("p", true), (back.Preset, back.AsIs));
        Assert.Equal(new ImageRequest
        {
            NegativePrompt = "b, c",
            Steps = 3,
            Width = 64,
            Height = 72,
            Sampler = "DPM++ 2M",
            Schedule = "Karras",
            CfgScale = 7.5,
            BatchCount = 2,
            BatchSize = 2,
            Checkpoint = "m",
            Vae = "v",
            ClipSkip = 2,
            Ensd = 31337,
            Rng = NoiseSource.Cpu,
            Hires = new HiresFix { Scale = 1.5, Width = 128, Height = 64, Steps = 4, Upscaler = "Lanczos", DenoisingStrength = 0.4 },
            VariationStrength = 0.3,
            VariationSeed = 5,
            SeedResizeWidth = 64,
            SeedResizeHeight = 64,
            Sampling = new SamplingSettings { Eta = 0.5, EtaDdim = 0.5 },
        }, back.Over(new ImageRequest()));
    }

    [Theory]
    [InlineData("--width -2 --height 0", -2, 0)]
    [InlineData("--size 999999x-1", 999999, -1)]
    public void Sizes_out_of_range_are_kept_for_whoever_knows_the_limits(string words, int width, int height)
    {
        var flags = FlagSet.FromPairs(CommandParser.ParseDrawing(words).Flags.ToPairs(), out var problems);
        Assert.Empty(problems);
        Assert.Equal(new ImageRequest { Width = width, Height = height }, flags.Over(new ImageRequest()));
    }

    [Fact]
    public void Any_text_is_a_name_or_a_negative_prompt()
    {
        var flags = FlagSet.FromPairs([new("model", "a, b\""), new("no", ""), new("vae", "")], out var problems);
        Assert.Equal("model=a, b\", no=", Show(flags));
        Assert.Equal("--vae has no value; expected a name. It was left out.", Assert.Single(problems).English);
    }

    [Fact]
    public void Bad_pairs_are_told_and_left_out()
    {
        var flags = FlagSet.FromPairs([new("steps", "many"), new("Cfg", "5"), new("size", "64x64 big"), new("nonsense", "1"), new("s", "1"), new("步数", "３０")], out var problems);
        Assert.Equal("cfg=5, steps=30", Show(flags));
        Assert.Equal(4, problems.Count);
    }

    [Fact]
    public void Help_names_every_flag_in_both_languages()
    {
        foreach (var flag in Flags.All.Where(f => f.Use == FlagUse.Drawn))
        {
            Assert.Contains($"--{flag.Name}", Flags.Describe(Language.English), StringComparison.Ordinal);
            Assert.Contains($"--{flag.Name}", Flags.Describe(Language.Chinese), StringComparison.Ordinal);
        }
        Assert.Contains("--步数 / --steps N：采样步数", Flags.Describe(Language.Chinese).Split('\n'));
        Assert.Contains("--steps / --步数 N: sampling steps", Flags.Describe(Language.English).Split('\n'));
    }

    [Theory]
    [InlineData("30", "30", 2)]
    [InlineData("三十", "30", 2)]
    [InlineData("十", "10", 1)]
    [InlineData("二十五", "25", 3)]
    [InlineData("一百零五", "105", 4)]
    [InlineData("一百二十", "120", 4)]
    [InlineData("两", "2", 1)]
    [InlineData("二五", "25", 2)]
    [InlineData("七点五", "7.5", 3)]
    [InlineData("-1", "-1", 2)]
    [InlineData(".5", "0.5", 2)]
    [InlineData("7.", "7", 1)]
    [InlineData("一只", "1", 1)]
    [InlineData("x", null, 0)]
    [InlineData("", null, 0)]
    [InlineData("+", null, 0)]
    public void Numbers_are_read_as_people_write_them(string text, string? number, int length) => Assert.Equal((number, length), Numerals.AtStart(text));
}
