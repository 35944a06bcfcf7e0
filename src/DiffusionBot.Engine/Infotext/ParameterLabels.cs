using System.Collections.Frozen;

namespace DiffusionBot.Engine.Infotext;

/// <summary>What a label's value must look like to be believed where the text is not WebUI's own.</summary>
internal enum LabelValue
{
    /// <summary>Anything.</summary>
    Text,

    /// <summary>A number; believed even where the colon is missing.</summary>
    Number,

    /// <summary>512x768; believed even where the colon is missing.</summary>
    Size,

    /// <summary>Hexadecimal digits; believed even where the colon is missing.</summary>
    Hash,

    /// <summary>A name that stands behind its label even where the colon is missing.</summary>
    Name,
}

/// <summary>A label found in a text.</summary>
/// <param name="Label">By WebUI's name.</param>
/// <param name="Value">Of which kind its value is.</param>
/// <param name="Start">Where the label begins.</param>
/// <param name="ValueStart">Where its value begins.</param>
internal readonly record struct FoundLabel(string Label, LabelValue Value, int Start, int ValueStart);

/// <summary>The parameters people write, in WebUI's words, in those of its Chinese users, and in the ways both are mistyped.</summary>
internal static class ParameterLabels
{
    /// <summary>The characters that stand between parameters, besides white space.</summary>
    public const string Separators = ",，;；、|。";

    // Lower case; a space may be several, none, or underscores.
    private static readonly (string Label, LabelValue Value, string[] Names)[] labels =
    [
        ("Steps", LabelValue.Number, ["steps", "sampling steps", "步数", "迭代步数", "采样步数", "采样迭代步数"]),
        ("Sampler", LabelValue.Name, ["sampler", "sampling method", "sampler name", "采样器", "采样方法", "采样方式", "采样", "采样算法"]),
        ("Schedule type", LabelValue.Name, ["schedule type", "scheduler", "调度器", "调度类型", "调度方式"]),
        ("CFG scale", LabelValue.Number, ["cfg scale", "cfg", "guidance scale", "提示词引导系数", "提示词引导", "引导系数", "引导", "提示词相关性", "提示词相关度", "cfg 系数", "cfg 值", "cfg 强度"]),
        ("Seed", LabelValue.Number, ["seed", "种子", "随机种子", "随机数种子", "随机种子数", "种子数"]),
        ("Size", LabelValue.Size, ["size", "resolution", "尺寸", "图片尺寸", "图像尺寸", "分辨率", "大小"]),
        ("Size-1", LabelValue.Number, ["width", "宽度", "宽"]),
        ("Size-2", LabelValue.Number, ["height", "高度", "高"]),
        ("Model hash", LabelValue.Hash, ["model hash", "模型哈希", "模型哈希值", "模型 hash"]),
        ("Model", LabelValue.Text, ["model", "checkpoint", "模型", "大模型", "主模型", "底模", "模型名称"]),
        ("VAE hash", LabelValue.Hash, ["vae hash"]),
        ("VAE", LabelValue.Text, ["vae", "vae 模型"]),
        ("Clip skip", LabelValue.Number, ["clip skip", "clip 跳过层", "clip 跳过层数", "clip 终止层数", "跳过层"]),
        ("ENSD", LabelValue.Number, ["ensd", "eta noise seed delta"]),
        ("RNG", LabelValue.Text, ["rng"]),
        ("Denoising strength", LabelValue.Number, ["denoising strength", "重绘幅度", "重绘强度", "降噪强度"]),
        ("Mask blur", LabelValue.Number, ["mask blur", "蒙版模糊", "蒙版模糊度", "蒙版边缘模糊度"]),
        ("Mask mode", LabelValue.Text, ["mask mode", "蒙版模式"]),
        ("Masked content", LabelValue.Text, ["masked content", "蒙版区域内容处理", "蒙版蒙住的内容"]),
        ("Inpaint area", LabelValue.Text, ["inpaint area", "重绘区域"]),
        ("Masked area padding", LabelValue.Number, ["masked area padding", "仅蒙版区域下边缘预留像素", "边缘预留像素"]),
        ("Noise multiplier", LabelValue.Number, ["noise multiplier", "噪声倍率"]),
        ("Hires upscale", LabelValue.Number, ["hires upscale", "放大倍数", "放大倍率", "高清修复倍数"]),
        ("Hires upscaler", LabelValue.Text, ["hires upscaler", "放大算法", "高清修复算法", "高清修复放大算法"]),
        ("Hires steps", LabelValue.Number, ["hires steps", "高清修复步数", "高分迭代步数", "高清修复采样次数"]),
        ("Hires resize", LabelValue.Size, ["hires resize"]),
        ("Variation seed", LabelValue.Number, ["variation seed", "变异随机种子", "变异种子", "差异随机种子"]),
        ("Variation seed strength", LabelValue.Number, ["variation seed strength", "变异强度", "差异强度"]),
        ("Face restoration", LabelValue.Text, ["face restoration", "面部修复", "脸部修复"]),
        ("Refiner", LabelValue.Text, ["refiner"]),
        ("Refiner switch at", LabelValue.Number, ["refiner switch at"]),
        ("Version", LabelValue.Text, ["version"]),
    ];

