using System.Text.Json;
using DiffusionBot.Imaging;

namespace DiffusionBot.Tests.Cli;

/// <summary><c>draw</c>, with the shipped model and few steps.</summary>
public sealed class DrawTests(Shell shell) : IClassFixture<Shell>
{
    private const string Small = "64x64";

    private PictureText TextOf(string file) => PictureText.Read(File.ReadAllBytes(shell.At(file)));

    private Picture PictureOf(string file) => PictureReader.Decode(File.ReadAllBytes(shell.At(file)));

    [Theory]
    [InlineData("a red apple on a blue background", "apple.png")]
    [InlineData("红苹果，蓝色背景", "苹果.png")]
    public async Task A_red_apple_on_a_blue_background_is_red_in_the_middle_and_blue_at_the_edges(string words, string file)
    {
        var run = await shell.RunAsync("draw", words, "--steps", "12", "--seed", "7", "--negative", "low quality, blurry", "-o", file);
        Assert.Equal((0, ""), (run.Code, run.Code == 0 ? "" : run.Error));
        var bitmap = PictureOf(file).Bitmap;
        Assert.Equal((256, 256, 3), (bitmap.Width, bitmap.Height, bitmap.Channels));
        var (red, green, blue) = Mean(bitmap, 112, 112, 32, 32);
        Assert.True(red > 150 && red > 2 * green && red > 2 * blue, $"The middle is {red:F0}, {green:F0}, {blue:F0}; expected red.");
        foreach (var (x, y) in new[] { (0, 0), (248, 0), (0, 248), (248, 248) })
        {
            (red, green, blue) = Mean(bitmap, x, y, 8, 8);
            Assert.True(blue > 120 && blue > 1.3 * red && blue > 1.1 * green, $"The corner at {x}, {y} is {red:F0}, {green:F0}, {blue:F0}; expected blue.");
        }
    }

