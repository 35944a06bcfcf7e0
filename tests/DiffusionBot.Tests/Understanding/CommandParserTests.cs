using DiffusionBot.Bot.Understanding;
using DiffusionBot.Engine;

namespace DiffusionBot.Tests.Understanding;

public sealed class CommandParserTests
{
    private static string Show(DrawingWords words)
    {
        var parts = new List<string> { words.Recipe.Prompt, words.Recipe.NegativePrompt };
        parts.Add(string.Join(", ", words.Recipe.Parameters.Select(p => $"{p.Key}: {p.Value}")));
        parts.Add(string.Join(", ", words.Flags.ToPairs().Select(p => $"{p.Key}={p.Value}")));
        return string.Join(" | ", parts);
    }

    [Theory]
    [InlineData("draw a cat", "Draw", "a cat")]
    [InlineData("/draw a cat", "Draw", "a cat")]
    [InlineData("／DRAW a cat", "Draw", "a cat")]
    [InlineData("Draw: a cat", "Draw", "a cat")]
    [InlineData("draw\na cat", "Draw", "a cat")]
    [InlineData("help me draw a cat", "Draw", "a cat")]
    [InlineData("/imagine a cat", "Draw", "a cat")]
    [InlineData("imagine a cat", null, "imagine a cat")]
    [InlineData("画 一只猫", "Draw", "一只猫")]
    [InlineData("画：一只猫", "Draw", "一只猫")]
    [InlineData("画,一只猫", "Draw", "一只猫")]
    [InlineData("画，一只猫", "Draw", "一只猫")]
    [InlineData("画a cat", "Draw", "a cat")]
    [InlineData("画家在海边", null, "画家在海边")]
    [InlineData("  画图　一只猫 ", "Draw", "一只猫")]
    [InlineData("drawing of a cat", null, "drawing of a cat")]
    [InlineData("draw.io diagram", null, "draw.io diagram")]
    [InlineData("预设 你好新世界 换成一只猫", "Preset", "你好新世界 换成一只猫")]
    [InlineData("preset hello-new-world", "Preset", "hello-new-world")]
    [InlineData("info", "Info", "")]
    [InlineData("参数", "Info", "")]
    [InlineData("info K7Q2M9", "Info", "K7Q2M9")]
    [InlineData("info graphic poster", null, "info graphic poster")]
    [InlineData("参数：步数25，尺寸：512x768", null, "参数：步数25，尺寸：512x768")]
    [InlineData("again", "Again", "")]
    [InlineData("Again!", "Again", "")]
    [InlineData("再来一张。", "Again", "")]
    [InlineData("再来 K7Q2M9 --步数 30", "Again", "K7Q2M9 --步数 30")]
    [InlineData("再来K7Q2M9", "Again", "K7Q2M9")]
    [InlineData("again --steps 40", "Again", "--steps 40")]
    [InlineData("again and again, a spiral", null, "again and again, a spiral")]
    [InlineData("again --steps 40 a spiral", null, "again --steps 40 a spiral")]
    [InlineData("vary", "Vary", "")]
    [InlineData("变体 2", "Vary", "2")]
    [InlineData("v3", "Vary", "3")]
    [InlineData("U1", "Upscale", "1")]
    [InlineData("u2 K7Q2M9", "Upscale", "2 K7Q2M9")]
    [InlineData("U2 concert at night", null, "U2 concert at night")]
    [InlineData("V8 engine", null, "V8 engine")]
    [InlineData("放大", "Upscale", "")]
    [InlineData("放大镜", null, "放大镜")]
    [InlineData("cancel", "Cancel", "")]
    [InlineData("取消 全部", "Cancel", "全部")]
    [InlineData("queue", "Queue", "")]
    [InlineData("queue of people in the rain", null, "queue of people in the rain")]
    [InlineData("队列", "Queue", "")]
    [InlineData("models", "Models", "")]
    [InlineData("models walking on a runway", null, "models walking on a runway")]
    [InlineData("模型飞机", null, "模型飞机")]
    [InlineData("samplers", "Samplers", "")]
    [InlineData("settings", "Settings", "")]
    [InlineData("settings steps 30", "Settings", "steps 30")]
    [InlineData("settings --steps 30", "Settings", "--steps 30")]
    [InlineData("设置 步数 30", "Settings", "步数 30")]
    [InlineData("设置步数30", null, "设置步数30")]
    [InlineData("我的设置", "Settings", "")]
    [InlineData("settings reset", "Settings", "reset")]
    [InlineData("settings menu on a phone", null, "settings menu on a phone")]
    [InlineData("设置\nSteps: 30, Sampler: DDIM", null, "设置\nSteps: 30, Sampler: DDIM")]
    [InlineData("history", "History", "")]
    [InlineData("history 2", "History", "2")]
    [InlineData("history museum at night", null, "history museum at night")]
    [InlineData("history museum", null, "history museum")]
    [InlineData("历史 博物馆", null, "历史 博物馆")]
    [InlineData("取 K7Q2M9", "Collect", "K7Q2M9")]
    [InlineData("取景框", null, "取景框")]
    [InlineData("删除", "Delete", "")]
    [InlineData("forget me", "ForgetMe", "")]
    [InlineData("forget me not flowers", null, "forget me not flowers")]
    [InlineData("忘记我", "ForgetMe", "")]
    [InlineData("help", "Help", "")]
    [InlineData("help draw", "Help", "draw")]
    [InlineData("help --ar", "Help", "--ar")]
    [InlineData("help the old lady", null, "help the old lady")]
    [InlineData("?", "Help", "")]
    [InlineData("？", "Help", "")]
    [InlineData("/history museum", "History", "museum")]
    [InlineData("a cat", null, "a cat")]
    [InlineData("", null, "")]
    [InlineData("/", null, "/")]
    public void The_first_word_is_a_verb_where_it_can_be_one(string text, string? verb, string rest)
    {
        var message = CommandParser.Parse(text);
        Assert.Equal((verb, rest), (message.Verb?.ToString(), message.Rest));
    }