    /// <summary>The names by their first letter: most places of a text are no label's beginning.</summary>
    private static readonly FrozenDictionary<char, (string Label, LabelValue Value, string Name)[]> byFirst = labels
        .SelectMany(row => row.Names.Select(name => (row.Label, row.Value, Name: name))).GroupBy(row => row.Name[0]).ToFrozenDictionary(group => group.Key, group => group.ToArray());

    /// <summary>A known label that begins at this place and whose value can be believed; null where there is none.</summary>
    /// <param name="text">All of the text.</param>
    /// <param name="at">A place in it.</param>
    /// <param name="from">Where the part of the text begins that may hold labels.</param>
    public static FoundLabel? At(string text, int at, int from = 0)
    {
        if (!byFirst.TryGetValue(char.ToLowerInvariant(text[at]), out var possible) || (at > from && !IsBoundary(text[at - 1]))) return null;
        FoundLabel? best = null;
        var longest = 0;   // Model hash is not Model
        foreach (var (label, kind, name) in possible)
        {
            if (name.Length > longest && NameEnd(text, at, name) is var end and > 0 && ValueStart(text, at, from, end, kind) is var value and > 0)
                (best, longest) = (new FoundLabel(label, kind, at, value), name.Length);
        }
        return best;
    }

    /// <summary>What Chinese users of WebUI call a label; the label itself where they have no word for it.</summary>
    public static string InChinese(string label) =>
        Array.Find(labels, row => row.Label == label).Names?.FirstOrDefault(name => name.Any(c => c >= '\u4E00'))?.ToUpperInvariant() ?? label;

    /// <summary>WebUI's label for a name that is a misspelling of one; null for a name that is right or unknown.</summary>
    public static string? Corrected(string name)
    {
        foreach (var (label, _, names) in labels)
        {
            if (Array.Exists(names, known => NameEnd(name, 0, known) == name.Length)) return label == name ? null : label;
        }
        return null;
    }

    /// <summary>Where the value begins of a label that ends at this place; -1 where what follows is no value for it.</summary>
    private static int ValueStart(string text, int at, int from, int nameEnd, LabelValue kind)
    {
        var value = SkipSpaces(text, nameEnd);
        var hasColon = value < text.Length && text[value] is ':' or '：' or '=' or '＝';
        if (hasColon) value = SkipSpaces(text, value + 1);
        return (hasColon || StandsWithoutColon(text, at, from, nameEnd, value, kind)) && IsBelievable(text.AsSpan(value), kind) ? value : -1;
    }

    private static bool IsBoundary(char c) => char.IsWhiteSpace(c) || Separators.Contains(c, StringComparison.Ordinal);

    /// <summary>Where a name ends that begins at this place, or -1. Case does not count; a space may be several, none, or underscores.</summary>
    public static int NameEnd(string text, int at, string name)
    {
        foreach (var c in name)
        {
            if (c == ' ')
            {
                while (at < text.Length && text[at] is ' ' or '\t' or '_' or '\u3000') at++;
            }
            else if (at >= text.Length || char.ToLowerInvariant(text[at++]) != c)
            {
                return -1;
            }
        }
        return at < text.Length && char.IsAsciiLetter(name[^1]) && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '-') ? -1 : at;
    }

    private static int SkipSpaces(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at;
    }

    /// <summary>A number, size or hash may follow its label bare; a sampler's name only where a parameter can begin.</summary>
    private static bool StandsWithoutColon(string text, int at, int from, int nameEnd, int value, LabelValue kind) => kind switch
    {
        LabelValue.Text => false,
        LabelValue.Name => value > nameEnd && IsAfterSeparator(text, at, from),
        _ => value > nameEnd || !char.IsAscii(text[nameEnd - 1]),
    };

    private static bool IsAfterSeparator(string text, int at, int from)
    {
        while (at > from && text[at - 1] is ' ' or '\t') at--;
        return at == from || Separators.Contains(text[at - 1], StringComparison.Ordinal);
    }

    private static bool IsBelievable(ReadOnlySpan<char> value, LabelValue kind) => kind switch
    {
        LabelValue.Number => value.Length > 0 && (IsDigit(value[0]) || (value.Length > 1 && value[0] is '-' or '+' or '.' or '"' && IsDigit(value[1]))),
        LabelValue.Size => SizeLength(value) > 0,
        LabelValue.Hash => value.Length >= 6 && IsHex(value[..6]),
        LabelValue.Name => value.Length > 0 && char.IsLetter(value[0]),
        _ => value.Length > 0 && !Separators.Contains(value[0], StringComparison.Ordinal),
    };

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c)) return false;
        }
        return true;
    }

    private static bool IsDigit(char c) => char.IsAsciiDigit(c) || c is >= '０' and <= '９';

    /// <summary>The length of a size like 512x768 or 512 × 768 at the start of a text, or 0.</summary>
    private static int SizeLength(ReadOnlySpan<char> text)
    {
        var at = 0;
        while (at < text.Length && IsDigit(text[at])) at++;
        var width = at;
        while (at < text.Length && text[at] == ' ') at++;
        if (width == 0 || at >= text.Length || text[at] is not ('x' or 'X' or '×' or '*' or '＊' or 'ｘ')) return 0;
        at++;
        while (at < text.Length && text[at] == ' ') at++;
        var height = at;
        while (at < text.Length && IsDigit(text[at])) at++;
        return at > height ? at : 0;
    }
}
