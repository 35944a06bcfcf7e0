using System.Globalization;
using System.Text.Json;
using DiffusionBot.Engine.Infotext;

namespace DiffusionBot.Engine.Tests.Infotext;

public sealed class LenientInfotextReaderTests
{
    private static readonly JsonElement articles = TestData.Json("articles.json");

    private static readonly Dictionary<string, string> labels = new(StringComparer.Ordinal)
    {
        ["steps"] = "Steps",
        ["sampler"] = "Sampler",
        ["schedule"] = "Schedule type",
        ["cfg_scale"] = "CFG scale",
        ["seed"] = "Seed",
        ["model_hash"] = "Model hash",
        ["model"] = "Model",
        ["clip_skip"] = "Clip skip",
        ["ensd"] = "ENSD",
        ["version"] = "Version",
        ["hires_upscale"] = "Hires upscale",
        ["hires_upscaler"] = "Hires upscaler",
        ["denoising_strength"] = "Denoising strength",
    };

    public static TheoryData<string> Articles { get; } = [.. articles.EnumerateArray().Select(a => a.GetProperty("id").GetString()!)];

    [Theory]
    [MemberData(nameof(Articles))]
    public void Understands_what_an_article_prints(string id)
    {
        var article = articles.EnumerateArray().Single(a => a.GetProperty("id").GetString() == id);
        var values = LenientInfotextReader.Read(article.GetProperty("text").GetString()!);
        Assert.Equal(article.GetProperty("prompt").GetString(), values.Prompt);
        Assert.Equal(article.GetProperty("negative_prompt").GetString(), values.NegativePrompt);

        var expected = article.GetProperty("parameters").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString());
        if (expected.Remove("width", out var width) && expected.Remove("height", out var height)) expected["Size"] = $"{width}x{height}";
        // A name that carries its schedule is taken apart where samplers are known.
        if (expected.Remove("schedule", out var schedule)) expected["sampler"] += " " + schedule;
        var renamed = expected.ToDictionary(p => labels.GetValueOrDefault(p.Key, p.Key), p => p.Value);
        Assert.Equal(renamed.OrderBy(p => p.Key, StringComparer.Ordinal), values.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void An_article_becomes_a_request()
    {
        var article = articles.EnumerateArray().Single(a => a.GetProperty("id").GetString() == "hello-new-world");
        var request = InfotextMapping.ToRequest(LenientInfotextReader.Read(article.GetProperty("text").GetString()!), new ImageRequest(), out var notes);
        Assert.Equal(new ImageRequest
        {
            Prompt = article.GetProperty("prompt").GetString()!,
            NegativePrompt = article.GetProperty("negative_prompt").GetString()!,
            Steps = 30,
            Sampler = "DDIM",
            CfgScale = 10,
            Seed = 1039378680,
            Width = 300,
            Height = 400,
            CheckpointHash = "89d59c3dde",
            Checkpoint = "final-pruned",
            ClipSkip = 2,
            Hires = new HiresFix { Scale = 2, Upscaler = "Latent", DenoisingStrength = 0.7 },
        }, request);
        Assert.Empty(notes);
    }

    [Fact]
    public void The_articles_were_read_whole() => Assert.Equal(11, Articles.Count);

    private static string Show(InfotextValues values) =>
        $"{values.Prompt} | {values.NegativePrompt} | {string.Join(", ", values.Parameters.Select(p => $"{p.Key}: {p.Value}"))}";

    [Theory]
    // The damage of copying, alone and together.
    [InlineData("a cat, Negative prompt: bad Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1", "a cat | bad | Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1")]
    [InlineData("a cat\nSteps 20, Sampler Euler a, CFG scale 7, Seed 42, Size 512x640", "a cat |  | Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x640")]
    [InlineData("a cat\nSteps: 20 Sampler: DPM++ 2M Karras CFG scale: 7 Seed: 42", "a cat |  | Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 42")]
    [InlineData("a cat\nnegative prompt: bad\nsteps: 20, cfg_scale: 5, clip_skip: 2", "a cat | bad | Steps: 20, CFG scale: 5, Clip skip: 2")]
    [InlineData("a cat\nNegative prompt\nbad\nSteps: 20", "a cat | bad | Steps: 20")]
    [InlineData("a cat\nNegativeprompt: bad\nSampler: DPM++\n2M, Steps: 20,\nSize: 512 × 768", "a cat | bad | Sampler: DPM++ 2M, Steps: 20, Size: 512x768")]
    [InlineData("提示词：红苹果\n负面提示词：模糊\n参数：步数25，尺寸：５１２x７６８", "红苹果 | 模糊 | Steps: 25, Size: 512x768")]
    [InlineData("红苹果，反向提示词：模糊", "红苹果 | 模糊 | ")]
    [InlineData("一只猫\n步数：25，种子：42。", "一只猫 |  | Steps: 25, Seed: 42")]
    [InlineData("Steps: 20, Seed: 7, a cat", "a cat |  | Steps: 20, Seed: 7")]
    [InlineData("a cat\nWidth: 512, Steps: 20", "a cat |  | Size-1: 512, Steps: 20")]
    [InlineData("a cat\nSteps: 20, Foo bar: 3, Seed: 1", "a cat |  | Steps: 20, Foo bar: 3, Seed: 1")]
    [InlineData("a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Civitai resources: [{\"type\":\"checkpoint\",\"id\":1}], Civitai metadata: {}",
        "a cat |  | Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Civitai resources: [{\"type\":\"checkpoint\",\"id\":1}], Civitai metadata: {}")]
    // Words behind what WebUI wrote.
    [InlineData("a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, in a red hat", "a cat, in a red hat |  | Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1")]
    // Not damage.
    [InlineData("a cat\na dog", "a cat\na dog |  | ")]
    [InlineData("a cat\nSteps: 30", "a cat\nSteps: 30 |  | ")]
    [InlineData("a model posing, size large, height: tall", "a model posing, size large, height: tall |  | ")]
    [InlineData("a negative prompt in a frame, 3 steps", "a negative prompt in a frame, 3 steps |  | ")]
    [InlineData("prompt engineering guy", "prompt engineering guy |  | ")]
    [InlineData("(a cat:1.2), [dog:fox:0.5]", "(a cat:1.2), [dog:fox:0.5] |  | ")]
    [InlineData("", " |  | ")]
    public void Understands_what_people_type(string text, string understood) => Assert.Equal(understood, Show(LenientInfotextReader.Read(text)));

    private static readonly string[] words =
    [
        "cat", "红苹果", "，", ", ", "\n", "\n\n", " ", "(a:1.2)", "[b]", "BREAK", "AND", "<lora:x:1>", "hair: red", "Steps: 3", "size", "\"", "\\(", "：",
        "negative", "步数：3", "512x512", "{", "Model: x", "Seed 5", "😀", "\t", "k: v, l: w, mm: x",
    ];

    private static string RandomText(Random random, int most) => string.Concat(Enumerable.Range(0, random.Next(most)).Select(_ => words[random.Next(words.Length)]));

    [Fact]
    public void Reads_what_WebUI_wrote_as_WebUI_reads_it()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var garbled = 0;
        for (var i = 0; i < 5000; i++)
        {
            var facts = new DrawingFacts(random.NextInt64(1L << 40), random.Next(64, 2048), random.Next(64, 2048), "DPM++ 2M", "Karras", random.Next(2) == 0,
                random.Next(2) == 0 ? "0123456789" : null, random.Next(2) == 0 ? RandomText(random, 4) : null, "abcdef0123", random.Next(2) == 0 ? "a.pt" : null);
            var request = new ImageRequest
            {
                Prompt = RandomText(random, 12),
                NegativePrompt = random.Next(3) == 0 ? "" : RandomText(random, 8),
                Steps = random.Next(1, 150),
                CfgScale = Math.Round(random.NextDouble() * 30, 2),
                ClipSkip = random.Next(1, 4),
                Ensd = random.Next(3),
                Rng = (NoiseSource)random.Next(2),
            };
            var values = InfotextMapping.ToValues(request, facts);
            var extras = new OrderedDictionary<string, string>(values.Parameters, StringComparer.Ordinal);
            if (random.Next(3) == 0) extras["Hires upscaler"] = RandomText(random, 3) + "Latent";
            if (random.Next(3) == 0) extras["Lora hashes"] = "foo: 0123456789ab, bar: ba9876543210";
            if (random.Next(3) == 0) extras["Hires prompt"] = RandomText(random, 6) + "x";
            var text = InfotextWriter.Write(values with { Parameters = extras });

            var (strict, lenient) = (StrictInfotextReader.Read(text), LenientInfotextReader.Read(text));
            // A value that begins with a quote but is none makes WebUI's own pattern garble what stands behind it; there the lenient reader loses nothing instead.
            if (extras.Values.Any(value => value.StartsWith('"') && InfotextQuoting.Quote(value) == value))
            {
                garbled++;
                continue;
            }
            Assert.True(Show(strict) == Show(lenient), string.Create(CultureInfo.InvariantCulture, $"seed {seed}, text {i}:\n{text}\n--- strict\n{Show(strict)}\n--- lenient\n{Show(lenient)}"));
        }
        Assert.True(garbled < 500, $"seed {seed}: {garbled} of 5000 texts are such that WebUI garbles them; expected a few.");
    }

