using DiffusionBot.Engine;
using DiffusionBot.Generation.Storage.Files;
using DiffusionBot.Imaging;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Storage;

/// <summary>
/// The pictures that requests draw from, and their masks: files that are there before the request's row, under names that follow from its id, and go with it.
/// </summary>
public sealed class SourceFiles
{
    /// <summary>Longest edge of what is kept: what is drawn is no larger. Of a picture that gets a drawn part back, <see cref="MostEdgeOfWhole"/>.</summary>
    internal const int MostEdge = 2048;

    /// <summary>Longest edge of a picture of which only the masked part is drawn.</summary>
    internal const int MostEdgeOfWhole = 4096;

    private const int Some = 200;

    private readonly BotDatabase database;
    private readonly IFileStore files;

    internal SourceFiles(BotDatabase database, IFileStore files) => (this.database, this.files) = (database, files);

    /// <summary>A request's image with the pictures that it was drawn from, for drawing it again; as it is where there are none, or where it has others.</summary>
    /// <param name="request">Whose pictures.</param>
    /// <param name="image">What to draw.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<ImageRequest> GiveAsync(StoredRequest request, ImageRequest image, CancellationToken cancel = default) => GiveAsync(request.Id, image, cancel);

    /// <summary>Keeps an order's pictures.</summary>
    /// <returns>The order as it is told with them.</returns>
    internal async Task<DrawingOrder> KeepAsync(Guid request, DrawingOrder order, CancellationToken cancel)
    {
        if (order is not { Enlarge: null, Image.Init: { Picture: { } picture } init }) return order with { Sources = 0 };
        var most = init.Inpaint is { Area: InpaintArea.OnlyMasked } ? MostEdgeOfWhole : MostEdge;
        await files.WriteAsync(FileNames.SourceOf(request, 0), await Task.Run(() => PictureWriter.Png(Bounded(picture, most), null), cancel), cancel);
        if (init.Inpaint?.Mask is not { } mask) return order with { Sources = 1 };
        await files.WriteAsync(FileNames.SourceOf(request, 1), await Task.Run(() => PictureWriter.Png(Bounded(mask, most), null), cancel), cancel);
        return order with { Sources = 2 };
    }

    /// <summary>The same pictures in the order again.</summary>
    /// <exception cref="InvalidRequestException">They are gone.</exception>
    internal async Task<DrawingOrder> GiveAsync(Guid request, DrawingOrder order, CancellationToken cancel)
    {
        if (order.Sources == 0) return order;
        var image = await GiveAsync(request, order.Image, cancel);
        if (image.Init is { Picture: not null } init && (order.Sources == 1 || init.Inpaint?.Mask is not null)) return order with { Image = image };
        throw new InvalidRequestException(new LocalText("The picture to draw from is no longer there.", "要参照的原图已经不在了。"));
    }

    /// <summary>Removes them, where the request came to nothing.</summary>
    internal async Task RemoveAsync(Guid request, DrawingOrder order)
    {
        for (var i = 0; i < order.Sources; i++) await files.DeleteAsync(FileNames.SourceOf(request, i));
    }

    /// <summary>The names of requests' files, for who removes their rows.</summary>
    internal static async Task<IReadOnlyList<string>> NamesAsync(BotContext db, Guid[] requests)
    {
        // As JSON writes it; in a prompt quotation marks are escaped.
        var with = await db.Requests.Where(r => requests.Contains(r.Id) && (r.Order.Contains("\"Sources\":1") || r.Order.Contains("\"Sources\":2"))).Select(r => r.Id).ToListAsync();
        return [.. with.SelectMany(id => new[] { FileNames.SourceOf(id, 0), FileNames.SourceOf(id, 1) })];
    }

    /// <summary>Removes files whose request has no row: what a process left that died between both, or refused the request.</summary>
    /// <param name="before">Younger ones may be about to get their row.</param>
    /// <returns>How many.</returns>
    internal async Task<int> RemoveOrphansAsync(DateTime before)
    {
        var removed = 0;
        var old = new List<(string Name, Guid Request)>();
        await foreach (var file in files.ListAsync(FileNames.Sources))
        {
            if (file.WrittenAt < before && FileNames.RequestOfSource(file.Name) is { } request) old.Add((file.Name, request));
        }
        foreach (var some in old.Chunk(Some))
        {
            var ids = some.Select(file => file.Request).Distinct().ToArray();
            var known = await database.ReadAsync(db => db.Requests.Where(r => ids.Contains(r.Id)).Select(r => r.Id).ToListAsync());
            foreach (var (name, _) in some.Where(file => !known.Contains(file.Request)))
            {
                await files.DeleteAsync(name);
                removed++;
            }
        }
        return removed;
    }

    private async Task<ImageRequest> GiveAsync(Guid request, ImageRequest image, CancellationToken cancel)
    {
        if (image.Init is not { Picture: null } init || await ReadAsync(request, 0, cancel) is not { } picture) return image;
        if (init.Inpaint is { Mask: null } inpaint && await ReadAsync(request, 1, cancel) is { } mask) init = init with { Inpaint = inpaint with { Mask = mask } };
        return image with { Init = init with { Picture = picture } };
    }

    private async Task<Bitmap?> ReadAsync(Guid request, int index, CancellationToken cancel) =>
        await files.ReadAsync(FileNames.SourceOf(request, index), cancel) is { } bytes ? PictureReader.Decode(bytes, PictureLimits.Own).Bitmap : null;

    private static Bitmap Bounded(Bitmap picture, int most)
    {
        var longest = Math.Max(picture.Width, picture.Height);
        if (longest <= most) return picture;
        return Resampling.Resize(picture, Math.Max(1, (int)((long)picture.Width * most / longest)), Math.Max(1, (int)((long)picture.Height * most / longest)), ResampleFilter.Lanczos);
    }
}
