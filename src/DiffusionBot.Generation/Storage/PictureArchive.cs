using DiffusionBot.Engine;
using DiffusionBot.Generation.Storage.Files;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Storage;

/// <summary>What to look for in the gallery.</summary>
public sealed record GalleryQuery
{
    /// <summary>Words that must all occur in the prompt, any case; null: any prompt.</summary>
    public string? Words { get; init; }

    /// <summary>The model's name, or a part of it; null: any.</summary>
    public string? Model { get; init; }

    /// <summary>Null: any.</summary>
    public long? Seed { get; init; }

    /// <summary>Only this user's, public or not; null: everybody's public ones.</summary>
    public string? UserId { get; init; }

    /// <summary>0 for the first page.</summary>
    public int Page { get; init; }

    /// <summary>1 to 100. Default 24.</summary>
    public int PageSize { get; init; } = 24;
}

/// <summary>A page of pictures, newest first.</summary>
/// <param name="Pictures">At most the page's size.</param>
/// <param name="Total">On all pages.</param>
public sealed record GalleryPage(IReadOnlyList<StoredPicture> Pictures, int Total);

/// <summary>What was drawn, found again. Rows come detached: changing them changes nothing.</summary>
public sealed class PictureArchive
{
    private const int MostWords = 16, MostAncestors = 50, MostNear = 8;

    private readonly BotDatabase database;
    private readonly IFileStore files;
    private readonly SourceFiles sources;
    private readonly HashIndex hashes;
    private readonly RequestRemoval removal;

    internal PictureArchive(BotDatabase database, IFileStore files, SourceFiles sources, HashIndex hashes, RequestRemoval removal) =>
        (this.database, this.files, this.sources, this.hashes, this.removal) = (database, files, sources, hashes, removal);

    /// <summary>A picture by its public name, with its request; null where there is none.</summary>
    public Task<StoredPicture?> FindByTokenAsync(string token, CancellationToken cancel = default) =>
        database.ReadAsync(db => db.Pictures.Include(p => p.Request).FirstOrDefaultAsync(p => p.Token == token, cancel));

    /// <summary>A picture by its id, with its request; null where there is none.</summary>
    public Task<StoredPicture?> FindPictureAsync(Guid id, CancellationToken cancel = default) =>
        database.ReadAsync(db => db.Pictures.Include(p => p.Request).FirstOrDefaultAsync(p => p.Id == id, cancel));

    /// <summary>The request of an order, with the picture that it draws from, if that is still there.</summary>
    public Task<ImageRequest> ImageOfAsync(DrawingOrder order, CancellationToken cancel = default) => sources.LoadAsync(order, cancel);

    /// <summary>A request by its id, with its pictures; null where there is none.</summary>
    public Task<StoredRequest?> FindRequestAsync(Guid id, CancellationToken cancel = default) =>
        database.ReadAsync(db => WithPictures(db).FirstOrDefaultAsync(r => r.Id == id, cancel));

    /// <summary>A request by its code, any case, with its pictures; null where there is none.</summary>
    public Task<StoredRequest?> FindByCodeAsync(string code, CancellationToken cancel = default)
    {
        var written = code.Trim().ToUpperInvariant();
        return database.ReadAsync(db => WithPictures(db).FirstOrDefaultAsync(r => r.Code == written, cancel));
    }

