using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Bot.Understanding;

/// <summary>What is said about a recipe that asks for more than there is.</summary>
internal static class DifferenceTexts
{
    private const int Longest = 100;   // of what is quoted; a name from a chat may be a novel

    public static LocalText SeedDiffers { get; } = new(
        "So the same seed will give a similar picture at best, not the same one.",
        "因此即使种子相同，画面也只会相近，不会完全一样。");

    public static LocalText Sampler(string asked, string used) => new(
        $"The sampler {Short(asked)} is not here; {used} is used instead.", $"没有采样器 {Short(asked)}，改用 {used}。");

    public static LocalText Schedule(string asked, string used) => new(
        $"The schedule {Short(asked)} is not here; {used} is used instead.", $"没有调度类型 {Short(asked)}，改用 {used}。");

    public static LocalText OtherHash(string name, string hash, string found, string foundHash) => new(
        $"The text was made with {Short(name)} [{Short(hash)}]; drawn with {found} [{foundHash}], which is another file.",
        $"原图用的模型是 {Short(name)} [{Short(hash)}]，这里用的是 {found} [{foundHash}]，文件不同。");

    public static LocalText NoModel(string asked, string? used, IReadOnlyList<string> near) => new(
        $"The model {Short(asked)} is not here; {Used(used)}.{(near.Count == 0 ? "" : $" Names like it: {string.Join(", ", near)}.")}",
        $"没有模型 {Short(asked)}，{Chinese(used)}。{(near.Count == 0 ? "" : $"名称相近的有：{string.Join("、", near)}。")}");

    public static LocalText ModelNotDrawn(string asked, string? used) => new(
        $"The model {Short(asked)} is here, but cannot be drawn with yet; {Used(used)}.",
        $"模型 {Short(asked)} 在这里，但暂时还不能用来画图，{Chinese(used)}。");

    public static LocalText NoVae(string asked, IReadOnlyList<string> near) => new(
        $"The VAE {Short(asked)} is not here; the model's own is used.{(near.Count == 0 ? "" : $" Names like it: {string.Join(", ", near)}.")}",
        $"没有 VAE {Short(asked)}，改用模型自带的。{(near.Count == 0 ? "" : $"名称相近的有：{string.Join("、", near)}。")}");

    public static LocalText NotDrawn(IReadOnlyList<string> labels) => new(
        $"Not drawn yet: {string.Join(", ", labels.Select(Short))}.", $"暂不支持、未生效的参数：{string.Join("、", labels.Select(Short))}。");

    private static string Used(string? model) => model is null ? "nor is any other" : $"drawn with {model}";

    private static string Chinese(string? model) => model is null ? "也没有其他可用的模型" : $"改用 {model}";

    private static string Short(string text) => text.Length <= Longest ? text : $"{text[..Longest]}…";
}
