using System.Collections.Frozen;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot.Understanding;

/// <summary>A verb at the beginning of a message, and where the message goes on behind it.</summary>
internal readonly record struct FoundVerb(Verb Verb, string Rest);

/// <summary>
/// The words that are commands. A verb that takes nothing to draw counts only where it stands alone or before nothing but a code, a number, a word of
/// its own and flags (settings: flags' names and values; help: a verb or a flag), so that `history museum at night` is drawn; `draw`, `preset` and
/// any verb behind a slash always count.
/// </summary>
internal static class Verbs
{
    /// <summary>What may follow a verb for it to be one.</summary>
    private enum Follows
    {
        /// <summary>Whatever there is: it is what to draw.</summary>
        Anything,

        /// <summary>A code, a number, flags.</summary>
        Code,

        /// <summary>Flags' names and values, or that they are to be forgotten.</summary>
        Settings,

        /// <summary>A verb or a flag to be told about.</summary>
        Topic,
    }

    private static readonly (Verb Verb, Follows Follows, string[] Words)[] table =
    [
        (Verb.Draw, Follows.Anything, ["draw", "please draw", "help me draw", "画", "画图", "画画", "绘制", "绘图", "绘画", "作画", "生成", "帮我画", "请画"]),
        (Verb.Preset, Follows.Anything, ["preset", "presets", "预设", "套用"]),
        (Verb.Info, Follows.Code, ["info", "参数", "查看参数", "图片参数"]),
        (Verb.Again, Follows.Code, ["again", "redo", "reroll", "再来", "再来一张", "再来一次", "再画一张", "重画", "再来一个"]),
        (Verb.Vary, Follows.Code, ["vary", "variation", "变体", "变化", "微调"]),
        (Verb.Upscale, Follows.Code, ["upscale", "enlarge", "放大", "高清"]),
        (Verb.Cancel, Follows.Code, ["cancel", "取消", "停止", "别画了"]),
        (Verb.Queue, Follows.Code, ["queue", "status", "排队", "队列", "进度"]),
        (Verb.Models, Follows.Code, ["models", "模型", "模型列表", "有什么模型", "有哪些模型"]),
        (Verb.Samplers, Follows.Code, ["samplers", "采样器", "采样器列表", "有哪些采样器"]),
        (Verb.Settings, Follows.Settings, ["settings", "setting", "my settings", "设置", "我的设置", "设定"]),
        (Verb.History, Follows.Code, ["history", "my pictures", "历史", "历史记录", "我的图片", "我的图"]),
        (Verb.Collect, Follows.Code, ["collect", "取", "取图", "领取"]),
        (Verb.Delete, Follows.Code, ["delete", "删除", "删掉"]),
        (Verb.ForgetMe, Follows.Code, ["forget me", "forgetme", "忘记我", "忘了我", "删除我的数据"]),
        (Verb.Moderate, Follows.Anything, ["moderate", "管理"]),
        (Verb.Help, Follows.Topic, ["help", "commands", "帮助", "使用说明", "怎么用", "?", "？", "h", "start"]),
    ];

    /// <summary>Words that are verbs only behind a slash: alone they say something else, or nothing.</summary>
    private static readonly FrozenSet<string> slashOnly = FrozenSet.Create(StringComparer.Ordinal, "h", "start", "imagine", "status", "moderate", "管理", "绘画", "绘图", "变化", "高清", "停止", "进度", "微调");

