using DiffusionBot.Engine;

namespace DiffusionBot.Generation;

/// <summary>What jobs draw with: the engine, or what a test puts in its place.</summary>
public interface IDrawingEngine
{
    /// <inheritdoc cref="ImageEngine.GenerateAsync"/>
    Task<ImageResult> GenerateAsync(ImageRequest request, IProgress<DrawingProgress>? progress, CancellationToken cancel);
}
