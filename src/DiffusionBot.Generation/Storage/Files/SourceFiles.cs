using DiffusionBot.Engine;
using DiffusionBot.Imaging;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Storage.Files;

/// <summary>The pictures that orders draw from, and their masks: files beside those that are drawn, which go with their request.</summary>
internal sealed class SourceFiles(IFileStore files, BotDatabase database, TimeProvider clock)
{
    /// <summary>The folder of its files.</summary>
    internal const string Folder = "sources";

    /// <summary>Longest edge of what is kept: what is drawn is no larger.</summary>
    private const int MostEdge = 2048;

    /// <summary>Longest edge of a picture that gets the masked part back, at its own size.</summary>
    private const int MostEdgeOfWhole = 4096;

    private const int Fast = 1;

    /// <summary>The order with its pictures in files instead of memory; larger ones than are of use, smaller.</summary>
    public async Task<DrawingOrder> KeepAsync(DrawingOrder order, CancellationToken cancel)
    {
        if (order.Image.Init is not { Picture: { } picture } init) return order;
        var most = init.Inpaint is { Area: InpaintArea.OnlyMasked } ? MostEdgeOfWhole : MostEdge;
        var names = new List<string>();
        foreach (var bitmap in new[] { picture, init.Inpaint?.Mask })
        {
            if (bitmap is null) continue;
            var name = $"{Folder}/{clock.GetUtcNow():yyyy-MM-dd}/{Guid.CreateVersion7(clock.GetUtcNow()):N}.png";
            await files.WriteAsync(name, await Task.Run(() => PictureWriter.Png(Bounded(bitmap, most), null, Fast), cancel), cancel);
            names.Add(name);
        }
        return order with { Sources = names };
    }

    /// <summary>The order's request with its pictures in memory; one whose file is gone has none.</summary>
    public async Task<ImageRequest> LoadAsync(DrawingOrder order, CancellationToken cancel)
    {
        if (order.Image.Init is not { } init || order.Sources is not [var first, ..] sources || await ReadAsync(first, cancel) is not { } picture) return order.Image;
        init = init with { Picture = picture };
        if (init.Inpaint is { } inpaint && sources is [_, var second]) init = init with { Inpaint = inpaint with { Mask = await ReadAsync(second, cancel) } };
        return order.Image with { Init = init };
    }

    /// <summary>Removes what was kept for an order that comes to nothing.</summary>
    public async Task DeleteAsync(DrawingOrder order)
    {
        foreach (var name in order.Sources ?? []) await files.DeleteAsync(name);
    }

    /// <summary>Removes those that no request names: what a process left that died before it wrote its row.</summary>
    /// <param name="before">Younger ones may be about to get their row.</param>
    public async Task RemoveOrphansAsync(DateTime before)
    {
        foreach (var name in await files.OlderAsync(Folder, before))
        {
            if (!await database.ReadAsync(db => db.Requests.AnyAsync(r => r.Order.Contains(name)))) await files.DeleteAsync(name);
        }
    }

    private static Bitmap Bounded(Bitmap picture, int most)
    {
        var longest = Math.Max(picture.Width, picture.Height);
        if (longest <= most) return picture;
        return Resampling.Resize(picture, Math.Max(1, (int)((long)picture.Width * most / longest)), Math.Max(1, (int)((long)picture.Height * most / longest)), ResampleFilter.Lanczos);
    }

    private async Task<Bitmap?> ReadAsync(string name, CancellationToken cancel) =>
        await files.ReadAsync(name, cancel) is { } bytes ? await Task.Run(() => PictureReader.Decode(bytes, PictureLimits.Own).Bitmap, cancel) : null;
}
