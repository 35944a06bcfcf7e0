using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Tests.Checkpoints;
using DiffusionBot.Engine.Tests.Models;

namespace DiffusionBot.Engine.Tests.Pipelines;

/// <summary>A models folder with a tiny checkpoint, `first`, the same again, `same`, and another one, `other`.</summary>
internal sealed class TwoCheckpoints : IDisposable
{
    public TwoCheckpoints()
    {
        var sound = File.ReadAllBytes(TestData.Reference("families/tiny-sd1/model.safetensors"));
        Folder.Write("checkpoints/first.safetensors", sound);
        Folder.Write("checkpoints/same.safetensors", sound);
        Folder.Write("checkpoints/other.safetensors", TinyCheckpoint.Read().Scaled(0.9f).ToBytes());
    }

    public TemporaryFolder Folder { get; } = new();

    /// <param name="memoryMb">0: as many models as there are; 1: one at a time.</param>
    public ImageEngine EngineOf(int memoryMb) =>
        new(new EngineOptions { Device = "cpu", ModelMemoryMb = memoryMb, Models = new ModelIndexOptions { Folder = Folder.Path } });

    public void Dispose() => Folder.Dispose();
}
