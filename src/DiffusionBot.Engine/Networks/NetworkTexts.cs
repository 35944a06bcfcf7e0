using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Networks;

/// <summary>What is said of networks in the same words before and after drawing, so that it is said once.</summary>
public static class NetworkTexts
{
    /// <summary>A network that a prompt names is not in the models folder.</summary>
    /// <param name="kind">LoRA, embedding or hypernetwork.</param>
    /// <param name="name">As the prompt has it.</param>
    public static LocalText Missing(ModelKind kind, string name)
    {
        var what = kind switch
        {
            ModelKind.Embedding => new LocalText("embedding", "嵌入模型"),
            ModelKind.Hypernetwork => new LocalText("hypernetwork", "超网络"),
            _ => new LocalText("LoRA", " LoRA"),
        };
        return new LocalText($"The {what.English} {ModelFileAccess.Printable(name)} is not here; drawn without it.", $"没有{what.Chinese} {ModelFileAccess.Printable(name)}，画图时不用它。");
    }
}
