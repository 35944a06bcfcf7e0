using System.Threading.Channels;
using DiffusionBot.Engine;
using DiffusionBot.Generation;
using DiffusionBot.Imaging;

namespace DiffusionBot.Tests.Discord;

/// <summary>The engine, but before it draws a test says how far it is.</summary>
internal sealed class SteppedEngine : IDrawingEngine
{
    private readonly Channel<Step?> steps = Channel.CreateUnbounded<Step?>();

    private sealed record Step(int Number, int Of, bool HasPreview);

    /// <summary>What draws in the end.</summary>
    public ImageEngine? Engine { get; set; }

    /// <summary>The drawing is at that step.</summary>
    public void Reaches(int step, int of, bool hasPreview = true) => steps.Writer.TryWrite(new Step(step, of, hasPreview));

    /// <summary>The drawing goes on to its end.</summary>
    public void Finishes() => steps.Writer.TryWrite(null);

    public async Task<ImageResult> GenerateAsync(ImageRequest request, IProgress<DrawingProgress>? progress, CancellationToken cancel)
    {
        while (await steps.Reader.ReadAsync(cancel) is { } step)
            progress?.Report(new DrawingProgress(DrawingStage.Sampling, step.Number, step.Of, step.HasPreview ? static () => new Bitmap(8, 8, 3, new byte[8 * 8 * 3]) : null));
        return await Engine!.GenerateAsync(request, null, cancel);
    }
}
