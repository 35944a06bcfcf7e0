using System.Collections.Frozen;

namespace DiffusionBot.Web.Pictures;

/// <summary>WebUI's labels in the words of its Chinese users.</summary>
public static class ParameterNames
{
    private static readonly FrozenDictionary<string, string> names = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Steps"] = "步数",
        ["Sampler"] = "采样器",
        ["Schedule type"] = "调度器",
        ["CFG scale"] = "引导系数",
        ["Seed"] = "种子",
        ["Size"] = "尺寸",
        ["Model"] = "模型",
        ["Model hash"] = "模型哈希",
        ["VAE"] = "VAE",
        ["VAE hash"] = "VAE 哈希",
        ["Variation seed"] = "变体种子",
        ["Variation seed strength"] = "变体强度",
        ["Denoising strength"] = "重绘幅度",
        ["Hires upscale"] = "高清修复倍数",
        ["Hires steps"] = "高清修复步数",
        ["Hires upscaler"] = "高清修复算法",
        ["Hires resize"] = "高清修复尺寸",
        ["Clip skip"] = "CLIP 跳过层",
        ["RNG"] = "随机数来源",
        ["Version"] = "版本",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The label itself where it has no name.</summary>
    public static string Chinese(string label) => names.GetValueOrDefault(label, label);
}
