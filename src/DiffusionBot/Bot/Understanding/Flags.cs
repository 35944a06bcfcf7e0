using System.Globalization;
using System.Text;
using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>The flags there are. A new one is a row here.</summary>
internal static class Flags
{
    /// <summary>How many letters of a name may be wrong for another to be suggested.</summary>
    private const int MostWrong = 3;

    private static readonly FlagKind samplerName = FlagKind.Name with { Read = static text => FlagValues.KnownName(text, static name => ImageEngine.MatchSampler(name, "Automatic") is { KnowsSampler: true, KnowsSchedule: true }) };
    private static readonly FlagKind scheduleName = FlagKind.Name with { Read = static text => FlagValues.KnownName(text, static name => ImageEngine.MatchSampler("Euler", name).KnowsSchedule) };

    /// <summary>All, in the order in which they change a request: a schedule after the sampler that resets it, a ratio after the edges.</summary>
    public static IReadOnlyList<Flag> All { get; } =
    [
        new("prompt", ["positive", "positive_prompt", "提示词", "正向提示词"], FlagKind.Words, "", null) { Use = FlagUse.Prompt },
        new("no", ["neg", "negative", "negative_prompt", "反向", "反向提示词", "负面", "负面提示词", "反向词"], FlagKind.Words,
            new LocalText("what the picture should not have", "反向提示词：画面里不要出现的内容"), (r, v) => r with { NegativePrompt = v }),
        new("steps", ["step", "sampling_steps", "步数", "迭代步数", "采样步数"], FlagKind.Whole,
            new LocalText("sampling steps", "采样步数"), (r, v) => r with { Steps = Int(v) }),
        new("size", ["resolution", "尺寸", "大小", "分辨率"], FlagKind.Size,
            new LocalText("width and height in pixels", "宽和高（像素）"), (r, v) => WithSize(r, v)),
        new("width", ["w", "宽", "宽度"], FlagKind.Whole,
            new LocalText("width in pixels", "宽度（像素）"), (r, v) => r with { Width = Int(v) }),
        new("height", ["h", "高", "高度"], FlagKind.Whole,
            new LocalText("height in pixels", "高度（像素）"), (r, v) => r with { Height = Int(v) }),
        new("ar", ["aspect", "aspect_ratio", "ratio", "比例", "宽高比", "长宽比"], FlagKind.Ratio,
            new LocalText("the ratio of width to height, in place of a size", "宽高比，代替尺寸"), (r, v) => r with { Aspect = Ratio(v) }),
        new("sampler", ["sampler_name", "sampling_method", "采样", "采样器", "采样方法", "采样方式"], samplerName,
            // Another sampler does not inherit the schedule that was chosen for the one it replaces.
            new LocalText("the sampler", "采样器"), (r, v) => r with { Sampler = v, Schedule = new ImageRequest().Schedule }),
        new("schedule", ["scheduler", "schedule_type", "调度器", "调度类型"], scheduleName,
            new LocalText("the schedule of noise", "噪声调度"), (r, v) => r with { Schedule = v }),
        new("cfg", ["scale", "guidance", "guidance_scale", "cfg_scale", "引导", "引导系数", "提示词引导系数", "提示词相关性"], FlagKind.Decimal,
            new LocalText("how closely to follow the prompt", "提示词引导系数：画面多大程度上遵循提示词"), (r, v) => r with { CfgScale = Double(v) }),
        new("seed", ["种子", "随机种子"], FlagKind.Seed,
            new LocalText("the same seed draws the same picture; -1 draws one", "种子相同，画面相同；-1 为随机"), (r, v) => r with { Seed = long.Parse(v, CultureInfo.InvariantCulture) }),
        new("n", ["batch", "count", "batch_count", "张数", "数量"], FlagKind.Whole,
            new LocalText("how many pictures", "画几张"), (r, v) => r with { BatchCount = Int(v) }),
        new("batch-size", ["批量", "每批数量"], FlagKind.Whole,
            new LocalText("pictures drawn together", "每批同时画几张"), (r, v) => r with { BatchSize = Int(v) }),
        new("model", ["m", "data_model", "checkpoint", "ckpt", "模型", "大模型"], FlagKind.Name,
            // A text's hash is of the checkpoint that the text names.
            new LocalText("a model by name or hash", "模型的名称或哈希"), (r, v) => r with { Checkpoint = v, CheckpointHash = null }),
        new("vae", [], FlagKind.Name,
            new LocalText("a separate VAE by name", "单独的 VAE"), (r, v) => r with { Vae = v }),
        new("clip-skip", ["clip跳过层", "跳过层"], FlagKind.Whole,
            new LocalText("layers of the text encoder to leave out", "CLIP 跳过层"), (r, v) => r with { ClipSkip = Int(v) }),
        new("ensd", [], FlagKind.Long,
            new LocalText("eta noise seed delta", "噪声种子偏移（ENSD）"), (r, v) => r with { Ensd = long.Parse(v, CultureInfo.InvariantCulture) }),
        new("rng", [], FlagKind.Rng,
            new LocalText("whose noise", "随机数来源"), (r, v) => r with { Rng = v == "cpu" ? NoiseSource.Cpu : NoiseSource.Gpu }),
        new("init", ["init_image", "image", "底图", "垫图", "用上图"], FlagKind.None,
            new LocalText("draws from the picture that was sent or answered", "以刚发的图或回复的图为底来画"), (r, _) => WithInit(r, static i => i)),
        new("resize-mode", ["缩放模式"], FlagKind.OneOf(["just", "拉伸"], ["crop", "裁剪"], ["fill", "填充"], ["latent"]),
            new LocalText("what becomes of a picture of another size", "底图尺寸不同时怎么缩放"), (r, v) => IfInit(r, i => i with { ResizeMode = Enum.Parse<ResizeMode>(v, ignoreCase: true) })),
        new("noise-multiplier", ["噪声倍率"], FlagKind.Decimal,
            new LocalText("of the noise that is laid on a picture", "底图上所加噪声的倍率"), (r, v) => IfInit(r, i => i with { NoiseMultiplier = Double(v) })),
        new("color-correction", ["colour_correction", "颜色校正"], FlagKind.None,
            new LocalText("keeps the picture's colours", "保持底图的颜色"), (r, _) => IfInit(r, static i => i with { ColorCorrection = true })),
        new("inpaint", ["局部重绘"], FlagKind.None,
            new LocalText("draws only where the picture is transparent, or where a second one is white", "只重画底图透明的部分，或第二张图（蒙版）白色的部分"), (r, _) => WithInpaint(r, static i => i)),
        new("mask-blur", ["蒙版模糊"], FlagKind.Whole,
            new LocalText("the mask's soft edge in pixels", "蒙版边缘模糊多少像素"), (r, v) => IfInit(r, i => Masked(i, m => m with { MaskBlur = Int(v) }))),
        new("inpaint-fill", ["蒙版内容"], FlagKind.OneOf(["fill", "填充"], ["original", "原图"], ["noise", "潜空间噪声"], ["nothing", "空白"]),
            new LocalText("what the masked part holds before", "蒙版部分先填什么"), (r, v) => IfInit(r, i => Masked(i, m => m with { Content = ContentOf(v) }))),
        new("inpaint-area", ["重绘区域"], FlagKind.OneOf(["whole", "整张"], ["masked", "仅蒙版"]),
            new LocalText("which part is drawn at full size", "以全尺寸重画的区域"), (r, v) => IfInit(r, i => Masked(i, m => m with { Area = v == "whole" ? InpaintArea.WholePicture : InpaintArea.OnlyMasked }))),
        new("padding", ["边距", "预留像素"], FlagKind.Whole,
            new LocalText("pixels around the mask that are drawn along", "仅蒙版时四周预留的像素"), (r, v) => IfInit(r, i => Masked(i, m => m with { Padding = Int(v) }))),
        new("invert-mask", ["反转蒙版"], FlagKind.None,
            new LocalText("draws what is not masked", "改为重画蒙版以外的部分"), (r, _) => IfInit(r, i => Masked(i, static m => m with { Inverted = true }))),
        new("hires", ["hires_fix", "highres_fix", "hr", "hr_scale", "hires_upscale", "高清修复", "高清", "放大倍数"], FlagKind.Factor,
            new LocalText("a second pass at so many times the size (hires fix)", "高清修复：放大几倍后再画一遍"),
            (r, v) => v == "0" ? r with { Hires = null } : WithHires(r, h => h with { Scale = Double(v), Width = null, Height = null })),
        new("hires-size", ["hires_resize", "高清尺寸"], FlagKind.Size,
            new LocalText("the size of the second pass", "高清修复后的宽和高"), (r, v) => WithHires(r, h => h with { Width = Edges(v).Width, Height = Edges(v).Height })),
        new("hires-steps", ["hr_second_pass_steps", "高清修复步数", "高清步数"], FlagKind.Whole,
            new LocalText("steps of the second pass", "高清修复的步数"), (r, v) => WithHires(r, h => h with { Steps = Int(v) })),
        new("upscaler", ["hires_upscaler", "hr_upscaler", "放大算法"], FlagKind.Name,
            new LocalText("what enlarges for the second pass", "高清修复的放大算法"), (r, v) => WithHires(r, h => h with { Upscaler = v })),
        new("hires-sampler", ["hr_sampler", "hr_sampler_name", "高清采样器", "高清修复采样器"], samplerName,
            new LocalText("the second pass' sampler", "高清修复的采样器"), (r, v) => WithHires(r, h => h with { Sampler = v, Schedule = null })),
        new("hires-schedule", ["hires_scheduler", "hr_scheduler", "高清调度器", "高清修复调度器"], scheduleName,
            new LocalText("the second pass' schedule", "高清修复的调度器"), (r, v) => WithHires(r, h => h with { Schedule = v })),
        new("hires-cfg", ["hr_cfg", "hires_cfg_scale", "高清引导", "高清修复引导系数"], FlagKind.Decimal,
            new LocalText("the second pass' CFG scale", "高清修复的提示词引导系数"), (r, v) => WithHires(r, h => h with { CfgScale = Double(v) })),
        new("hires-model", ["hires_checkpoint", "hr_checkpoint", "hr_checkpoint_name", "高清模型", "高清修复模型"], FlagKind.Name,
            new LocalText("a model that draws the second pass", "高清修复用的模型"), (r, v) => WithHires(r, h => h with { Checkpoint = v })),
        new("hires-prompt", ["hr_prompt", "高清提示词", "高清修复提示词"], FlagKind.Words,
            new LocalText("what the second pass draws", "高清修复的提示词"), (r, v) => WithHires(r, h => h with { Prompt = v })),
        new("hires-no", ["hires_negative", "hires_negative_prompt", "hr_negative_prompt", "高清反向提示词", "高清修复反向提示词"], FlagKind.Words,
            new LocalText("what it should not have", "高清修复的反向提示词"), (r, v) => WithHires(r, h => h with { NegativePrompt = v })),
        new("denoise", ["strength", "denoising", "denoising_strength", "重绘幅度", "重绘强度"], FlagKind.Decimal,
            new LocalText("how much is drawn anew by a second pass, or of a picture, 0 to 1", "重绘幅度，0 到 1：高清修复或底图重画多少"),
            (r, v) => r with { Hires = r.Hires is null ? null : r.Hires with { DenoisingStrength = Double(v) }, Init = r.Init is null ? null : r.Init with { DenoisingStrength = Double(v) } }),
        new("variation", ["variation_strength", "subseed_strength", "变异强度", "变异"], FlagKind.Decimal,
            new LocalText("how far towards another seed's picture, 0 to 1", "变异强度，0 到 1：向另一个种子的画面靠近多少"), (r, v) => r with { VariationStrength = Double(v) }),
        new("variation-seed", ["subseed", "变异种子", "变异随机种子"], FlagKind.Seed,
            new LocalText("that seed; -1 draws one", "另一个种子；-1 为随机"), (r, v) => r with { VariationSeed = long.Parse(v, CultureInfo.InvariantCulture) }),
        new("seed-from", ["seed_resize_from", "种子尺寸"], FlagKind.Size,
            new LocalText("the size whose picture of this seed it should resemble", "沿用该尺寸下同一种子的构图"), (r, v) => r with { SeedResizeWidth = Edges(v).Width, SeedResizeHeight = Edges(v).Height }),
        new("eta", [], FlagKind.Decimal,
            // A sampler looks at one of them only.
            new LocalText("how much of a sampler's noise is new, 0 to 1", "采样器新加噪声的比例，0 到 1"), (r, v) => r with { Sampling = r.Sampling with { Eta = Double(v), EtaDdim = Double(v) } }),
        new("style", ["styles", "风格", "样式"], FlagKind.Name,
            new LocalText("words that go with yours, by name; several with +", "风格：随你的话一起用的词，多个用 + 连接"), static (r, _) => r),
        new("refiner", ["精修模型"], FlagKind.Name,
            new LocalText("a model that goes on where the other leaves off", "后半程接着画的模型（Refiner）"), (r, v) => r with { Refiner = v }),
        new("refiner-switch-at", ["refiner_at", "切换时机"], FlagKind.Decimal,
            new LocalText("from which part of the way on, 0 to 1", "Refiner 从哪里开始接手，0 到 1"), (r, v) => r with { RefinerSwitchAt = Double(v) }),
        new("emphasis", ["强调模式"], FlagKind.OneOf(["original"], ["no norm", "nonorm"], ["ignore"], ["none"]),
            new LocalText("what brackets in the prompt do", "提示词里括号的作用方式"), (r, v) => r with { Emphasis = Enum.Parse<EmphasisMode>(v.Replace(" ", "", StringComparison.Ordinal), ignoreCase: true) }),
        new("ignore-version", ["忽略版本"], FlagKind.None,
            new LocalText("draws a text of an older WebUI as today's does", "旧版 WebUI 的参数也按现在的方式画"), (r, _) => r with { OlderWays = OlderWays.None }),
        new("preset", ["预设"], FlagKind.Name,
            new LocalText("a preset to begin with", "以某个预设为底"), static (r, _) => r),
        new("as-is", ["原文", "raw_prompt"], FlagKind.None,
            new LocalText("draw the words untranslated", "不翻译提示词"), static (r, _) => r),
        .. Of(FlagUse.Later, FlagKind.None, [["tile", "tiling", "平铺"], ["facefix", "face_restoration", "restore_faces", "面部修复"]]),
        .. Of(FlagUse.Later, FlagKind.Word, [["control", "controlnet"]]),
        .. Of(FlagUse.Network, FlagKind.Name, [["lora"], ["hypernet", "hypernetwork"]]),
        .. Of(FlagUse.Midjourney, FlagKind.OptionalNumber,
        [
            ["s", "stylize"], ["c", "chaos"], ["q", "quality"], ["v", "version"], ["niji"], ["iw"], ["r", "repeat"], ["weird"], ["stop"], ["cw"], ["sw"], ["ow"], ["exp"],
        ]),
        .. Of(FlagUse.Midjourney, FlagKind.Word, [["sref"], ["cref"], ["oref"], ["p", "profile", "personalize"]]),
        .. Of(FlagUse.Midjourney, FlagKind.None, [["fast"], ["relax"], ["turbo"], ["draft"], ["raw"], ["hd"], ["test"], ["testp"], ["upbeta"], ["uplight"], ["creative"], ["video"], ["public"], ["stealth"]]),
    ];