    [Fact]
    public void No_text_makes_a_reader_or_the_mapping_fail()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var real = articles.EnumerateArray().Select(a => a.GetProperty("text").GetString()!)
            .Concat(TestData.Json("text/infotext.json").EnumerateArray().Select(c => c.GetProperty("text").GetString()!)).ToArray();
        for (var i = 0; i < 8000; i++)
        {
            var text = Mutate(random.Next(3) == 0 ? RandomText(random, 15) : real[random.Next(real.Length)], random);
            foreach (var read in new Func<string, InfotextValues>[] { StrictInfotextReader.Read, t => LenientInfotextReader.Read(t) })
            {
                try
                {
                    var values = read(text);
                    _ = WebUiFields.Of(values);
                    _ = InfotextMapping.ToRequest(values, new ImageRequest(), out _);
                    _ = LenientInfotextReader.Read(InfotextWriter.Write(values));
                }
                catch (Exception e)
                {
                    Assert.Fail($"seed {seed}, text {i}: {JsonSerializer.Serialize(text)}\n{e}");
                }
            }
        }
    }

    [Fact]
    public void Every_letter_of_a_text_is_in_a_prompt_or_in_a_piece_that_was_taken()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var real = articles.EnumerateArray().Select(a => a.GetProperty("text").GetString()!).ToArray();
        for (var i = 0; i < 8000; i++)
        {
            var text = Mutate(random.Next(3) == 0 ? RandomText(random, 15) : real[random.Next(real.Length)], random);
            var taken = new List<string>();
            var values = LenientInfotextReader.Read(text, taken);
            Assert.True(Letters(text) == Letters(values.Prompt + values.NegativePrompt + string.Concat(taken)), $"seed {seed}, text {i}: {JsonSerializer.Serialize(text)}");
        }

        static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit).Order());
    }

    private static string Mutate(string text, Random random)
    {
        var chars = text.ToList();
        for (var n = random.Next(6); n > 0 && chars.Count > 0; n--)
        {
            var at = random.Next(chars.Count);
            switch (random.Next(4))
            {
                case 0: chars.RemoveAt(at); break;
                case 1: chars[at] = (char)random.Next(0x10000); break;
                case 2: chars.Insert(at, ":,\n\"\\x=：，0 "[random.Next(11)]); break;
                default: chars.RemoveRange(at, Math.Min(random.Next(20), chars.Count - at)); break;
            }
        }
        return new string([.. chars]);
    }

    [Fact]
    public void The_words_of_a_prompt_are_not_lost()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        string[] plain = ["cat", "红苹果", "blue", "(dog:1.2)", "BREAK", "smile", "<lora:x:1>", "蓝色背景", "4k"];
        string[] blocks = ["", "\nSteps: 20, Seed: 7", "\n步数：25，采样器：Euler a", "\nSteps:  20,  CFGscale:  7,  Size:\n512x512, Modelhash: 0123456789", " Steps: 20, Seed: 7, Size: 512x512"];
        for (var i = 0; i < 3000; i++)
        {
            var prompt = Enumerable.Range(0, random.Next(1, 9)).Select(_ => plain[random.Next(plain.Length)]).ToArray();
            var text = string.Join(random.Next(2) == 0 ? ", " : "\n", prompt) + blocks[random.Next(blocks.Length)];
            var read = LenientInfotextReader.Read(text).Prompt.Split([',', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            Assert.True(prompt.SequenceEqual(read), $"seed {seed}, text {i}: {text}");
        }
    }

    [Fact]
    public void A_long_text_takes_no_longer_than_its_length()
    {
        foreach (var piece in new[] { "word ", "word, ", "Steps: ", "Seed 5 ", "k: \"", "[", "{\"", "步数", "， ", "Model ", "\\\"", "kk: [," })
        {
            // By the square of it, this would not end.
            var text = "Steps: 1, Seed: 2, " + string.Concat(Enumerable.Repeat(piece, 20_000));
            Assert.Contains("Steps", LenientInfotextReader.Read(text).Parameters.Keys);
        }
    }
}
