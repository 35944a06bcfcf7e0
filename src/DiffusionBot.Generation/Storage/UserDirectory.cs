using DiffusionBot.Engine;

namespace DiffusionBot.Generation.Storage;

/// <summary>Who talks to the bot, and what each of them has chosen.</summary>
public sealed class UserDirectory
{
    /// <summary>The user's row, made at the first message; notes the name and that they were here. Cheap when nothing is new.</summary>
    public Task<StoredUser> GreetAsync(string id, string? name, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>The row of a user who was here before; else null.</summary>
    public Task<StoredUser?> FindAsync(string id, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Keeps personal defaults, names of flags to values; an empty one removes all.</summary>
    public Task SetDefaultsAsync(string id, IReadOnlyDictionary<string, string> defaults, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Keeps the language that a user chose; null: as the platform says.</summary>
    public Task SetLanguageAsync(string id, Language? language, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Blocks a user, or no more.</summary>
    public Task SetBlockedAsync(string id, bool blocked, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>How many pictures a day; null: as everybody.</summary>
    public Task SetDailyPicturesAsync(string id, int? pictures, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Everybody, last seen first.</summary>
    public Task<(IReadOnlyList<StoredUser> Users, int Total)> ListAsync(int page, int pageSize, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Pictures that the user has drawn or has waiting, of the last 24 hours.</summary>
    public Task<int> PicturesTodayAsync(string id, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>
    /// Removes all that is kept of a user: requests (what waits is cancelled, what is being drawn leaves nothing), pictures, files, texts, replies, defaults.
    /// A block stays, by itself. Returns how many pictures went.
    /// </summary>
    public Task<int> ForgetAsync(string id, CancellationToken cancel = default) => throw new NotSupportedException();
}
