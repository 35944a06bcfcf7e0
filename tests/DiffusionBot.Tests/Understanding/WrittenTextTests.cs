using System.Text.Json;
using DiffusionBot.Bot.Understanding;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Tests.Understanding;

/// <summary>A parameter text that WebUI or the bot wrote asks for the same wherever it is pasted as it does in a picture.</summary>
public sealed class WrittenTextTests
{
    private const int RandomTexts = 3000;

    /// <summary>What people typed, and what they should not.</summary>
    private static readonly string[] typed = ["articles.json", Path.Combine("text", "infotext.json")];

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(TestData.Reference(""), "*.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(TestData.Reference(""), file))
            .Except(typed).Where(file => TextsOf(file).Any())];

    [Theory]
    [MemberData(nameof(Files))]
    public void What_WebUI_wrote(string file)
    {
        foreach (var text in TextsOf(file)) AssertSame(text);
    }

    [Fact]
    public void What_the_bot_writes_of_any_request()
    {
        var seed = Asked.Seed("TEXT_SEED");
        var random = new Random(seed);
        for (var i = 0; i < RandomTexts; i++)
        {
            var request = Any(random);
            var text = InfotextWriter.Write(request, new DrawingFacts(request.Seed, request.Width!.Value, request.Height!.Value, request.Sampler, request.Schedule, SamplerUsesEnsd: true)
            {
                VariationSeed = request.VariationSeed,
                HiresCheckpoint = request.Hires?.Checkpoint,
                HiresSampler = request.Hires?.Sampler,
                HiresScheduleType = request.Hires?.Schedule,
                LoraHashes = request.LoraHashes,
                Refiner = request.Refiner,
                IsPadded = true,
            });
            AssertSame(text);
            Assert.True(request == Pasted(text), $"\n{request}\nbecame\n{Pasted(text)}\nby\n{text}");
        }
    }

    private static void AssertSame(string text)
    {
        var expected = InfotextMapping.ToRequest(StrictInfotextReader.Read(text), new ImageRequest(), out _);
        Assert.True(expected == Pasted(text), $"{text}\nis read as\n{Pasted(text)}\nin place of\n{expected}");
    }

    private static ImageRequest Pasted(string text) => RequestLayers.Build(FlagSet.Empty, FlagSet.Empty, null, CommandParser.ParseDrawing(text), out _);

    private static ImageRequest Any(Random random)
    {
        var hasHires = random.Next(2) == 0;
        return new ImageRequest
        {
            Prompt = Words(random, least: 1),
            NegativePrompt = Words(random, least: 0),
            Steps = random.Next(1, 151),
            Sampler = Pick(random, "Euler a", "DPM++ 2M", "UniPC", "DDIM", "DPM++ 2M SDE Heun", "LCM"),
            Schedule = Pick(random, "Automatic", "Karras", "SGM Uniform", "Align Your Steps"),
            CfgScale = random.Next(2, 60) / 2.0,
            Seed = random.NextInt64(1L << 53),
            Width = 64 + (8 * random.Next(100)),
            Height = 64 + (8 * random.Next(100)),
            ClipSkip = random.Next(1, 4),
            Rng = random.Next(2) == 0 ? NoiseSource.Gpu : NoiseSource.Cpu,
            PadConds = random.Next(4) == 0,
            LoraHashes = random.Next(4) == 0 ? "a: 0123456789ab, 水墨: 456789abcdef" : null,
            Refiner = random.Next(4) == 0 ? "sd_xl_refiner_1.0 [7440042bbd]" : null,
            Sampling = new SamplingSettings { DiscardPenultimateSigma = random.Next(4) == 0 },
            Hires = !hasHires ? null : new HiresFix
            {
                Scale = random.Next(4, 16) / 4.0,
                Upscaler = Pick(random, "Latent", "Lanczos", "R-ESRGAN 4x+ Anime6B", "Latent (bicubic antialiased)", "4x: a, b"),
                Steps = random.Next(20),
                DenoisingStrength = random.Next(101) / 100.0,
                Sampler = random.Next(2) == 0 ? "Heun" : null,
                Schedule = random.Next(2) == 0 ? "Exponential" : null,
                Prompt = random.Next(2) == 0 ? Words(random, least: 1) : null,
                NegativePrompt = random.Next(2) == 0 ? Words(random, least: 1) : null,
                CfgScale = random.Next(2) == 0 ? 1.25 : null,
                Checkpoint = random.Next(2) == 0 ? "动漫, v2 [0123456789]" : null,
            },
            Init = hasHires || random.Next(2) == 0 ? null : new InitImage { DenoisingStrength = random.Next(101) / 100.0 },
        };
    }

    /// <summary>What people write, and what looks like labels and is none.</summary>
    private static string Words(Random random, int least) => string.Join(", ", Enumerable.Range(0, random.Next(least, 6)).Select(_ => Pick(
        random, "a cat", "(red:1.3)", "[a|b]", "[cat:dog:0.5]", "<lora:墨心:0.8>", "红苹果，蓝色背景", "say \"hi\"", "c:\\path", "Steps: 20", "size 512x512", "negative space", "hires", "steps",
        "a negative prompt", "AND a dog :1.2", "BREAK", "__wild__", "--v 5", "a:b", "{x}", "seed", "model")));

    private static string Pick(Random random, params string[] of) => of[random.Next(of.Length)];

    private static IEnumerable<string> TextsOf(string file) => Strings(TestData.Json(file)).Where(text => text.Split('\n')[^1].StartsWith("Steps: ", StringComparison.Ordinal));

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Strings(property.Value)),
        _ => [],
    };
}
