using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Networks;

/// <summary>A file of the LoRA family that is to be on.</summary>
/// <param name="Name">As the prompt has it.</param>
/// <param name="File">The file as it is now.</param>
/// <param name="Text">How much it changes the text encoder.</param>
/// <param name="Unet">How much it changes the UNet.</param>
/// <param name="DynamicRank">How much of its rank counts; null: all.</param>
internal sealed record LoraUse(string Name, FileStamp File, float Text, float Unet, int? DynamicRank);

/// <summary>A hypernetwork that is to be on.</summary>
/// <param name="Name">As the prompt has it.</param>
/// <param name="File">The file as it is now.</param>
/// <param name="Strength">How much of it counts.</param>
internal sealed record HypernetworkUse(string Name, FileStamp File, float Strength);

/// <summary>What a model is to have on while it draws. In the prompt's order, which is the order that they are put on in.</summary>
internal sealed record NetworkSet(IReadOnlyList<LoraUse> Loras, IReadOnlyList<HypernetworkUse> Hypernetworks)
{
    public static NetworkSet None { get; } = new([], []);

    public bool Equals(NetworkSet? other) => other is not null && Loras.SequenceEqual(other.Loras) && Hypernetworks.SequenceEqual(other.Hypernetworks);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var lora in Loras) hash.Add(lora);
        foreach (var hypernetwork in Hypernetworks) hash.Add(hypernetwork);
        return hash.ToHashCode();
    }
}