    [Theory]
    [InlineData("a cat --steps 30", "a cat |  |  | steps=30")]
    [InlineData("一只猫 --步数 30 --尺寸 300x400 --采样 DDIM --种子 7 --引导 10 --反向 狗", "一只猫 |  |  | steps=30, size=300x400, sampler=DDIM, seed=7, cfg=10, no=狗")]
    [InlineData("a cat --ar 16:9 --no dog, bird", "a cat |  |  | ar=16:9, no=dog, bird")]
    [InlineData("--steps 30 a cat in the rain", "a cat in the rain |  |  | steps=30")]
    [InlineData("a cat, --steps 30, in the rain", "a cat, in the rain |  |  | steps=30")]
    [InlineData("a cat, --steps 30", "a cat |  |  | steps=30")]
    [InlineData("一只猫，--步数：30，--尺寸=300×400", "一只猫 |  |  | steps=30, size=300x400")]
    [InlineData("一只猫--步数30", "一只猫 |  |  | steps=30")]
    [InlineData("一只猫 --步数三十 --张数 两张", "一只猫 |  |  | steps=30, n=2")]
    [InlineData("一只猫 －－步数 ３０", "一只猫 |  |  | steps=30")]
    [InlineData("一只猫 —ar 16:9 ——no 狗", "一只猫 |  |  | ar=16:9, no=狗")]
    [InlineData("a cat – a dog — and 2 birds", "a cat – a dog — and 2 birds |  |  | ")]
    [InlineData("她笑了——大小姐的样子", "她笑了——大小姐的样子 |  |  | ")]
    [InlineData("a well--size cat, blue-eyed -s 5 - x", "a well--size cat, blue-eyed -s 5 - x |  |  | ")]
    [InlineData("a cat \\--steps 30", "a cat --steps 30 |  |  | ")]
    [InlineData("a cat --model \"my model\" --sampler Euler a sleeping", "a cat sleeping |  |  | model=my model, sampler=Euler a")]
    [InlineData("a sign \"--steps 3\" --steps 4", "a sign \"--steps 3\" |  |  | steps=4")]
    [InlineData("a cat <lora:x --steps 3:1> --steps 4", "a cat <lora:x --steps 3:1> |  |  | steps=4")]
    [InlineData("a cat\n--steps 30\nin rain", "a cat\nin rain |  |  | steps=30")]
    [InlineData("--prompt \"a cat\" --negative_prompt \"a dog\" --cfg_scale 7.5 --sampler_name Euler --width 512 --height 640 --seed 5",
        "a cat |  |  | no=a dog, cfg=7.5, sampler=Euler, size=512x640, seed=5")]
    [InlineData("a cat --steps 20 --steps 30", "a cat |  |  | steps=30")]
    [InlineData("a cat --no dog --no bird", "a cat |  |  | no=dog, bird")]
    [InlineData("a cat --no \"\"", "a cat |  |  | no=")]
    [InlineData("a cat --w 512", "a cat |  |  | width=512")]
    [InlineData("a cat --steps=30 --clipskip 2 --Batch-Size 2", "a cat |  |  | steps=30, clip-skip=2, batch-size=2")]
    [InlineData("a cat --原文 --seed 随机", "a cat |  |  | as-is=true, seed=-1")]
    [InlineData("a cat\nNegative prompt: dog\nSteps: 20, Seed: 7 --steps 30", "a cat | dog | Steps: 20, Seed: 7 | steps=30")]
    [InlineData("a cat --x\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 7, Version: v1\n--steps 30 --no bird",
        "a cat --x | dog | Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 7, Version: v1 | steps=30, no=bird")]
    [InlineData("a cat --x\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 7, Version: v1 --steps 30",
        "a cat --x |  | Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 7, Version: v1 | steps=30")]
    [InlineData("a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 7, Hires prompt: a --no dog, Version: v1",
        "a cat |  | Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 7, Hires prompt: a --no dog, Version: v1 | ")]
    public void Flags_are_taken_out_of_the_words(string text, string understood)
    {
        var words = CommandParser.ParseDrawing(text);
        Assert.Equal(understood, Show(words));
        Assert.Empty(words.Warnings);
    }

