using System.Globalization;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Infotext;
using DiffusionBot.Generation.Moderation;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Generation.Storage.Files;
using DiffusionBot.Imaging;

namespace DiffusionBot.Generation.Jobs;

/// <summary>What an order became: files are written, rows are not.</summary>
/// <param name="Pictures">Their rows.</param>
/// <param name="Notes">What the engine had to say, in the user's language, lines ended by \n.</param>
internal sealed record MadePictures(IReadOnlyList<StoredPicture> Pictures, string Notes);

/// <summary>From an order to files: draws, or enlarges, looks whether it may be shown, and writes.</summary>
internal sealed class PictureMaker(IDrawingEngine engine, PictureArchive archive, IFileStore files, IEnumerable<IPictureCheck> checks, WorkRates rates, TimeProvider clock)
{
    private const int MaxEnlargedEdge = 8192;

    public async Task<MadePictures> MakeAsync(StoredRequest request, DrawingOrder order, IProgress<DrawingProgress> progress, CancellationToken cancel)
    {
        var (images, notes) = order.Enlarge is { } enlarge
            ? ([await EnlargeAsync(enlarge, cancel)], [])
            : await DrawAsync(await ImageOfAsync(order, cancel), progress, cancel);
        foreach (var check in checks)
        {
            foreach (var image in images)
            {
                if (await check.CheckAsync(image.Pixels, request.Place, cancel) is { } reason) throw new PictureRefusedException(reason);
            }
        }
        var pictures = new List<StoredPicture>(images.Count);
        for (var i = 0; i < images.Count; i++) pictures.Add(await StoreAsync(request, order, images[i], i, cancel));
        // What was said when it was accepted stands there still.
        var said = request.Notes.Split('\n');
        return new(pictures, string.Concat(notes.Select(n => StoredText.Clean(n.In(request.Language))).Except(said).Select(line => line + "\n")));
    }

    /// <summary>Removes what it may have written of a request that comes to nothing.</summary>
    public async Task RemoveAsync(StoredRequest request)
    {
        for (var i = 0; i < request.PictureCount; i++) await files.DeleteAsync(FileNames.Of(request, i));
    }

    /// <summary>With the picture that is drawn from: without it the words alone would become something else.</summary>
    private async Task<ImageRequest> ImageOfAsync(DrawingOrder order, CancellationToken cancel)
    {
        var image = await archive.ImageOfAsync(order, cancel);
        return order.Sources is null || image.Init?.Picture is not null ? image : throw new SourceGoneException();
    }

    private async Task<(IReadOnlyList<DrawnImage> Images, IReadOnlyList<LocalText> Notes)> DrawAsync(ImageRequest image, IProgress<DrawingProgress> progress, CancellationToken cancel)
    {
        var result = await engine.GenerateAsync(image, progress, cancel);
        await rates.MeasureAsync(image, result);
        return (result.Images, result.Notes);
    }

    private async Task<DrawnImage> EnlargeAsync(Enlargement enlarge, CancellationToken cancel)
    {
        if (!(enlarge.Factor is >= 1 and <= 4)) throw new InvalidRequestException(new LocalText($"Enlarging is by 1 to 4 times; got {enlarge.Factor}.", $"放大倍数是 1 到 4；收到的是 {enlarge.Factor}。"));
        var source = await archive.FindPictureAsync(enlarge.Picture, cancel) ?? throw new SourceGoneException(enlarge.Picture);
        var bytes = await archive.ReadAsync(source, cancel) ?? throw new SourceGoneException(enlarge.Picture);
        var bitmap = PictureReader.Decode(bytes).Bitmap;
        var (width, height) = ((int)Math.Round(bitmap.Width * enlarge.Factor), (int)Math.Round(bitmap.Height * enlarge.Factor));
        if (Math.Max(width, height) > MaxEnlargedEdge) throw new InvalidRequestException(new LocalText($"Enlarged, the picture would be {width}x{height}; edges go up to {MaxEnlargedEdge}.", $"放大后是 {width}x{height}，边长最多 {MaxEnlargedEdge}。"));
        var larger = enlarge.Upscaler == Enlargement.Lanczos
            ? await Task.Run(() => Resampling.Resize(bitmap, width, height, ResampleFilter.Lanczos), cancel)
            : await engine.UpscaleAsync(bitmap, enlarge.Upscaler, enlarge.Factor, cancel);
        // What WebUI writes when it enlarges.
        var factor = enlarge.Factor.ToString("0.###", CultureInfo.InvariantCulture);
        return new DrawnImage(larger, source.Seed, $"{source.Infotext}, Postprocess upscale by: {factor}, Postprocess upscaler: {InfotextQuoting.Quote(enlarge.Upscaler)}");
    }

    private async Task<StoredPicture> StoreAsync(StoredRequest request, DrawingOrder order, DrawnImage image, int index, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var (bitmap, infotext) = (image.Pixels, StoredText.Clean(image.Infotext));
        var file = PictureWriter.Png(bitmap, infotext);
        var name = FileNames.Of(request, index);
        await files.WriteAsync(name, file, cancel);
        var model = StrictInfotextReader.Read(infotext).Parameters.GetValueOrDefault("Model", "");
        return new StoredPicture
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            RequestId = request.Id,
            Index = index,
            Token = RequestCodes.NewToken(),
            FileName = name,
            UserId = request.UserId,
            Infotext = infotext,
            Prompt = request.Prompt,
            SearchPrompt = StoredText.Folded(order.WrittenPrompt is { } written ? $"{request.Prompt}\n{StoredText.Clean(written)}" : request.Prompt),
            Model = model,
            SearchModel = StoredText.Folded(model),
            Seed = image.Seed,
            Width = bitmap.Width,
            Height = bitmap.Height,
            Bytes = file.Length,
            PerceptualHash = unchecked((long)PerceptualHash.Of(bitmap)),
            IsPublic = request.IsPublic,
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        };
    }
}
