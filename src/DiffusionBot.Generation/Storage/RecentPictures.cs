using System.Security.Cryptography;
using System.Text;

namespace DiffusionBot.Generation.Storage;

/// <summary>The last picture that a user sent, for a while: "draw that one differently" may come in a message of its own, on another host.</summary>
public sealed class RecentPictures
{
    /// <summary>The folder of its files.</summary>
    internal const string Folder = "recent";

    /// <summary>How long a picture may lie back.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    private readonly IFileStore files;
    private readonly NoteStore notes;
    private readonly TimeProvider clock;

    internal RecentPictures(IFileStore files, NoteStore notes, TimeProvider clock) => (this.files, this.notes, this.clock) = (files, notes, clock);

    /// <summary>Keeps a picture in place of the one before.</summary>
    /// <param name="userId">Who sent it.</param>
    /// <param name="bytes">The file, as it came.</param>
    /// <param name="cancel">Before it is written.</param>
    public async Task KeepAsync(string userId, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        var name = NameOf(userId);
        await files.WriteAsync(name, bytes, cancel);
        // Behind the file: what the note names is there.
        await notes.SetAsync(KeyOf(userId), name, KeptFor, cancel);
    }

    /// <summary>The user's last picture; null where there is none of the last minutes.</summary>
    public async Task<byte[]?> FindAsync(string userId, CancellationToken cancel) =>
        await notes.FindAsync(KeyOf(userId), cancel) is { } note ? await files.ReadAsync(note.Value, cancel) : null;

    /// <summary>Removes a user's.</summary>
    public async Task ForgetAsync(string userId, CancellationToken cancel)
    {
        await notes.RemoveAsync(KeyOf(userId), cancel);
        await files.DeleteAsync(NameOf(userId), cancel);
    }

    /// <summary>Removes those that are too old to be found.</summary>
    internal async Task TidyAsync()
    {
        foreach (var name in await files.OlderAsync(Folder, clock.GetUtcNow().UtcDateTime - KeptFor)) await files.DeleteAsync(name);
    }

    private static string KeyOf(string userId) => NoteStore.KeyOf(userId, "recent-picture");

    // A user's id is no file's name, and nobody else's business.
    private static string NameOf(string userId) => $"{Folder}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(userId)))}.bin";
}
