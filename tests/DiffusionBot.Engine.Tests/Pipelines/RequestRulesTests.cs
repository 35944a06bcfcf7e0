using DiffusionBot.Engine.Pipelines;

namespace DiffusionBot.Engine.Tests.Pipelines;

public sealed class RequestRulesTests
{
    private static readonly ImageRequest Sound = new();

    public static TheoryData<string, string> OutOfRange => new()
    {
        { "steps=0", "Steps is 0; expected 1 to 150." },
        { "steps=151", "Steps is 151; expected 1 to 150." },
        { "cfg=0.99", "CFG scale is 0.99; expected 1 to 30." },
        { "cfg=30.5", "CFG scale is 30.5; expected 1 to 30." },
        { "cfg=NaN", "CFG scale is NaN; expected 1 to 30." },
        { "seed=-2", "Seed is -2; expected -1 to 9223372036854775807." },
        { "skip=0", "Clip skip is 0; expected 1 to 12." },
        { "skip=13", "Clip skip is 13; expected 1 to 12." },
        { "count=0", "Batch count is 0; expected 1 to 100." },
        { "count=101", "Batch count is 101; expected 1 to 100." },
        { "size=0", "Batch size is 0; expected 1 to 8." },
        { "size=9", "Batch size is 9; expected 1 to 8." },
        { "width=63", "Width is 63; expected 64 to 2048." },
        { "width=2049", "Width is 2049; expected 64 to 2048." },
        { "height=63", "Height is 63; expected 64 to 2048." },
        { "height=2049", "Height is 2049; expected 64 to 2048." },
        { "prompt=20001", "The prompt's length is 20001; expected 0 to 20000." },
        { "negative=20001", "The negative prompt's length is 20001; expected 0 to 20000." },
        { "denoise=1.1", "Denoising strength is 1.1; expected 0 to 1." },
        { "noise=-0.1", "Noise multiplier is -0.1; expected 0 to 1.5." },
        { "blur=65", "Mask blur is 65; expected 0 to 64." },
        { "padding=257", "Masked area padding is 257; expected 0 to 256." },
        { "source=6000", "The picture's size in pixels is 36000000; expected 1 to 33554432." },
        { "strip=65", "The picture's longer edge over its shorter one is 65; expected 1 to 64." },
        { "last", "Seed is 9223372036854775804; with 5 images the last one's would be beyond 9223372036854775807." },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void What_is_out_of_range_is_told_with_the_range(string what, string message)
    {
        var refused = Assert.Throws<InvalidRequestException>(() => RequestRules.Check(RequestOf(what)));
        Assert.Equal(message, refused.Message);
    }

    [Theory]
    [InlineData("steps=1")]
    [InlineData("steps=150")]
    [InlineData("cfg=1")]
    [InlineData("cfg=30")]
    [InlineData("seed=-1")]
    [InlineData("seed=9223372036854775807")]
    [InlineData("skip=12")]
    [InlineData("count=100")]
    [InlineData("size=8")]
    [InlineData("width=64")]
    [InlineData("height=2048")]
    [InlineData("prompt=20000")]
    [InlineData("almost last")]
    public void The_ends_of_the_ranges_are_in_them(string what) => RequestRules.Check(RequestOf(what));

    private static Imaging.Bitmap Black(int width, int height) => new(width, height, 1, new byte[width * height]);

    private static ImageRequest RequestOf(string what)
    {
        var value = what[(what.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return what.Split('=')[0] switch
        {
            "steps" => Sound with { Steps = int.Parse(value) },
            "cfg" => Sound with { CfgScale = double.Parse(value) },
            "seed" => Sound with { Seed = long.Parse(value) },
            "skip" => Sound with { ClipSkip = int.Parse(value) },
            "count" => Sound with { BatchCount = int.Parse(value) },
            "size" => Sound with { BatchSize = int.Parse(value) },
            "width" => Sound with { Width = int.Parse(value) },
            "height" => Sound with { Height = int.Parse(value) },
            "prompt" => Sound with { Prompt = new string('a', int.Parse(value)) },
            "negative" => Sound with { NegativePrompt = new string('a', int.Parse(value)) },
            "denoise" => Sound with { Init = new InitImage { DenoisingStrength = double.Parse(value) } },
            "noise" => Sound with { Init = new InitImage { NoiseMultiplier = double.Parse(value) } },
            "blur" => Sound with { Init = new InitImage { Inpaint = new Inpainting { MaskBlur = int.Parse(value) } } },
            "padding" => Sound with { Init = new InitImage { Inpaint = new Inpainting { Padding = int.Parse(value) } } },
            "source" => Sound with { Init = new InitImage { Picture = Black(int.Parse(value), int.Parse(value)) } },
            "strip" => Sound with { Init = new InitImage { Inpaint = new Inpainting { Mask = Black(1, int.Parse(value)) } } },
            "last" => Sound with { Seed = long.MaxValue - 3, BatchCount = 5 },
            "almost last" => Sound with { Seed = long.MaxValue - 3, BatchSize = 2, BatchCount = 2 },
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, "No such case."),
        };
    }
}