    private static readonly Dictionary<string, Flag> byName = All.SelectMany(f => f.Names.Select(name => (Name: Plain(name), Flag: f))).ToDictionary(p => p.Name, p => p.Flag, StringComparer.Ordinal);

    /// <summary>What a misspelt name may have been meant to be: no single letter, which is near to everything.</summary>
    private static readonly (Flag Flag, string Name, string Plain, bool IsAscii)[] suggested =
        [.. All.Where(f => f.Use != FlagUse.Midjourney).SelectMany(f => f.Names.Where(n => n.Length > 1).Select(n => (f, n, Plain(n), Ascii.IsValid(n))))];

    /// <summary>The names that are not ASCII, longest first: they may be followed directly by their value.</summary>
    private static readonly (string Name, Flag Flag)[] chinese = [.. byName.Where(p => !Ascii.IsValid(p.Key)).Select(p => (p.Key, p.Value)).OrderByDescending(p => p.Key.Length)];

    private static readonly int longestName = byName.Keys.Max(name => name.Length);

    /// <summary>The flag of this name; null: there is none.</summary>
    public static Flag? Find(string name) => name.Length > 2 * longestName ? null : byName.GetValueOrDefault(Plain(name));

    /// <summary>The flag with the longest Chinese name that a text has at a place, and how long it is.</summary>
    public static (Flag Flag, int Length)? FindChinese(ReadOnlySpan<char> text)
    {
        foreach (var (name, flag) in chinese)
        {
            if (text.StartsWith(name, StringComparison.OrdinalIgnoreCase)) return (flag, name.Length);
        }
        return null;
    }

