using System.Collections.Concurrent;
using System.Globalization;
using DiffusionBot.Engine;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Generation.Jobs;

/// <summary>How fast this machine draws: seconds a pixel and step, measured by model and kept between runs. Names of models are what requests call them.</summary>
internal sealed class WorkRates(SettingStore settings)
{
    private const string Prefix = "rate/", AnyModel = "";
    private const double NewWeight = 0.3;   // of a measurement in the moving average
    private const int MaxKey = 100, UsualPixels = 512 * 512;

    private readonly ConcurrentDictionary<string, Rate> rates = new(StringComparer.Ordinal);

    private sealed record Rate(double SecondsPerWork, int Pixels);

    /// <summary>By which model a request is measured.</summary>
    public static string KeyOf(ImageRequest request)
    {
        var name = StoredText.Folded(StoredText.Clean(request.Checkpoint ?? AnyModel));
        return name.Length <= MaxKey ? name : name[..MaxKey];
    }

    /// <summary>Reads what earlier runs, or other hosts, measured.</summary>
    public async Task LoadAsync()
    {
        foreach (var (key, value) in await settings.ListAsync(Prefix))
        {
            var parts = value.Split(' ');
            if (parts.Length == 2 && double.TryParse(parts[0], CultureInfo.InvariantCulture, out var seconds) && seconds > 0 && double.IsFinite(seconds)
                && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var pixels) && pixels > 0)
            {
                rates[key[Prefix.Length..]] = new Rate(seconds, pixels);
            }
        }
    }

    /// <summary>How much there is to draw, in pixels times steps.</summary>
    public long WorkOf(DrawingOrder order)
    {
        var image = order.Image;
        if (order.Enlarge is not null) return 1;
        var own = rates.TryGetValue(KeyOf(image), out var rate) ? rate.Pixels : UsualPixels;
        // A checkpoint's own size is known once something was drawn with it.
        var pixels = (image.Width, image.Height) switch
        {
            ({ } width, { } height) => (long)width * height,
            (null, null) => own,
            var (width, height) => (long)((width ?? height)!.Value * Math.Sqrt(own)),
        };
        // Encoding the picture that is drawn from takes about a step more.
        var work = pixels * (image.Init is { } init ? init.StepsOf(image.Steps) + 1 : image.Steps);
        if (image.Hires is { } hires)
        {
            var (width, height) = image is { Width: { } w, Height: { } h } ? (w, h) : ((int)Math.Sqrt(pixels), (int)Math.Sqrt(pixels));
            var (wide, high) = hires.SizeOf(width, height);
            work += (long)wide * high * (hires.Steps > 0 ? hires.Steps : image.Steps);
        }
        return work * image.BatchCount * image.BatchSize;
    }

    /// <summary>How long so much takes; null where nothing was measured yet. A model that is new is taken for one like the others.</summary>
    public TimeSpan? TimeOf(string modelKey, long work) =>
        rates.TryGetValue(modelKey, out var rate) || rates.TryGetValue(AnyModel, out rate) ? TimeSpan.FromSeconds(Math.Min(rate.SecondsPerWork * work, 1e6)) : null;

    /// <summary>Learns from what was drawn.</summary>
    public async Task MeasureAsync(ImageRequest request, ImageResult result)
    {
        var took = result.Timings.Total - result.Timings.Load;
        // Of two passes it is not known how long each took, and of a picture only a part of the steps is drawn.
        if (took <= TimeSpan.Zero || result.Images.Count == 0 || request.Hires is not null || request.Init is not null) return;
        var first = result.Images[0].Pixels;
        var pixels = first.Width * first.Height;
        var seconds = took.TotalSeconds / ((double)pixels * request.Steps * result.Images.Count);
        var ownPixels = request is { Width: null, Height: null } ? pixels : 0;
        await LearnAsync(KeyOf(request), seconds, ownPixels);
        if (KeyOf(request) != AnyModel) await LearnAsync(AnyModel, seconds, 0);
    }

    private async Task LearnAsync(string key, double seconds, int ownPixels)
    {
        var rate = rates.AddOrUpdate(key,
            _ => new Rate(seconds, ownPixels > 0 ? ownPixels : UsualPixels),
            (_, old) => new Rate(old.SecondsPerWork + (NewWeight * (seconds - old.SecondsPerWork)), ownPixels > 0 ? ownPixels : old.Pixels));
        await settings.SetAsync(Prefix + key, string.Create(CultureInfo.InvariantCulture, $"{rate.SecondsPerWork:R} {rate.Pixels}"));
    }
}
