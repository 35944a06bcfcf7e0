using System.Threading.Channels;
using DiffusionBot.Engine;
using DiffusionBot.Generation;
using DiffusionBot.Imaging;

namespace DiffusionBot.Web.Tests.Support;

/// <summary>Paints stripes in no time, or when it is told to.</summary>
internal sealed class GatedEngine : IDrawingEngine
{
    private readonly Channel<Painting> begun = Channel.CreateUnbounded<Painting>();

    /// <summary>Whether each picture waits for the test's word.</summary>
    public bool IsGated { get; set; }

    /// <summary>The next picture that was begun.</summary>
    public async Task<Painting> NextAsync() => await begun.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public async Task<ImageResult> GenerateAsync(ImageRequest request, IProgress<DrawingProgress>? progress, CancellationToken cancel)
    {
        var painting = new Painting(request, progress);
        begun.Writer.TryWrite(painting);
        if (!IsGated) painting.Finish();
        return await painting.Result.WaitAsync(cancel);
    }

    internal sealed class Painting(ImageRequest request, IProgress<DrawingProgress>? progress)
    {
        private readonly TaskCompletionSource<ImageResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ImageRequest Request => request;

        public Task<ImageResult> Result => result.Task;

        public void Report(int step) => progress?.Report(new DrawingProgress(DrawingStage.Sampling, step, request.Steps, () => Stripes(8, 8, step)));

        public void Fail(string why) => result.TrySetException(new IOException(why));

        public void Finish()
        {
            var (width, height) = (request.Width ?? 128, request.Height ?? 128);
            var images = Enumerable.Range(0, request.BatchCount * request.BatchSize).Select(i => new DrawnImage(Stripes(width, height, request.Seed + i), request.Seed + i, Infotext(i))).ToArray();
            result.TrySetResult(new ImageResult(images, new StageTimings(default, default, default, default, default, default), []));

            string Infotext(int i) => $"{request.Prompt}\nNegative prompt: {request.NegativePrompt}\nSteps: {request.Steps}, Sampler: Euler, CFG scale: 7, Seed: {request.Seed + i}, Size: {width}x{height}, Model: stripes";
        }

        private static Bitmap Stripes(int width, int height, long seed)
        {
            var pixels = new byte[width * height * 3];
            for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i / 3 % width * (seed % 13 + 1) + i % 3 * 80);
            return new Bitmap(width, height, 3, pixels);
        }
    }
}
