using System.Text.Json;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Networks;

/// <summary>tiny-sd1 with the reference's networks beside it, as somebody has them in the models folder.</summary>
public sealed class NetworkEngine : IDisposable
{
    private static readonly (string Reference, string Folder)[] folders = [("lora", "loras"), ("embeddings", "embeddings"), ("hypernetworks", "hypernetworks")];

    private readonly TemporaryFolder folder = new();
    private readonly LoadedModel plain = LoadedModel.Load(SafetensorsFile.Open(TestData.Reference("families/tiny-sd1/model.safetensors")), vae: null, EngineDevice.Cpu(0), CancellationToken.None);

    public NetworkEngine()
    {
        File.Copy(TestData.Reference("families/tiny-sd1/model.safetensors"), folder.At("checkpoints/tiny-sd1.safetensors"));
        foreach (var (reference, name) in folders)
        {
            foreach (var file in Directory.EnumerateFiles(TestData.Reference($"networks/{reference}"))) File.Copy(file, folder.At($"{name}/{Path.GetFileName(file)}"));
        }
        Engine = new ImageEngine(new EngineOptions { Device = "cpu", Models = new ModelIndexOptions { Folder = folder.Path } });
    }

    /// <summary>Every case of the reference, by its id.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Cases { get; } =
        TestData.Json("networks/expected.json").EnumerateArray().ToDictionary(c => c.GetProperty("id").GetString()!, StringComparer.Ordinal);

    /// <summary>The ids.</summary>
    public static TheoryData<string> Ids => [.. Cases.Keys];

    public ImageEngine Engine { get; }

    /// <summary>tiny-sd1's decoder, which networks leave as it is.</summary>
    internal LatentDecoder Decoder => plain.Decoder;

    /// <summary>The models folder.</summary>
    public string Folder => folder.Path;

    /// <summary>What a case asks for.</summary>
    public static ImageRequest RequestOf(string id)
    {
        var (asked, all) = (Cases[id], Cases[Cases[id].TryGetProperty("same_as", out var twin) ? twin.GetString()! : id]);
        return new ImageRequest
        {
            Prompt = asked.GetProperty("prompt").GetString()!,
            NegativePrompt = all.GetProperty("negative_prompt").GetString()!,
            Sampler = all.GetProperty("sampler").GetString()!,
            Steps = all.GetProperty("steps").GetInt32(),
            Seed = all.GetProperty("seed").GetInt64(),
            Width = all.GetProperty("width").GetInt32(),
            Height = all.GetProperty("height").GetInt32(),
            CfgScale = all.GetProperty("cfg_scale").GetDouble(),
        };
    }

    public void Dispose()
    {
        Engine.Dispose();
        plain.Dispose();
        folder.Dispose();
    }
}
