using System.Text.Json;
using DiffusionBot.Bot.Understanding;
using FsCheck;
using FsCheck.Fluent;
using TestData = DiffusionBot.Testing.TestData;

namespace DiffusionBot.Tests.Understanding;

/// <summary>Messages as nobody and as everybody writes them.</summary>
internal static class Messages
{
    private static readonly string[] real =
    [
        .. TestData.Json("articles.json").EnumerateArray().Concat(TestData.Json("text/infotext.json").EnumerateArray()).Select(e => e.GetProperty("text").GetString()!),
        "画 一只猫 --步数 30 --尺寸 300x400 --采样 DDIM --种子 7 --引导 10 --反向 狗，模糊", "a cat in a hat, <lora:hat:0.8> —ar 16:9 --no dog, bird --s 250 --v 6",
        "/imagine a red fox --ar 3:2 --stylize 200 --chaos 5 --tile", "预设 你好新世界 换成一只猫", "再来 K7Q2M9 --steps 40", "设置 步数：30，尺寸 512x768，采样器 DPM++ 2M Karras",
        "--prompt \"a cat\" --negative_prompt \"a dog\" --steps 30 --cfg_scale 7 --sampler_name \"Euler a\" --width 512 --height 512 --seed 5", ".. in the rain --steps 40",
        "history museum at night", "a sign that says \"--steps 3\" \\--steps 4", "一只猫，--步数三十，--张数 两张", "forget me", "help --ar",
    ];

    private static readonly string[] pieces =
    [
        " ", " ", " ", "\n", ", ", "，", "。", "cat", "red apple", "红苹果", "(dog:1.2)", "[a:b:0.5]", "<lora:x:1>", "BREAK", "😀", "\"", "“", "”", "\\", "--", "—", "——", "－－", "–", "-", ":", "：", "=", "\t", "\r\n", "..", "/",
        "Steps: 20", "Sampler: Euler a", "CFG scale: 7", "Seed: 5", "Size: 512x512", "Model: foo", "步数：25", "种子 7", "Negative prompt: ", "反向提示词：", "关键词 ", "设置 ", "参数：", "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5",
        "30", "三十", "16:9", "300x400", "３０", "many", "gpu", "K7Q2M9", "draw ", "画 ", "again ", "info ", "settings ", "u2", "help ", "--stesp 3", "--foo", "--步书", "\\--steps 3",
    ];

    private static readonly string[] flags = [.. Flags.All.SelectMany(f => f.Names).Select(name => $" --{name} ")];

    private static Gen<string> Random { get; } = ArbMap.Default.GeneratorFor<string>().Select(text => text ?? "");

    private static Gen<string> Patched { get; } = Gen.Frequency((4, Gen.Elements(pieces)), (1, Gen.Elements(flags))).ListOf().Select(string.Concat);

    private static Gen<string> Mutated { get; } =
        from text in Gen.Elements(real)
        from changes in Change.ListOf()
        select changes.Take(6).Aggregate(text, (changed, change) => change(changed));

    private static Gen<Func<string, string>> Change { get; } =
        from kind in Gen.Choose(0, 4)
        from at in Gen.Choose(0, int.MaxValue - 1)
        from length in Gen.Choose(1, 20)
        from c in Gen.Choose(0, 0xffff)
        from piece in Gen.Elements(pieces)
        select (Func<string, string>)(text => Changed(text, kind, at, length, (char)c, piece));

    private static string Changed(string text, int kind, int at, int length, char c, string piece)
    {
        if (text.Length == 0) return piece;
        at %= text.Length;
        return kind switch
        {
            0 => text.Remove(at, Math.Min(length, text.Length - at)),
            1 => $"{text[..at]}{c}{text[(at + 1)..]}",
            2 => text.Insert(at, piece),
            3 => text[at..] + text[..at],
            _ => text.Insert(at, text.Substring(at, Math.Min(length, text.Length - at))),
        };
    }

    /// <summary>All of them.</summary>
    public static Arbitrary<string> Any { get; } = Arb.From(Gen.Frequency((1, Random), (2, Patched), (3, Mutated)), Shrunk);

    /// <summary>The message with a part of it left out, large parts first: what a failure is about.</summary>
    private static IEnumerable<string> Shrunk(string text)
    {
        for (var length = text.Length / 2; length > 0; length /= 2)
        {
            for (var at = 0; at + length <= text.Length; at += length) yield return text.Remove(at, length);
        }
    }
}
