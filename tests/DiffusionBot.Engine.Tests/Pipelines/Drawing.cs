using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Tests.Checkpoints;

namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>
/// Test classes that draw: one after the other, since each picture takes the whole machine, and with engines that they share.
/// </summary>
[CollectionDefinition(Name)]
public sealed class Drawing : ICollectionFixture<ShippedEngine>, ICollectionFixture<TinyEngine>
{
    public const string Name = "Drawing";
}

/// <summary>One engine with the shipped model, for all tests that draw with it.</summary>
public sealed class ShippedEngine : IDisposable
{
    public ImageEngine Engine { get; } = new(new EngineOptions
    {
        Device = "cpu",
        Models = new ModelIndexOptions { Folder = TestData.Model("") },
    });

    public void Dispose() => Engine.Dispose();
}

/// <summary>One engine with the tiny checkpoint of random weights, which draws a 64x64 picture in a fraction of a second.</summary>
public sealed class TinyEngine : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TinyEngine()
    {
        File.Copy(TestData.Reference("families/tiny-sd1/model.safetensors"), folder.At("checkpoints/tiny-sd1.safetensors"));
        Options = new EngineOptions { Device = "cpu", Models = new ModelIndexOptions { Folder = folder.Path } };
        Engine = new ImageEngine(Options);
    }

    public EngineOptions Options { get; }

    public ImageEngine Engine { get; }

    /// <summary>A small picture, drawn quickly.</summary>
    public static ImageRequest Small { get; } = new() { Prompt = "a red apple", NegativePrompt = "blurry", Sampler = "Euler", Steps = 4, Seed = 5, Width = 64, Height = 64 };

    public void Dispose()
    {
        Engine.Dispose();
        folder.Dispose();
    }
}
