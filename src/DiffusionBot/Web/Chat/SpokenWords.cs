using System.Collections.Frozen;
using DiffusionBot.Engine;

namespace DiffusionBot.Web.Chat;

/// <summary>What buttons say is English and good for ever (`again K7Q2M9`); it is shown as its reader would have said it.</summary>
internal static class SpokenWords
{
    private static readonly FrozenDictionary<string, string> chinese = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["again"] = "再来",
        ["vary"] = "变体",
        ["upscale"] = "放大",
        ["cancel"] = "取消",
        ["delete"] = "删除",
        ["collect"] = "取",
        ["preset"] = "预设",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The words, if they are a button's; else as they are.</summary>
    public static string In(Language language, string text)
    {
        if (language != Language.Chinese) return text;
        return text.Split(' ') switch
        {
            [var verb, var about] when chinese.TryGetValue(verb, out var own) && about.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') => $"{own} {about}",
            ["forget", "me", "yes"] => "忘记我 确定",
            _ => text,
        };
    }
}