    /// <summary>The name that is most like one which is of no flag, in the same script; null where none is like it.</summary>
    /// <param name="name">As written.</param>
    /// <param name="kept">Only of those that can be a default.</param>
    public static string? Nearest(string name, bool kept = false)
    {
        if (name.Length > 2 * longestName) return null;
        var asked = Plain(name);
        var isAscii = Ascii.IsValid(asked);
        var most = Math.Min(MostWrong, asked.Length / 2);
        var (nearest, least) = ((string?)null, most + 1);
        foreach (var (flag, known, plain, inAscii) in suggested)
        {
            if (Math.Abs(plain.Length - asked.Length) > most || (kept && !flag.IsKept) || inAscii != isAscii) continue;
            if (Distance(asked, plain) is var distance && distance < least) (nearest, least) = (known, distance);
        }
        return nearest;
    }

    /// <summary>The flags that draw, a line each with names, value and purpose.</summary>
    public static string Describe(Language language)
    {
        var lines = All.Where(f => f.Use == FlagUse.Drawn).Select(f =>
        {
            var chineseName = f.Aliases.FirstOrDefault(n => !Ascii.IsValid(n));
            var names = language == Language.Chinese && chineseName is not null ? $"--{chineseName} / --{f.Name}" : chineseName is null ? $"--{f.Name}" : $"--{f.Name} / --{chineseName}";
            var takes = f.Kind.Takes.In(language);
            return $"{names}{(takes.Length > 0 ? " " : "")}{takes}{(language == Language.Chinese ? "：" : ": ")}{f.About.In(language)}";
        });
        return string.Join('\n', lines);
    }

