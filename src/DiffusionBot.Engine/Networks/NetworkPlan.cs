using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Runtime;

namespace DiffusionBot.Engine.Networks;

/// <summary>What a prompt's tags come to.</summary>
/// <param name="Prompt">The prompt without them.</param>
/// <param name="Set">What is to be on.</param>
/// <param name="Hashes">Of the LoRAs, by the names that the prompt has: what infotext says.</param>
internal sealed record NetworkPlan(string Prompt, NetworkSet Set, IReadOnlyDictionary<string, string> Hashes)
{
    /// <summary>Finds what a prompt asks for; what is not there is noted and left out.</summary>
    /// <param name="prompt">With its tags.</param>
    /// <param name="loraHashes">Hashes of LoRAs by name, as a parameter text has them: "a: 0123456789ab, b: ...". Null: none.</param>
    /// <param name="models">Where names are looked up.</param>
    /// <param name="notes">Gets what the one who asked should know.</param>
    /// <param name="cancel">Stops the hashing of files not seen before.</param>
    /// <exception cref="InvalidRequestException">There are too many.</exception>
    public static async Task<NetworkPlan> MakeAsync(string prompt, string? loraHashes, ModelIndex models, ICollection<LocalText> notes, CancellationToken cancel)
    {
        var (text, tags) = NetworkTag.Split(prompt);
        if (tags.Count > NetworkTag.Most)
            throw new InvalidRequestException(new($"The prompt names {tags.Count} networks; at most {NetworkTag.Most} are drawn with.", $"提示词里有 {tags.Count} 个网络，最多 {NetworkTag.Most} 个。"));
        var wanted = LoraHashes.Parse(loraHashes);
        var (loras, hypernetworks, hashes) = (new List<LoraUse>(), new List<HypernetworkUse>(), new OrderedDictionary<string, string>(StringComparer.Ordinal));
        foreach (var tag in tags)
        {
            switch (tag.Kind)
            {
                case "lora":
                    if (await FindLoraAsync(tag, wanted, models, notes, cancel) is not { } found) break;
                    loras.Add(found.Use);
                    hashes[LoraHashes.Plain(tag.Name)] = found.Hash;
                    break;
                case "hypernet":
                    if (FindHypernetwork(tag, models, notes) is { } hypernetwork) hypernetworks.Add(hypernetwork);
                    break;
                default:
                    notes.Add(new($"<{ModelFileAccess.Printable(tag.Kind)}:...> in the prompt is no network that is known; it was left out.", $"提示词里的 <{ModelFileAccess.Printable(tag.Kind)}:...> 不是已知的网络，已略过。"));
                    break;
            }
        }
        return new NetworkPlan(text, new NetworkSet(LastOfName(loras, l => l.Name, (l, last) => l with { Text = last.Text, Unet = last.Unet, DynamicRank = last.DynamicRank }),
            LastOfName(hypernetworks, h => h.Name, (h, _) => h)), hashes);
    }

    /// <summary>In WebUI a name is one network, however often it stands there: each time it is put on with what was said of it last.</summary>
    private static List<T> LastOfName<T>(List<T> uses, Func<T, string> nameOf, Func<T, T, T> like) => [.. uses.Select(use => like(use, uses.FindLast(other => nameOf(other) == nameOf(use))!))];

    private static async Task<(LoraUse Use, string Hash)?> FindLoraAsync(
        NetworkTag tag, IReadOnlyDictionary<string, string> wanted, ModelIndex models, ICollection<LocalText> notes, CancellationToken cancel)
    {
        var (te, dyn) = (1.0, -1.0);
        var areNumbers = tag.TryNumber("te", 1, ref te);
        var unet = te;
        areNumbers &= tag.TryNumber("unet", 2, ref unet);
        areNumbers &= tag.TryNumber("dyn", 3, ref dyn);
        var name = ModelFileAccess.Printable(tag.Name);
        if (!areNumbers)
        {
            notes.Add(new($"<lora:{name}:...> has something that is no number where its weights are expected; it was left out.", $"<lora:{name}:...> 的权重不是数字，已略过。"));
            return null;
        }
        if (await LoraSearch.FindAsync(models.Files(ModelKind.Lora), tag.Name, wanted.GetValueOrDefault(LoraHashes.Plain(tag.Name)), notes, cancel) is not { } file)
        {
            notes.Add(NetworkTexts.Missing(ModelKind.Lora, tag.Name));
            return null;
        }
        var hash = await file.LoraHashAsync(cancel);
        return (new LoraUse(tag.Name, FileStamp.Of(file), (float)te, (float)unet, dyn < 0 ? null : (int)dyn), hash[..LoraHashes.Digits]);
    }

    private static HypernetworkUse? FindHypernetwork(NetworkTag tag, ModelIndex models, ICollection<LocalText> notes)
    {
        var (strength, name) = (1.0, ModelFileAccess.Printable(tag.Name));
        if (!tag.TryNumber(null, 1, ref strength))
        {
            notes.Add(new($"<hypernet:{name}:...> has a strength that is no number; it was left out.", $"<hypernet:{name}:...> 的强度不是数字，已略过。"));
            return null;
        }
        var file = models.Files(ModelKind.Hypernetwork).LastOrDefault(f => f.Name == tag.Name);
        if (file is null) notes.Add(NetworkTexts.Missing(ModelKind.Hypernetwork, tag.Name));
        return file is null ? null : new HypernetworkUse(tag.Name, FileStamp.Of(file), (float)strength);
    }
}