    /// <summary>The user's requests, newest first, with their pictures.</summary>
    public Task<IReadOnlyList<StoredRequest>> HistoryAsync(string userId, int take = 10, CancellationToken cancel = default) => database.ReadAsync<IReadOnlyList<StoredRequest>>(async db =>
        await WithPictures(db).Where(r => r.UserId == userId).OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id).Take(take).ToListAsync(cancel));

    /// <summary>Requests that were given up, of everybody, latest first, with their reasons.</summary>
    public Task<IReadOnlyList<StoredRequest>> FailedAsync(int take = 20, CancellationToken cancel = default) => database.ReadAsync<IReadOnlyList<StoredRequest>>(async db =>
        await db.Requests.AsNoTracking().Where(r => r.State == RequestState.Failed).OrderByDescending(r => r.FinishedAt).ThenByDescending(r => r.Id).Take(take).ToListAsync(cancel));

    /// <summary>A page of the gallery.</summary>
    public Task<GalleryPage> SearchAsync(GalleryQuery query, CancellationToken cancel = default) => database.ReadAsync(async db =>
    {
        var found = query.UserId is { } user ? db.Pictures.Where(p => p.UserId == user) : db.Pictures.Where(p => p.IsPublic);
        foreach (var word in (query.Words ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(MostWords))
        {
            var pattern = StoredText.Containing(word);
            found = found.Where(p => EF.Functions.Like(p.SearchPrompt, pattern, "\\"));
        }
        if (!string.IsNullOrWhiteSpace(query.Model))
        {
            var pattern = StoredText.Containing(query.Model.Trim());
            found = found.Where(p => EF.Functions.Like(p.SearchModel, pattern, "\\"));
        }
        if (query.Seed is { } seed) found = found.Where(p => p.Seed == seed);
        var (size, page) = (Math.Clamp(query.PageSize, 1, 100), Math.Clamp(query.Page, 0, 1_000_000));
        var pictures = await found.Include(p => p.Request).OrderByDescending(p => p.CreatedAt).ThenByDescending(p => p.RequestId).ThenBy(p => p.Index)
            .Skip(page * size).Take(size).ToListAsync(cancel);
        return new GalleryPage(pictures, await found.CountAsync(cancel));
    });

    /// <summary>The picture whose perceptual hash is nearest, with its request; null where none is near enough.</summary>
    /// <param name="hash">Of the picture at hand.</param>
    /// <param name="mostBits">How many of 64 bits may differ.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<StoredPicture?> FindLikeAsync(ulong hash, int mostBits, CancellationToken cancel = default)
    {
        // Another host may just have removed the nearest: then the next one is.
        foreach (var id in await hashes.NearestAsync(hash, mostBits, MostNear, cancel))
        {
            if (await FindPictureAsync(id, cancel) is { } picture) return picture;
        }
        return null;
    }

    /// <summary>What a picture comes from, nearest first: its parent, the parent's parent ... each with its request.</summary>
    public async Task<IReadOnlyList<StoredPicture>> AncestorsAsync(StoredPicture picture, CancellationToken cancel = default)
    {
        var ancestors = new List<StoredPicture>();
        var request = picture.Request ?? await database.ReadAsync(db => db.Requests.FirstOrDefaultAsync(r => r.Id == picture.RequestId, cancel));
        while (request?.ParentId is { } parent && ancestors.Count < MostAncestors)
        {
            if (await FindPictureAsync(parent, cancel) is not { } found) break;
            ancestors.Add(found);
            request = found.Request;
        }
        return ancestors;
    }

    /// <summary>The stored original; null where its file was removed.</summary>
    public Task<byte[]?> ReadAsync(StoredPicture picture, CancellationToken cancel = default) => files.ReadAsync(picture.FileName, cancel);

    /// <summary>Shows a picture in the public gallery, or no more.</summary>
    public Task SetPublicAsync(Guid picture, bool isPublic, CancellationToken cancel = default) => database.WriteAsync(
        db => db.Pictures.Where(p => p.Id == picture).ExecuteUpdateAsync(set => set.SetProperty(p => p.IsPublic, isPublic)), cancel);

    /// <summary>Removes a request that has ended, with its pictures, files and replies. False where there is none or it has not ended.</summary>
    public async Task<bool> DeleteAsync(Guid request, CancellationToken cancel = default)
    {
        var removed = await database.WriteAsync(async db =>
        {
            var hasEnded = await db.Requests.AnyAsync(r => r.Id == request && r.State >= RequestState.Done);
            if (hasEnded) await RequestRemoval.RemoveAsync(db, [request]);
            return hasEnded;
        }, cancel);
        if (removed) await removal.SweepAsync();
        return removed;
    }

    private static IQueryable<StoredRequest> WithPictures(BotContext db) => db.Requests.Include(r => r.Pictures.OrderBy(p => p.Index));
}
