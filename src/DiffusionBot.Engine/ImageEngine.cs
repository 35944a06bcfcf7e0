using System.Diagnostics;
using System.Security.Cryptography;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Networks;
using DiffusionBot.Engine.Pipelines;
using DiffusionBot.Engine.Runtime;
using DiffusionBot.Engine.Sampling;
using DiffusionBot.Engine.Upscaling;
using DiffusionBot.Imaging;

namespace DiffusionBot.Engine;

/// <summary>
/// Draws pictures: a request in, images out, with progress and cancellation on the way. Requests may come from any thread; they are drawn
/// one after the other, since each takes the whole machine.
/// </summary>
public sealed class ImageEngine : IDisposable
{
    private readonly EngineOptions options;
    private readonly Func<long> drawSeed;
    private readonly Lazy<EngineDevice> device;
    private readonly ModelCache cache;
    private readonly UpscalerCache upscalers;
    private readonly Dictionary<string, LatentPreview> previews = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource closing = new();
    private bool disposed;

    /// <summary>Reads nothing yet: the first request does.</summary>
    /// <param name="options">Where models lie, and what to draw on.</param>
    /// <param name="clock">For the index of models. Default: the system's.</param>
    /// <param name="drawSeed">Gives the seed of a request that has none. Default: random, 0 to 2^32 - 1, as WebUI's.</param>
    /// <exception cref="EngineException">An option out of its range.</exception>
    public ImageEngine(EngineOptions options, TimeProvider? clock = null, Func<long>? drawSeed = null)
    {
        options.Validate();
        this.options = options;
        this.drawSeed = drawSeed ?? (() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))));
        device = new Lazy<EngineDevice>(() => EngineDevice.Choose(options));
        Models = new ModelIndex(options.Models, clock ?? TimeProvider.System);
        var limit = options.ModelMemoryMb > 0 ? options.ModelMemoryMb << 20 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        cache = new ModelCache(limit, Load);
        upscalers = new UpscalerCache(() => device.Value);
    }

    /// <summary>What lies in the models folders.</summary>
    public ModelIndex Models { get; }

    /// <summary>What is drawn on: `cpu` or `cuda:0`. The first look starts the runtime.</summary>
    public string Device => device.Value.Name;

    /// <summary>Why <see cref="Device"/> is not a graphics card though one may be there; null where nothing is amiss.</summary>
    public string? DeviceNote => device.Value.Note;

    /// <summary>Whether ONNX Runtime's CUDA provider came along with the program: without it there is only the CPU.</summary>
    public static bool HasCudaProvider => EngineDevice.CudaProviderIsThere();

    /// <summary>The LoRA that a prompt means by a name; null: there is none.</summary>
    /// <param name="models">What there is.</param>
    /// <param name="name">File name, alias, or a name whose hash the text has.</param>
    /// <param name="loraHashes">`Lora hashes` of the text; null: it has none.</param>
    /// <param name="cancel">Stops the hashing of files not seen before.</param>
    public static Task<ModelFile?> FindLoraAsync(ModelIndex models, string name, string? loraHashes, CancellationToken cancel = default) =>
        LoraSearch.FindAsync(models.Files(ModelKind.Lora), name, LoraHashes.Parse(loraHashes).GetValueOrDefault(LoraHashes.Plain(name)), [], cancel);

    /// <summary>Samplers by WebUI's names.</summary>
    public static IReadOnlyList<string> Samplers { get; } = [.. SamplerTable.All.Select(s => s.Name)];

    /// <summary>Schedules by WebUI's names.</summary>
    public static IReadOnlyList<string> Schedules { get; } = [.. SigmaSchedules.All.Select(s => s.Name)];

    /// <summary>Looks whether a request's values are in range and its sampler is known, before anybody waits for it. Models are not looked at.</summary>
    /// <exception cref="InvalidRequestException">They are not; the message says which.</exception>
    public static void Check(ImageRequest request)
    {
        RequestRules.Check(request);
        SamplerTable.Find(request.Sampler, request.Schedule);
    }

    /// <summary>A sampler and its schedule as they are drawn, or what comes nearest to them.</summary>
    public static SamplerMatch MatchSampler(string sampler, string schedule) => SamplerMatch.Of(sampler, schedule);

    /// <summary>Draws a request.</summary>
    /// <param name="request">What to draw.</param>
    /// <param name="progress">Told at every stage and step, on the drawing thread.</param>
    /// <param name="cancel">Stops within a step.</param>
    /// <exception cref="EngineException">The request, the model or the machine does not allow it; the message says which and why.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<ImageResult> GenerateAsync(ImageRequest request, IProgress<DrawingProgress>? progress = null, CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, closing.Token);
        var plan = await DrawingPlan.MakeAsync(request, Models, drawSeed, both.Token);
        await turn.WaitAsync(both.Token);
        try
        {
            return await DrawingThread.Run(() => Draw(plan, progress, both.Token));
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>What enlarges pictures by name: WebUI's own, and the files of models/upscalers.</summary>
    public IReadOnlyList<string> Upscalers => [.. PictureUpscaler.Of(Models).Select(u => u.Name)];

    /// <summary>Enlarges a picture, as WebUI's extras do.</summary>
    /// <param name="picture">Any channels; what is transparent becomes white.</param>
    /// <param name="upscaler">One of <see cref="Upscalers"/>, or what WebUI calls the file.</param>
    /// <param name="factor">How many times as large, 1 to 8; fractions of pixels are left off.</param>
    /// <param name="cancel">Stops within a tile.</param>
    /// <exception cref="EngineException">The name is not known, the picture would be too large, the file is no upscaler.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Bitmap> UpscaleAsync(Bitmap picture, string upscaler, double factor, CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, closing.Token);
        var plan = UpscalePlan.Of(picture, upscaler, factor, Models);
        await turn.WaitAsync(both.Token);
        try
        {
            return await DrawingThread.Run(() => upscalers.Resize(plan.Upscaler, Channels.ToRgb(Channels.FlattenOntoWhite(picture)), plan.Width, plan.Height, clock: null, both.Token));
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Cancels what is being drawn and what waits, and frees the models once the drawing thread has let go of them.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        closing.Cancel();
        turn.Wait();
        cache.Dispose();
        upscalers.Dispose();
        turn.Dispose();
        closing.Dispose();
    }

    private ImageResult Draw(DrawingPlan plan, IProgress<DrawingProgress>? progress, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        progress?.Report(new DrawingProgress(DrawingStage.Loading, 0, plan.Request.Steps * plan.Request.BatchCount));
        LoadedModel Load(OtherCheckpoint? other) => other is null ? Get(plan.Checkpoint, plan.Vae, cancel) : Get(other.Checkpoint, other.Vae, cancel);
        var drawing = new TextToImage(Load(null), plan, (drawn, vaeHash) => PreviewOf(drawn, vaeHash, cancel), progress, cancel) { Upscalers = upscalers, Load = Load };
        return drawing.Draw(Stopwatch.GetElapsedTime(started));
    }

    private LoadedModel Get(ModelFile checkpoint, ModelFile? vae, CancellationToken cancel) => cache.Get(ModelKey.Of(checkpoint, vae), () => ExpectedBytes(checkpoint), cancel);

    private LatentPreview PreviewOf(LoadedModel drawn, string vaeHash, CancellationToken cancel)
    {
        if (previews.TryGetValue(vaeHash, out var known)) return known;
        return previews[vaeHash] = LatentPreview.For(options.Models.CacheFolder, vaeHash, drawn.Decoder, cancel);
    }

    private LoadedModel Load(ModelKey key, CancellationToken cancel) =>
        LoadedModel.Load(TensorFile.Open(key.Checkpoint.Path), key.Vae is null ? null : TensorFile.Open(key.Vae.Path), device.Value, cancel);

    /// <summary>Half precision files grow to float on the CPU.</summary>
    private long ExpectedBytes(ModelFile checkpoint)
    {
        var elements = checkpoint.Open().Tensors.Values.Sum(t => t.Elements);
        return device.Value.Target.Type == Onnx.ElementType.Half ? elements * 2 : elements * 4;
    }
}