    [Theory]
    [InlineData("a cat --stesp 30 x", "a cat x |  |  | ", "There is no flag --stesp 30; the nearest is --steps. It was left out.")]
    [InlineData("a cat --steps many dogs", "a cat dogs |  |  | ", "--steps is “many”; expected a whole number. It was left out.")]
    [InlineData("a cat --steps", "a cat |  |  | ", "--steps has no value; expected a whole number. It was left out.")]
    [InlineData("a cat --steps 99999999999", "a cat |  |  | ", "--steps is “99999999999”; expected a whole number. It was left out.")]
    [InlineData("a cat --hires two, and a dog", "a cat two, and a dog |  |  | hires=2", "")]
    [InlineData("a cat --hires off --denoise .4", "a cat |  |  | hires=0, denoise=0.4", "")]
    [InlineData("一只猫 --高清修复 1.5倍 --重绘幅度0.4 --变异 0.2", "一只猫 |  |  | hires=1.5, denoise=0.4, variation=0.2", "")]
    [InlineData("a cat --upscaler Latent (nearest), red", "a cat, red |  |  | upscaler=Latent (nearest)", "")]
    [InlineData("a cat --s 250", "a cat |  |  | ", "--s 250: Midjourney-only, ignored.")]
    [InlineData("a cat --style raw", "a cat |  |  | ", "--style raw: Midjourney-only, ignored.")]
    [InlineData("a cat --facefix --ar 1:1", "a cat |  |  | ar=1:1", "--facefix: not drawn yet.")]
    [InlineData("a cat --lora ink wash:0.8, by night", "a cat, by night |  |  | ", "--lora ink wash:0.8: write <lora:ink wash:0.8> into the prompt instead; it was left out.")]
    [InlineData("a cat --hypernet", "a cat |  |  | ", "--hypernet: write <hypernet:NAME:0.8> into the prompt instead; it was left out.")]
    [InlineData("a cat --tile and a dog", "a cat and a dog |  |  | ", "--tile: not drawn yet.")]
    [InlineData("a cat --size 64x64 --ar 2:1", "a cat |  |  | size=64x64", "--ar 2:1: the size is given too and goes before it.")]
    [InlineData("一只猫 --步书 30", "一只猫 |  |  | ", "There is no flag --步书 30; the nearest is --步数. It was left out.")]
    public void What_is_no_flag_or_no_value_is_told_and_no_word_is_lost(string text, string understood, string warning)
    {
        var words = CommandParser.ParseDrawing(text);
        Assert.Equal((understood, warning), (Show(words), string.Join('\n', words.Warnings.Select(w => w.English))));
    }
}
