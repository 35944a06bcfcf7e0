using DiffusionBot.Engine;
using DiffusionBot.Machine;

namespace DiffusionBot.Cli;

/// <summary>Owns the engines of a process: one for each set of options, made when first asked for.</summary>
internal sealed class EngineSource : IDisposable
{
    private readonly Dictionary<string, ImageEngine> engines = new(StringComparer.Ordinal);

    /// <exception cref="EngineException">An option out of its range.</exception>
    public ImageEngine For(EngineOptions options)
    {
        var models = options.Models;
        var key = string.Join('\n', [
            models.Folder, .. models.MoreFolders, models.CacheFolder, models.DefaultCheckpoint, options.Device, $"{options.Threads} {options.ModelMemoryMb} {options.CudaMemoryLimitMb}",
        ]);
        if (engines.TryGetValue(key, out var engine)) return engine;
        // The provider finds CUDA's libraries by name once they are loaded, wherever an installer put them.
        if (options.Device != "cpu" && ImageEngine.HasCudaProvider) CudaLibraries.Load(MachineProbe.PlatformHere());
        return engines[key] = new ImageEngine(options);
    }

    public void Dispose()
    {
        foreach (var engine in engines.Values) engine.Dispose();
        engines.Clear();
    }
}