    /// <summary>Two letters that changed places count as one that is wrong: --stesp.</summary>
    private static int Distance(string asked, string name)
    {
        var distance = Spelling.Distance(asked, name);
        return distance == 2 && asked.Length == name.Length && asked.Order().SequenceEqual(name.Order()) ? 1 : distance;
    }

    private static string Plain(string name) => string.Concat(name.Where(c => c is not ('-' or '_')).Select(char.ToLowerInvariant));

    private static IEnumerable<Flag> Of(FlagUse use, FlagKind kind, string[][] names) => names.Select(n => new Flag(n[0], n[1..], kind, "", null) { Use = use });

    private static int Int(string value) => int.Parse(value, CultureInfo.InvariantCulture);

    private static double Double(string value) => double.Parse(value, CultureInfo.InvariantCulture);

    private static (int Width, int Height) Edges(string value)
    {
        var edges = value.Split('x');
        return (Int(edges[0]), Int(edges[1]));
    }

    private static ImageRequest WithSize(ImageRequest request, string value)
    {
        var (width, height) = Edges(value);
        return request with { Width = width, Height = height, Aspect = null };
    }

    private static ImageRequest WithInit(ImageRequest request, Func<InitImage, InitImage> change) => request with { Init = change(request.Init ?? new InitImage()) };

    /// <summary>What is said of a picture means nothing where none is drawn from.</summary>
    private static ImageRequest IfInit(ImageRequest request, Func<InitImage, InitImage> change) => request.Init is null ? request : WithInit(request, change);

    private static ImageRequest WithInpaint(ImageRequest request, Func<Inpainting, Inpainting> change) => WithInit(request, init => Masked(init, change));

    private static InitImage Masked(InitImage init, Func<Inpainting, Inpainting> change) => init with { Inpaint = change(init.Inpaint ?? new Inpainting()) };

    private static MaskedContent ContentOf(string value) => value switch
    {
        "fill" => MaskedContent.Fill,
        "noise" => MaskedContent.LatentNoise,
        "nothing" => MaskedContent.LatentNothing,
        _ => MaskedContent.Original,
    };

    /// <summary>With a second pass, changed: whoever says how it should be wants one.</summary>
    private static ImageRequest WithHires(ImageRequest request, Func<HiresFix, HiresFix> change) => request with { Hires = change(request.Hires ?? new HiresFix()) };

    private static AspectRatio Ratio(string value)
    {
        var edges = value.Split(':');
        return new AspectRatio(Int(edges[0]), Int(edges[1]));
    }
}
