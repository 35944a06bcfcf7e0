using System.Threading.Channels;
using DiffusionBot.Engine;
using DiffusionBot.Imaging;

namespace DiffusionBot.Generation.Tests.Support;

/// <summary>Draws nothing, when it is told to.</summary>
internal sealed class FakeEngine : IDrawingEngine
{
    private readonly Channel<Drawing> begun = Channel.CreateUnbounded<Drawing>();

    /// <summary>Whether each drawing waits for the test's word.</summary>
    public bool IsGated { get; init; }

    /// <summary>Prompts, in the order in which they were begun.</summary>
    public List<string> Prompts { get; } = [];

    /// <summary>The next drawing that began.</summary>
    public async Task<Drawing> NextAsync() => await begun.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public async Task<ImageResult> GenerateAsync(ImageRequest request, IProgress<DrawingProgress>? progress, CancellationToken cancel)
    {
        lock (Prompts) Prompts.Add(request.Prompt);
        var drawing = new Drawing(request, progress, cancel);
        begun.Writer.TryWrite(drawing);
        if (!IsGated) drawing.Finish();
        return await drawing.Result.WaitAsync(cancel);
    }

    /// <summary>By every name; a picture of its own shade.</summary>
    public Task<Bitmap> UpscaleAsync(Bitmap picture, string upscaler, double factor, CancellationToken cancel) =>
        Task.FromResult(Pixels((int)(picture.Width * factor), (int)(picture.Height * factor), (byte)upscaler.Length));

    public static Bitmap Pixels(int width, int height, byte shade)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(shade + (i * 7 % 251));
        return new Bitmap(width, height, 3, pixels);
    }

    internal sealed class Drawing(ImageRequest request, IProgress<DrawingProgress>? progress, CancellationToken cancel)
    {
        private readonly TaskCompletionSource<ImageResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ImageRequest Request => request;

        public CancellationToken Cancel => cancel;

        public Task<ImageResult> Result => result.Task;

        public void Report(int step, Func<Bitmap>? preview = null) => progress?.Report(new DrawingProgress(DrawingStage.Sampling, step, request.Steps, preview));

        public void Fail(Exception error) => result.TrySetException(error);

        public void Finish(string? note = null)
        {
            var (width, height) = (request.Width ?? 16, request.Height ?? 16);
            var images = Enumerable.Range(0, request.BatchCount * request.BatchSize)
                .Select(i => new DrawnImage(Pixels(width, height, (byte)(request.Seed + i)), request.Seed + i,
                    $"{request.Prompt}\nSteps: {request.Steps}, Sampler: Euler a, Seed: {request.Seed + i}, Size: {width}x{height}, Model: tiny-Model"))
                .ToArray();
            var second = TimeSpan.FromSeconds(1);
            result.TrySetResult(new ImageResult(images, new StageTimings(TimeSpan.Zero, TimeSpan.Zero, second, TimeSpan.Zero, second, second), note is null ? [] : [note]));
        }
    }
}
