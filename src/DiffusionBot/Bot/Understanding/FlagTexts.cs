using DiffusionBot.Engine;

namespace DiffusionBot.Bot.Understanding;

/// <summary>What is said about flags that were not understood. Each text names what was written, so that no word is lost.</summary>
internal static class FlagTexts
{
    public static LocalText Unknown(string written, string? nearest) => nearest is null
        ? new LocalText($"There is no flag {written}; it was left out.", $"没有 {written} 这个参数，已略过。")
        : new LocalText($"There is no flag {written}; the nearest is --{nearest}. It was left out.", $"没有 {written} 这个参数，最接近的是 --{nearest}。已略过。");

    public static LocalText NoSetting(string name, string? nearest) => nearest is null
        ? new LocalText($"There is no setting “{name}”.", $"没有“{name}”这项设置。")
        : new LocalText($"There is no setting “{name}”; the nearest is “{nearest}”.", $"没有“{name}”这项设置，最接近的是“{nearest}”。");

    public static LocalText BadValue(string flag, string value, LocalText expected) => value.Length == 0
        ? new LocalText($"{flag} has no value; expected {expected.English}. It was left out.", $"{flag} 后面没有值，应为{expected.Chinese}。已略过。")
        : new LocalText($"{flag} is “{value}”; expected {expected.English}. It was left out.", $"{flag} 的值“{value}”无法识别，应为{expected.Chinese}。已略过。");

    /// <summary>About a flag that changes no request.</summary>
    public static LocalText NotDrawn(Flag flag, string written, string? value) => flag.Use switch
    {
        FlagUse.Network => InPrompt(written, $"<{flag.Name}:{value ?? "NAME:0.8"}>"),
        FlagUse.Later => Later(written),
        FlagUse.Prompt => Unknown(written, nearest: null),
        _ => Midjourney(written),
    };

    private static LocalText InPrompt(string written, string tag) => new($"{written}: write {tag} into the prompt instead; it was left out.", $"{written}：请写在提示词里：{tag}。已略过。");

    private static LocalText Later(string written) => new($"{written}: not drawn yet.", $"{written}：暂不支持，未生效。");

    private static LocalText Midjourney(string written) => new($"{written}: Midjourney-only, ignored.", $"{written}：Midjourney 专用参数，已忽略。");

    public static LocalText SizeBeforeRatio(string ratio) => new($"--ar {ratio}: the size is given too and goes before it.", $"--ar {ratio}：已经给了尺寸，以尺寸为准。");

    public static LocalText Also(IEnumerable<string> written)
    {
        var all = string.Join(", ", written);
        return new LocalText($"Also left out: {all}.", $"另外略过：{all}。");
    }
}
