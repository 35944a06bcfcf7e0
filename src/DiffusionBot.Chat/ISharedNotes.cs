namespace DiffusionBot.Chat;

/// <summary>
/// Small things that adapters must not forget in a crash, and that all hosts see: which messages came already, how often one may still speak, tokens. Each is kept for a
/// while and then is as if it had never been.
/// </summary>
public interface ISharedNotes
{
    /// <summary>Whether other processes may write here now; else what another one wrote is left by a dead one.</summary>
    bool AreShared { get; }

    /// <summary>The key of a note about a user: it goes when the user is forgotten.</summary>
    /// <param name="userId">A <see cref="ChatAuthor.Id"/>.</param>
    /// <param name="what">What it is about.</param>
    string KeyOf(string userId, string what);

    /// <summary>Null where there is none, or none any more.</summary>
    Task<SharedNote?> FindAsync(string key, CancellationToken cancel);

    /// <summary>Writes it where there is none yet. Of several who try at once, one succeeds.</summary>
    /// <param name="key">At most 200 characters.</param>
    /// <param name="value">At most a few thousand characters.</param>
    /// <param name="keptFor">From now on.</param>
    /// <param name="cancel">Before it begins.</param>
    /// <returns>What stands there now, and whether it is this.</returns>
    Task<(SharedNote Note, bool IsNew)> AddAsync(string key, string value, TimeSpan keptFor, CancellationToken cancel);

    /// <summary>Writes over what was found, if it still stands there. Returns what stands there then; null where somebody else changed it.</summary>
    Task<SharedNote?> ReplaceAsync(SharedNote found, string value, TimeSpan keptFor, CancellationToken cancel);

    /// <summary>Writes it, whatever stood there.</summary>
    Task SetAsync(string key, string value, TimeSpan keptFor, CancellationToken cancel);

    /// <summary>Removes it.</summary>
    Task RemoveAsync(string key, CancellationToken cancel);
}

/// <summary>A note as it was found.</summary>
/// <param name="Key">Where it stands.</param>
/// <param name="Value">What it says.</param>
/// <param name="Version">Another one at each writing.</param>
public sealed record SharedNote(string Key, string Value, string Version);