    [Fact]
    public async Task The_file_carries_the_text_that_standard_output_shows()
    {
        var run = await shell.RunAsync("draw", "a cat", "--steps", "1", "--seed", "3", "--size", Small, "--no", "dog", "--cfg", "5.5", "-o", "text.png");
        Assert.Equal(0, run.Code);
        Assert.Equal(TextOf("text.png").Parameters + Environment.NewLine, run.Out);
        Assert.StartsWith("a cat\nNegative prompt: dog\nSteps: 1, Sampler: Euler a, Schedule type: Automatic, CFG scale: 5.5, Seed: 3, Size: 64x64, Model hash: 4a44d18e42, Model: emoji-3d, Version: DiffusionBot-",
            run.Out, StringComparison.Ordinal);
        Assert.Contains("text.png", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind.jpg", PictureFormat.Jpeg)]
    [InlineData("kind.JPEG", PictureFormat.Jpeg)]
    [InlineData("kind.webp", PictureFormat.Webp)]
    public async Task The_extension_decides_the_format(string file, PictureFormat format)
    {
        var run = await shell.RunAsync("draw", "猫", "--steps", "1", "--size", Small, "-o", file);
        Assert.Equal(0, run.Code);
        Assert.Equal(format, PictureOf(file).Format);
        Assert.Equal(run.Out.TrimEnd(), TextOf(file).Parameters);
    }

    [Fact]
    public async Task A_batch_is_numbered_files_and_the_JSON_names_them()
    {
        var run = await shell.RunAsync("draw", "a cat", "--steps", "1", "--seed", "5", "--size", Small, "--batch-count", "2", "--batch-size", "2", "--json", "-o", "batch.png");
        Assert.Equal(0, run.Code);
        var json = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(["batch-1.png", "batch-2.png", "batch-3.png", "batch-4.png"], Strings(json, "files"));
        Assert.Equal([5, 6, 7, 8], json.GetProperty("seeds").EnumerateArray().Select(s => s.GetInt64()));
        Assert.Equal(Strings(json, "files").Select(f => TextOf(f).Parameters), Strings(json, "infotexts"));
        var timings = json.GetProperty("timings");
        foreach (var stage in new[] { "load", "text", "sampling", "decode", "native", "total", "encode" }) Assert.True(timings.GetProperty(stage).GetDouble() >= 0);
        Assert.True(timings.GetProperty("total").GetDouble() > timings.GetProperty("sampling").GetDouble());
        Assert.Equal(JsonValueKind.Array, json.GetProperty("notes").ValueKind);
        Assert.False(File.Exists(shell.At("batch.png")));
    }

    [Fact]
    public async Task A_grid_has_all_pictures_and_the_first_ones_text()
    {
        var run = await shell.RunAsync("draw", "a cat", "--steps", "1", "--seed", "5", "--size", Small, "--batch-count", "3", "--grid", "-o", "many.png");
        Assert.Equal(0, run.Code);
        var expected = Grid.Of([.. Enumerable.Range(1, 3).Select(n => PictureOf($"many-{n}.png").Bitmap)]);
        Assert.Equal((128, 128), (expected.Width, expected.Height));
        Assert.Equal(expected.Pixels, PictureOf("many-grid.png").Bitmap.Pixels);
        Assert.Equal(TextOf("many-1.png").Parameters, TextOf("many-grid.png").Parameters);
    }

    [Fact]
    public async Task All_flags_of_chats_may_stand_among_the_words()
    {
        var run = await shell.RunAsync("draw", "a", "cat", "--variation", "0.25", "--variation-seed", "4", "--emphasis", "none", "--steps", "1", "--seed", "5", "--size", Small, "-o", "flags.png");
        Assert.Equal(0, run.Code);
        Assert.StartsWith("a cat\nSteps: 1, ", run.Out, StringComparison.Ordinal);
        Assert.Contains(", Variation seed: 4, Variation seed strength: 0.25, ", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--hires", "1.5", "--hires-cfg", "4", "--hires-sampler", "Euler", "--hires-schedule", "Karras", "--hires-steps", "1", "--hires-prompt", "a dog", "--hires-negative", "fog")]
    [InlineData("--高清", "1.5", "--高清引导", "4", "--高清采样器", "Euler", "--高清调度器", "Karras", "--高清步数", "1", "--高清提示词", "a dog\n--高清反向提示词", "fog")]
    public async Task The_second_pass_is_all_that_its_options_say(params string[] options)
    {
        var run = await shell.RunAsync(["draw", "a cat", "--steps", "2", "--seed", "5", "--size", Small, "-o", "second.png", .. options]);
        Assert.Equal((0, ""), (run.Code, run.Code == 0 ? "" : run.Error));
        Assert.Contains(
            ", Denoising strength: 0.7, Hires sampler: Euler, Hires prompt: a dog, Hires negative prompt: fog, Hires schedule type: Karras, Hires CFG Scale: 4, Hires upscale: 1.5, Hires steps: 1, Hires upscaler: Latent, ",
            run.Out, StringComparison.Ordinal);
        Assert.Equal((96, 96), (PictureOf("second.png").Bitmap.Width, PictureOf("second.png").Bitmap.Height));
        // The text draws the same again.
        var again = await shell.RunAsync("draw", run.Out, "-o", "second-again.png");
        Assert.Equal(run.Out, again.Out);
        Assert.Equal(PictureOf("second.png").Bitmap.Pixels, PictureOf("second-again.png").Bitmap.Pixels);
    }

    [Fact]
    public async Task A_parameter_text_draws_the_same_picture_again_as_words_and_from_standard_input()
    {
        var first = await shell.RunAsync("draw", "a cat", "--no", "dog", "--steps", "3", "--seed", "9", "--size", "64x72", "--sampler", "DPM++ 2M", "--rng", "cpu", "-o", "first.png");
        var words = await shell.RunAsync("draw", first.Out, "-o", "words.png");
        var input = await shell.RunAsync(["draw", "-", "-o", "input.png"], input: first.Out);
        Assert.Equal((0, 0, 0), (first.Code, words.Code, input.Code));
        Assert.Equal((first.Out, first.Out), (words.Out, input.Out));
        Assert.Equal(PictureOf("first.png").Bitmap.Pixels, PictureOf("words.png").Bitmap.Pixels);
        Assert.Equal(PictureOf("first.png").Bitmap.Pixels, PictureOf("input.png").Bitmap.Pixels);
    }

    [Fact]
    public async Task Options_win_over_the_parameter_text()
    {
        const string Recipe = "a cat\nNegative prompt: dog\nSteps: 3, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 9, Size: 64x72, Model hash: 0000000000, Model: not-here";
        var run = await shell.RunAsync(["draw", "-", "--sampler", "Euler", "--steps", "2", "--width", "128", "--no", "", "--model", "emoji-3d", "-o", "win.png"], Recipe);
        Assert.Equal(0, run.Code);
        Assert.StartsWith("a cat\nSteps: 2, Sampler: Euler, Schedule type: Automatic, CFG scale: 7, Seed: 9, Size: 128x72, Model hash: 4a44d18e42,", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_text_asks_for_and_cannot_have_is_told_but_drawn()
    {
        const string Recipe = "a cat\nSteps: 1, Sampler: Euler, CFG scale: 7, Seed: 9, Size: 64x64, Model hash: 0000000000, Model: emoji-3d, Face restoration: GFPGAN";
        var run = await shell.RunAsync("draw", Recipe, "--lang", "en", "--json", "-o", "noted.png");
        Assert.Equal(0, run.Code);
        var notes = Strings(JsonDocument.Parse(run.Out).RootElement, "notes").ToList();
        Assert.Contains(notes, note => note.Contains("Face restoration", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Contains("0000000000", StringComparison.Ordinal));
        Assert.All(notes, note => Assert.Contains($"Note: {note}", run.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Words_behind_two_dashes_are_words()
    {
        var run = await shell.RunAsync("draw", "--steps", "1", "--size", Small, "-o", "dashes.png", "--", "--steps", "-");
        Assert.Equal(0, run.Code);
        Assert.StartsWith("--steps -\nSteps: 1,", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a cat --steps 1 --size 64x72 --no dog", "a cat\nNegative prompt: dog\nSteps: 1, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 3, Size: 64x72,")]
    [InlineData("一只猫 --步数 1 --尺寸 64x72 --引导 5", "一只猫\nSteps: 1, Sampler: Euler a, Schedule type: Automatic, CFG scale: 5, Seed: 3, Size: 64x72,")]
    [InlineData("--ar 2:1 --w 128 --steps 1 a cat", "a cat\nSteps: 1, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 3, Size: 128x64,")]
    public async Task Flags_in_the_words_are_understood_and_options_win(string words, string expected)
    {
        var run = await shell.RunAsync("draw", words + " --seed 99", "--seed", "3", "-o", "flags.png");
        Assert.Equal(0, run.Code);
        Assert.StartsWith(expected, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipe_of_an_older_WebUI_is_drawn_as_then_and_with_an_option_as_today()
    {
        const string text = "a cat\nSteps: 1, Sampler: Euler, CFG scale: 7, Seed: 3, Size: 64x64, Version: v1.3.2";
        var then = await shell.RunAsync("draw", text, "-o", "then.png");
        Assert.Equal(0, then.Code);
        Assert.Contains(", Downcast alphas_cumprod: True, Version: DiffusionBot-", then.Out, StringComparison.Ordinal);
        Assert.Contains("With --ignore-version", then.Error, StringComparison.Ordinal);
        var today = await shell.RunAsync("draw", text, "--ignore-version", "-o", "today.png");
        Assert.Equal(0, today.Code);
        Assert.DoesNotContain("Downcast", today.Out + today.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refiner_is_named_by_an_option_and_one_that_is_not_there_is_told()
    {
        var run = await shell.RunAsync("draw", "a cat", "--steps", "1", "--size", Small, "--refiner", "nobody", "--refiner-switch-at", "0.5", "-o", "refined.png");
        Assert.Equal(0, run.Code);
        Assert.Contains("Drawn without a refiner. There is no checkpoint 'nobody'", run.Error, StringComparison.Ordinal);
        run = await shell.RunAsync("draw", "a cat", "--refiner-switch-at", "2", "-o", "refined.png");
        Assert.Equal(1, run.Code);
        Assert.Contains("Refiner switch at is 2; expected 0 to 1.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ratio_is_drawn_at_the_area_of_the_models_own_size()
    {
        var run = await shell.RunAsync("draw", "a cat --ar 16:9 --steps 1", "-o", "ratio.png");
        Assert.Equal(0, run.Code);
        Assert.Contains("Size: 344x192,", run.Out, StringComparison.Ordinal);
        Assert.Equal((344, 192), (PictureOf("ratio.png").Bitmap.Width, PictureOf("ratio.png").Bitmap.Height));
    }

    [Theory]
    [InlineData("en", "There is no flag --stesp 30; the nearest is --steps.")]
    [InlineData("zh", "没有 --stesp 30 这个参数，最接近的是 --steps。")]
    public async Task What_is_no_flag_is_a_note(string language, string note)
    {
        var run = await shell.RunAsync("draw", "a cat --stesp 30", "--steps", "1", "--size", Small, "--lang", language, "-o", "note.png");
        Assert.Equal(0, run.Code);
        Assert.StartsWith("a cat\nSteps: 1,", run.Out, StringComparison.Ordinal);
        Assert.Contains(note, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dashes_in_a_parameter_texts_prompt_stay_there()
    {
        var first = await shell.RunAsync("draw", "--steps", "1", "--size", Small, "--seed", "3", "-o", "first.png", "--", "a cat --steps 9 --x");
        Assert.StartsWith("a cat --steps 9 --x\nSteps: 1,", first.Out, StringComparison.Ordinal);
        Assert.Equal(first.Out, (await shell.RunAsync("draw", first.Out, "-o", "again.png")).Out);
        var behind = await shell.RunAsync("draw", first.Out.TrimEnd() + " --seed 4", "-o", "again.png");
        Assert.Equal(first.Out.Replace("Seed: 3", "Seed: 4", StringComparison.Ordinal), behind.Out);
    }

    [Fact]
    public async Task A_screen_shows_every_step_on_a_line_that_is_gone_in_the_end()
    {
        var run = await shell.RunAsync(["draw", "a cat", "--steps", "2", "--size", Small, "--lang", "en", "-o", "screen.png"], "", screen: true);
        Assert.Equal(0, run.Code);
        Assert.Contains("\rDrawing [############............] step 1/2", run.Error, StringComparison.Ordinal);
        var written = run.Error[..run.Error.IndexOf("screen.png", StringComparison.Ordinal)];
        Assert.EndsWith(" \r", written, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', written);
    }

    [Theory]
    [InlineData("No sampler is called 'Eular'; the nearest is 'Euler'.", "--sampler", "Eular")]
    [InlineData("Steps is 0; expected 1 to 150.", "--steps", "0")]
    [InlineData("Device is 'gpu'; expected auto, cpu, cuda or cuda:N.", "--device", "gpu")]
    [InlineData("nowhere", "-o", "nowhere/out.png")]
    [InlineData("there is no such folder", "--models", "nowhere")]
    [InlineData("is a folder", "-o", "cache")]
    [InlineData("no-such-model", "--model", "no-such-model")]
    public async Task What_cannot_be_drawn_is_refused_in_one_line(string expected, params string[] options)
    {
        Directory.CreateDirectory(shell.At("cache"));
        var run = await shell.RunAsync(["draw", "a cat", .. options.Contains("-o") ? options : ["-o", "refused.png", .. options], "--lang", "en"], "");
        Assert.Equal((1, ""), (run.Code, run.Out));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.False(File.Exists(shell.At("refused.png")));
    }

    [Fact]
    public async Task Refusals_and_notes_speak_the_language_that_was_asked_for()
    {
        var refused = await shell.RunAsync("draw", "a cat", "--steps", "0", "--lang", "zh", "-o", "refused.png");
        Assert.Equal((1, "步数是 0，应在 1 到 150 之间。" + Environment.NewLine), (refused.Code, refused.Error));
        const string Recipe = "a cat\nSteps: 1, Sampler: Euler, CFG scale: 7, Seed: 9, Size: 64x64, Model hash: 0000000000, Model: emoji-3d, Face restoration: GFPGAN";
        var noted = await shell.RunAsync("draw", Recipe, "--lang", "zh", "-o", "noted.png");
        Assert.Equal(0, noted.Code);
        Assert.Contains("提示: 暂不支持、未生效的参数：Face restoration。", noted.Error, StringComparison.Ordinal);
        Assert.Contains("提示: 这段参数出自 emoji-3d（哈希 0000000000），实际使用的是 emoji-3d（哈希 4a44d18e42），画面会有所不同。", noted.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("draw")]
    [InlineData("draw", "a cat", "--steps", "many")]
    [InlineData("draw", "a cat", "--size", "big")]
    [InlineData("draw", "a cat", "--rng", "dice")]
    [InlineData("draw", "a cat", "--stesp", "20")]
    [InlineData("draw", "a cat", "-o", "out.bmp")]
    [InlineData("draw", "a cat", "--lang", "fr")]
    [InlineData("drawn", "a cat")]
    [InlineData("serve", "Web:Urls")]
    public async Task Wrong_usage_ends_with_2_and_says_where_help_is(params string[] args)
    {
        var run = await shell.RunAsync(args);
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Cancelled.")]
    [InlineData("zh", "已取消。")]
    public async Task Cancelling_ends_with_130_and_leaves_no_file(string language, string message)
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        var run = await shell.RunAsync(["draw", "a cat", "--lang", language, "-o", "cancelled.png"], "", cancel: cancel.Token);
        Assert.Equal((130, message + Environment.NewLine), (run.Code, run.Error));
        Assert.False(File.Exists(shell.At("cancelled.png")));
    }

    [Fact]
    public async Task A_file_where_a_folder_should_be_is_a_clear_error()
    {
        File.WriteAllText(shell.At("file"), "");
        var run = await shell.RunAsync("draw", "a cat", "-o", "file/out.png");
        Assert.Equal(1, run.Code);
        Assert.StartsWith("file/out.png: there is no folder ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_no_error()
    {
        var run = await shell.RunAsync("draw", "--help");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("--clip-skip", run.Out, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Strings(JsonElement json, string name) => json.GetProperty(name).EnumerateArray().Select(s => s.GetString()!);

    private static (double Red, double Green, double Blue) Mean(Bitmap bitmap, int left, int top, int width, int height)
    {
        Span<double> sums = stackalloc double[3];
        for (var y = top; y < top + height; y++)
        {
            for (var x = left; x < left + width; x++)
            {
                for (var c = 0; c < 3; c++) sums[c] += bitmap.Pixels[(y * bitmap.Width + x) * 3 + c];
            }
        }
        return (sums[0] / (width * height), sums[1] / (width * height), sums[2] / (width * height));
    }
}
