using DiffusionBot.Chat;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Imaging;

namespace DiffusionBot.Tests.Bot;

/// <summary>Conversations with the whole bot: what is said, what is answered, what is delivered.</summary>
public sealed class ConversationTests(TestBot bot) : IClassFixture<TestBot>
{
    [Fact]
    public async Task A_sentence_becomes_a_picture_that_carries_its_parameters()
    {
        var user = bot.Somebody();
        var answer = await user.SayAsync("画 红苹果，蓝色背景 --步数 2 --种子 7 --反向 模糊");
        Assert.StartsWith($"开始画了（{answer.Reference}）", answer.Text, StringComparison.Ordinal);
        Assert.Equal($"cancel {answer.Reference}", Assert.Single(answer.Choices).Words);
        var result = await user.HearAsync();
        Assert.Equal(answer.Reference, result.Reference);
        Assert.StartsWith("红苹果，蓝色背景\nNegative prompt: 模糊\nSteps: 2, Sampler: Euler, Schedule type: Automatic, CFG scale: 7, Seed: 7, Size: 64x64, Model hash: 4a44d18e42, Model: emoji-3d, Version: DiffusionBot-",
            result.Infotext, StringComparison.Ordinal);
        Assert.Equal(result.Infotext, result.InfotextOf());
        Assert.Equal(["again", "vary", "upscale", "delete"], result.Choices.Select(c => c.Words.Split(' ')[0]));
        Assert.All(result.Choices, choice => Assert.EndsWith(result.Reference!, choice.Words, StringComparison.Ordinal));
        Assert.StartsWith("/p/", result.Pictures[0].PagePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task English_users_are_spoken_to_in_English_and_a_plain_prompt_is_enough()
    {
        var user = bot.Somebody("en-GB");
        var answer = await user.SayAsync("a cat on a green background --seed 3");
        Assert.StartsWith($"Drawing ({answer.Reference})", answer.Text, StringComparison.Ordinal);
        Assert.Contains("seed 3", (await user.HearAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Again_is_the_same_request_with_a_new_seed()
    {
        var user = bot.Somebody();
        var first = await user.DrawAsync("一只猫 --种子 5 --引导 6");
        var again = await user.DrawAsync(first.Choice("again"));
        Assert.NotEqual("5", again.InfotextOf().Value("Seed"));
        Assert.Equal(WithoutSeed(first.InfotextOf()), WithoutSeed(again.InfotextOf()));
        var latest = await user.DrawAsync("再来 --步数 3");
        Assert.Equal("3", latest.InfotextOf().Value("Steps"));
        Assert.Equal("6", latest.InfotextOf().Value("CFG scale"));
    }

    [Fact]
    public async Task A_reply_with_new_words_changes_the_request()
    {
        var user = bot.Somebody();
        var first = await user.DrawAsync("一只猫 --种子 5 --引导 6");
        var words = (await user.DrawAsync("一只狗", first.AsAnswered())).InfotextOf();
        Assert.StartsWith("一只狗\nSteps: 1,", words, StringComparison.Ordinal);
        Assert.Equal(("5", "6"), (words.Value("Seed"), words.Value("CFG scale")));
        var flags = (await user.DrawAsync("--步数 2", first.AsAnswered())).InfotextOf();
        Assert.StartsWith("一只猫\nSteps: 2,", flags, StringComparison.Ordinal);
        var more = (await user.DrawAsync(".. 蓝色背景", first.AsAnswered())).InfotextOf();
        Assert.StartsWith("一只猫, 蓝色背景\n", more, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upscale_draws_larger_and_then_enlarges_and_says_how()
    {
        var user = bot.Somebody();
        var first = await user.DrawAsync("火箭 --种子 9");
        var large = await user.DrawAsync(first.Choice("upscale"));
        Assert.Equal((128, 128), (large.Pictures[0].Width, large.Pictures[0].Height));
        Assert.Equal(("9", "2", "Lanczos", "0.35"), (large.InfotextOf().Value("Seed"), large.InfotextOf().Value("Hires upscale"), large.InfotextOf().Value("Hires upscaler"), large.InfotextOf().Value("Denoising strength")));
        var larger = await user.DrawAsync(large.Choice("upscale"));
        Assert.Equal((256, 256), (larger.Pictures[0].Width, larger.Pictures[0].Height));
        Assert.Equal($"{large.InfotextOf()}, Postprocess upscale by: 2, Postprocess upscaler: Lanczos", larger.InfotextOf());
    }

    [Fact]
    public async Task Vary_keeps_the_seed_and_turns_towards_another()
    {
        var user = bot.Somebody();
        var batch = await user.DrawAsync("月亮 --张数 2 --种子 20");
        var varied = await user.DrawAsync($"vary {batch.Reference}-2 --n 1");
        Assert.Equal(("21", "0.3"), (varied.InfotextOf().Value("Seed"), varied.InfotextOf().Value("Variation seed strength")));
        // Its picture comes back with the seed that was drawn for it.
        var again = await user.DrawAsync("--引导 7", varied.AsAnswered());
        Assert.Equal(varied.InfotextOf(), again.InfotextOf());
        var other = await user.DrawAsync($"vary {varied.Reference} --variation 0.5");
        Assert.Equal(("21", "0.5"), (other.InfotextOf().Value("Seed"), other.InfotextOf().Value("Variation seed strength")));
        Assert.NotEqual(varied.InfotextOf().Value("Variation seed"), other.InfotextOf().Value("Variation seed"));
    }

    [Fact]
    public async Task A_picture_that_was_sent_is_drawn_from()
    {
        var user = bot.Somebody();
        Assert.Contains("要用哪张图", (await user.SayAsync("画 一只猫 用上图")).Text, StringComparison.Ordinal);
        await user.SayAsync("", pictures: [PlainPictures.Png(200, 30, 30)]);
        var drawn = await user.DrawAsync("一只猫，用上图 --重绘幅度 0.1 --步数 10 --种子 5");
        Assert.Equal("0.1", drawn.InfotextOf().Value("Denoising strength"));
        Assert.StartsWith("一只猫\n", drawn.InfotextOf(), StringComparison.Ordinal);
        AssertNear((200, 30, 30), drawn);
        // Its picture is kept with the request.
        AssertNear((200, 30, 30), await user.DrawAsync($"again {drawn.Reference} --种子 6"));
        // One that is sent along goes before one that was sent; and one that is answered, too.
        AssertNear((30, 30, 200), await user.DrawAsync("画 一只狗 --init --denoise 0.1 --步数 10 --种子 5", pictures: [PlainPictures.Png(30, 30, 200)]));
        AssertNear((200, 30, 30), await user.DrawAsync("画 一只狗 用上图 --denoise 0.1 --步数 10 --种子 5", drawn.AsAnswered()));
    }

    [Fact]
    public async Task A_second_picture_is_the_mask()
    {
        var user = bot.Somebody("en");
        var half = new byte[64 * 64];
        half.AsSpan(0, half.Length / 2).Fill(255);
        var drawn = await user.DrawAsync("draw a cat --init --mask-blur 0 --denoise 1 --steps 2", pictures: [PlainPictures.Png(200, 30, 30), PictureWriter.Png(new Bitmap(64, 64, 1, half), null)]);
        var pixels = PictureReader.Decode(drawn.Pictures[0].Bytes).Bitmap.Pixels;
        Assert.Equal((200, 30, 30), (pixels[^3], pixels[^2], pixels[^1]));
        Assert.NotEqual((200, 30, 30), (pixels[0], pixels[1], pixels[2]));
    }

    private static void AssertNear((int, int, int) colour, ChatReply drawn) => PlainPictures.AssertNear(colour, drawn.Pictures[0].Bytes, within: 40);

    [Fact]
    public async Task What_is_missing_is_told_once()
    {
        var user = bot.Somebody();
        var drawn = await user.DrawAsync("一只猫 <lora:没有的:1> <hypernet:也没有:1> --步数 1");
        Assert.DoesNotContain("没有的", drawn.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("也没有", drawn.Text, StringComparison.Ordinal);
        var promise = await user.SayAsync("一只狗 <lora:没有的:1> <hypernet:也没有:1> --步数 1");
        Assert.Contains("没有 LoRA 没有的，画图时不用它。", promise.Text, StringComparison.Ordinal);
        Assert.Contains("没有超网络 也没有，画图时不用它。", promise.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_style_adds_its_words()
    {
        var user = bot.Somebody("en");
        var styled = (await user.DrawAsync("a cat --style watercolor + EMOJI --seed 5")).InfotextOf();
        Assert.StartsWith("watercolor painting of a cat, soft colors, white paper, emoji, 3d render, simple background\nNegative prompt: photo, 3d render, text, watermark, blurry\n", styled, StringComparison.Ordinal);
        var unknown = await user.SayAsync("draw a cat --style wotercolor");
        Assert.Contains("There is no style “wotercolor”; names like it: watercolor. It was left out.", unknown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_pictures_each_has_its_own_choices()
    {
        var user = bot.Somebody();
        var batch = await user.DrawAsync("月亮 --张数 2 --种子 20");
        Assert.Equal(["20", "21"], batch.Pictures.Select((_, i) => batch.InfotextOf(i).Value("Seed")));
        var second = await user.DrawAsync($"upscale {batch.Reference}-2");
        Assert.Equal("21", second.InfotextOf().Value("Seed"));
        Assert.Equal(["U1", "U2", "V1", "V2"], batch.Choices.Skip(1).SkipLast(1).Select(c => c.Label));
    }

    [Fact]
    public async Task A_picture_alone_is_answered_with_its_parameters_however_they_are_kept()
    {
        var user = bot.Somebody("en");
        // Larger than the others: of 64 pixels too little is left to know a picture by.
        var drawn = await user.DrawAsync("a strawberry on a yellow background --steps 4 --size 256x256 --seed 31");
        var png = drawn.Pictures[0].Bytes.ToArray();
        Assert.Equal(drawn.Infotext, (await user.SayAsync("", pictures: [png])).Infotext);
        var bitmap = PictureReader.Decode(png).Bitmap;
        var byLooks = await user.SayAsync("info", pictures: [PictureWriter.Jpeg(bitmap, 80, null)]);
        Assert.Equal(drawn.Infotext, byLooks.Infotext);
        Assert.Contains(drawn.Reference!, byLooks.Text, StringComparison.Ordinal);
        var foreign = await user.SayAsync("", pictures: [await File.ReadAllBytesAsync(TestData.Reference("pictures/apple-0.png"), TestContext.Current.CancellationToken)]);
        Assert.Contains("Version: v1.10.1", foreign.Infotext, StringComparison.Ordinal);
        var nothing = await user.SayAsync("", pictures: [PictureWriter.Png(new Bitmap(64, 64, 3, new byte[64 * 64 * 3]), null)]);
        Assert.Null(nothing.Infotext);
        Assert.Contains("EXIF", nothing.Text, StringComparison.Ordinal);
        Assert.StartsWith("I cannot read this picture", (await user.SayAsync("", pictures: ["not a picture"u8.ToArray()])).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipe_out_of_an_article_is_drawn_and_what_is_missing_is_told()
    {
        var user = bot.Somebody();
        var recipe = TestData.Json("articles.json").EnumerateArray().Single(a => a.GetProperty("id").GetString() == "shoes-as-copied").GetProperty("text").GetString()!;
        var answer = await user.SayAsync($"{recipe} --步数 1 --尺寸 64x64");
        Assert.Contains("deliberate_v2", answer.Text, StringComparison.Ordinal);
        Assert.Contains("emoji-3d", answer.Text, StringComparison.Ordinal);
        Assert.Contains("不会完全一样", answer.Text, StringComparison.Ordinal);
        var infotext = (await user.HearAsync()).InfotextOf();
        Assert.Equal("3793992816", infotext.Value("Seed"));
        Assert.Equal("(low quality), (worst quality:1.4)", StrictInfotextReader.Read(infotext).NegativePrompt);
    }

    [Fact]
    public async Task Presets_are_listed_and_tried_by_name_with_own_words()
    {
        var user = bot.Somebody();
        var list = await user.SayAsync("预设");
        Assert.Contains("你好新世界", list.Text, StringComparison.Ordinal);
        var answer = await user.SayAsync("预设 你好新世界 换成一只猫 --步数 1 --尺寸 64x64");
        Assert.Contains("final-pruned", answer.Text, StringComparison.Ordinal);
        var infotext = (await user.HearAsync()).InfotextOf();
        Assert.StartsWith("换成一只猫\nNegative prompt: (low quality", infotext, StringComparison.Ordinal);
        Assert.Equal("DDIM", infotext.Value("Sampler"));
        Assert.Contains("没有这个预设", (await user.SayAsync("预设 你好旧世界")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Own_defaults_are_kept_and_used_until_reset()
    {
        var user = bot.Somebody();
        await user.SayAsync("设置 --步数 3 --引导 5");
        Assert.Contains("--steps 3", (await user.SayAsync("设置")).Text, StringComparison.Ordinal);
        var infotext = (await user.DrawAsync("猫")).InfotextOf();
        Assert.Equal(("3", "5"), (infotext.Value("Steps"), infotext.Value("CFG scale")));
        Assert.Equal("2", (await user.DrawAsync("猫 --步数 2")).InfotextOf().Value("Steps"));
        await user.SayAsync("设置 重置");
        Assert.Equal("1", (await user.DrawAsync("猫")).InfotextOf().Value("Steps"));
        Assert.StartsWith("From now on", (await user.SayAsync("设置 语言 英文")).Text, StringComparison.Ordinal);
        Assert.StartsWith("Samplers: ", (await user.SayAsync("采样器")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_message_twice_is_one_request()
    {
        var user = bot.Somebody();
        var first = await user.SayAsync("一只猫", id: "twice");
        var second = await user.SayAsync("一只猫", id: "twice");
        Assert.Equal(first.Reference, second.Reference);
        await user.HearAsync();
        Assert.Single((await user.SayAsync("历史")).Text.Split('\n'), line => line.StartsWith('·'));
    }

    [Fact]
    public async Task Pictures_belong_to_who_asked()
    {
        var (owner, other) = (bot.Somebody(), bot.Somebody());
        var drawn = await owner.DrawAsync("一只猫");
        await other.DrawAsync("一只狗");   // which is not taken in its place
        foreach (var verb in new[] { "再来", "取", "删除", "放大" })
        {
            var answer = await other.SayAsync($"{verb} {drawn.Reference}");
            Assert.Contains("没有编号为", answer.Text, StringComparison.Ordinal);
            Assert.Empty(answer.Pictures);
        }
        Assert.Single((await owner.SayAsync($"取 {drawn.Reference}")).Pictures);
        Assert.Contains("已删除", (await owner.SayAsync($"删除 {drawn.Reference}")).Text, StringComparison.Ordinal);
        Assert.Empty((await owner.SayAsync($"取 {drawn.Reference}")).Pictures);
    }

    [Fact]
    public async Task Forgetting_asks_first_and_leaves_nothing()
    {
        var user = bot.Somebody();
        var drawn = await user.DrawAsync("一只猫");
        await user.SayAsync("设置 --步数 2");
        var ask = await user.SayAsync("忘记我");
        Assert.Contains("无法恢复", ask.Text, StringComparison.Ordinal);
        Assert.Single((await user.SayAsync($"取 {drawn.Reference}")).Pictures);
        Assert.Contains("1 张图", (await user.SayAsync(ask.Choices[0].Words)).Text, StringComparison.Ordinal);
        Assert.Empty((await user.SayAsync($"取 {drawn.Reference}")).Pictures);
        Assert.Contains("无", (await user.SayAsync("设置")).Text, StringComparison.Ordinal);
        Assert.Contains("还没有画过图", (await user.SayAsync("历史")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("帮助", "预设 [名字]")]
    [InlineData("help", "再来、变体、放大")]
    [InlineData("模型", "emoji-3d")]
    [InlineData("/models", "默认")]
    [InlineData("采样器", "DPM++ 2M")]
    [InlineData("排队", "你没有在排队的请求")]
    [InlineData("取消", "你没有在排队的请求")]
    [InlineData("历史", "还没有画过图")]
    [InlineData("取", "没有等你来取的图")]
    [InlineData("再来", "要哪一张")]
    [InlineData("再来 K7Q2M9", "没有编号为 K7Q2M9")]
    [InlineData("参数", "发一张图片")]
    [InlineData("", "告诉我画什么吧")]
    [InlineData("画", "告诉我画什么吧")]
    [InlineData("画 猫 --步数 500", "500")]
    public async Task Commands_are_answered(string said, string expected) =>
        Assert.Contains(expected, (await bot.Somebody().SayAsync(said)).Text, StringComparison.Ordinal);

    private static string WithoutSeed(string infotext) => string.Join(", ", infotext.Split(", ").Where(part => !part.StartsWith("Seed:", StringComparison.Ordinal)));
}