    /// <summary>What may stand behind a verb besides codes and numbers.</summary>
    private static readonly FrozenSet<string> objects = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "all", "yes", "confirm", "last", "全部", "所有", "是", "确认", "确定", "最近", "上一张", "最后一张");

    private static readonly FrozenSet<string> forgetting = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "reset", "clear", "default", "defaults", "重置", "清除", "清空", "恢复默认", "默认");

    private static readonly FrozenDictionary<string, (Verb Verb, Follows Follows)> byWord = table
        .SelectMany(row => row.Words.Select(word => (word, row.Verb, row.Follows))).Append(("imagine", Verb.Draw, Follows.Anything))
        .ToFrozenDictionary(p => p.Item1, p => (p.Item2, p.Item3), StringComparer.OrdinalIgnoreCase);

    private static readonly int longest = byWord.Keys.Max(word => word.Length);

    /// <summary>The verb that a trimmed text begins with; null: it is a prompt.</summary>
    public static FoundVerb? Find(string text)
    {
        var hasSlash = text.Length > 0 && text[0] is '/' or '／';
        var start = hasSlash ? 1 : 0;
        if (Numbered(text, start) is { } numbered) return numbered;
        for (var length = Math.Min(longest, text.Length - start); length > 0; length--)
        {
            if (!byWord.TryGetValue(text.Substring(start, length), out var found) || !EndsWord(text, start + length)) continue;
            if (!hasSlash && slashOnly.Contains(text.Substring(start, length).ToLowerInvariant())) continue;
            var rest = text[(start + length)..].TrimStart([' ', '\t', '\r', '\n', '\u3000', .. Punctuation]).TrimEnd();
            if (hasSlash || Fits(found.Follows, rest, text.AsSpan(start + length))) return new FoundVerb(found.Verb, rest);
        }
        return null;
    }

    /// <summary>What goes on behind the code, the number or the word of its own that stands behind a verb; two of them at most (`U2 K7Q2M9`).</summary>
    public static string BehindObjects(string rest)
    {
        for (var taken = 0; taken < 2 && ObjectLength(rest) is var length and > 0; taken++) rest = rest[length..].TrimStart();
        return rest;
    }

    /// <summary>Whether settings are to be forgotten.</summary>
    public static bool Forgets(string word) => forgetting.Contains(word.Trim());

    private static ReadOnlySpan<char> Punctuation => ":：,，。.!！?？;；、~～";

    private static int ObjectLength(string rest)
    {
        var end = 0;
        while (end < rest.Length && !char.IsWhiteSpace(rest[end]) && !Punctuation.Contains(rest[end])) end++;
        var word = rest.AsSpan(0, end);
        return IsNumber(word) || RequestCode.IsCode(CodeOf(word)) || objects.Contains(word.ToString()) ? end : 0;
    }

    /// <summary>The code in `K7Q2M9` and `K7Q2M9-2`.</summary>
    private static string CodeOf(ReadOnlySpan<char> word) => (word.IndexOf('-') is var dash and > 0 ? word[..dash] : word).ToString();

    private static bool IsNumber(ReadOnlySpan<char> word) => word.Length is > 0 and <= 3 && word.IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>U1 to U4 and V1 to V4, as Midjourney's buttons say them.</summary>
    private static FoundVerb? Numbered(string text, int start)
    {
        if (text.Length < start + 2 || text[start + 1] is < '1' or > '4') return null;
        Verb? verb = char.ToUpperInvariant(text[start]) switch { 'U' => Verb.Upscale, 'V' => Verb.Vary, _ => null };
        if (verb is null || (text.Length > start + 2 && !char.IsWhiteSpace(text[start + 2]))) return null;
        var behind = text[(start + 2)..].Trim();
        return Fits(Follows.Code, behind, default) ? new FoundVerb(verb.Value, behind.Length == 0 ? text[(start + 1)..(start + 2)] : $"{text[start + 1]} {behind}") : null;
    }

    /// <summary>Whether a word ends here: before a space, punctuation, or another script.</summary>
    private static bool EndsWord(string text, int at)
    {
        if (at == text.Length || char.IsWhiteSpace(text[at]) || text[at - 1] is '?' or '？') return true;
        if (text[at] is ':' or ',') return true;
        if (Punctuation.Contains(text[at])) return !char.IsAscii(text[at]) || at + 1 == text.Length || char.IsWhiteSpace(text[at + 1]) || Punctuation.Contains(text[at + 1]);
        return !char.IsAscii(text[at - 1]) && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '—' or '<' or '(' or '"' or '“' or '（');
    }

    private static bool Fits(Follows follows, string rest, ReadOnlySpan<char> behind)
    {
        switch (follows)
        {
            case Follows.Anything:
                return true;
            case Follows.Topic:
                return rest.Length == 0 || byWord.ContainsKey(rest) || Flags.Find(rest.TrimStart('-', '—')) is not null;
            case Follows.Settings:
                // A line break behind 设置 is an article's heading of parameters.
                return rest.Length == 0 || (!behind.Trim(" \t:：").StartsWith("\n") && SettingsWords.Begins(rest));
            default:
                var words = BehindObjects(rest);
                return words.Length == 0 || (FlagMarks.Of(FirstLine(words)) is [{ Start: 0 }, ..] && FlagScan.Of(words).Words.Trim().Length == 0);
        }
    }

    private static string FirstLine(string text) => text.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0 ? text[..end] : text;
}
