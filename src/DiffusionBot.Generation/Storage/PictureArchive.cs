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
    /// <summary>A picture by its public name, with its request; null where there is none.</summary>
    public Task<StoredPicture?> FindByTokenAsync(string token, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>A picture by its id, with its request; null where there is none.</summary>
    public Task<StoredPicture?> FindPictureAsync(Guid id, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>A request by its id, with its pictures; null where there is none.</summary>
    public Task<StoredRequest?> FindRequestAsync(Guid id, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>A request by its code, any case, with its pictures; null where there is none.</summary>
    public Task<StoredRequest?> FindByCodeAsync(string code, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>The user's requests, newest first, with their pictures.</summary>
    public Task<IReadOnlyList<StoredRequest>> HistoryAsync(string userId, int take = 10, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>A page of the gallery.</summary>
    public Task<GalleryPage> SearchAsync(GalleryQuery query, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>The picture whose perceptual hash is nearest, with its request; null where none is near enough.</summary>
    /// <param name="hash">Of the picture at hand.</param>
    /// <param name="mostBits">How many of 64 bits may differ.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<StoredPicture?> FindLikeAsync(ulong hash, int mostBits, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>What a picture comes from, nearest first: its parent, the parent's parent ... each with its request.</summary>
    public Task<IReadOnlyList<StoredPicture>> AncestorsAsync(StoredPicture picture, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>The stored original; null where its file was removed.</summary>
    public Task<byte[]?> ReadAsync(StoredPicture picture, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Shows a picture in the public gallery, or no more.</summary>
    public Task SetPublicAsync(Guid picture, bool isPublic, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Removes a request that has ended, with its pictures, files and replies. False where there is none or it has not ended.</summary>
    public Task<bool> DeleteAsync(Guid request, CancellationToken cancel = default) => throw new NotSupportedException();
}
