using DiffusionBot.Engine;
using DiffusionBot.Imaging;

namespace DiffusionBot.Generation;

/// <summary>What jobs draw with: the engine, or what a test puts in its place.</summary>
public interface IDrawingEngine
{
    /// <inheritdoc cref="ImageEngine.GenerateAsync"/>
    Task<ImageResult> GenerateAsync(ImageRequest request, IProgress<DrawingProgress>? progress, CancellationToken cancel);

    /// <inheritdoc cref="ImageEngine.UpscaleAsync"/>
    Task<Bitmap> UpscaleAsync(Bitmap picture, string upscaler, double factor, CancellationToken cancel) =>
        throw new InvalidRequestException(new LocalText($"There is no upscaler {upscaler} here.", $"这里没有放大算法 {upscaler}。"));
}
