using DiffusionBot.Chat;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Bot;

/// <summary>Adapters' notes, in the database.</summary>
internal sealed class SharedNotes(NoteStore store) : ISharedNotes
{
    public bool AreShared => store.IsShared;

    public string KeyOf(string userId, string what) => NoteStore.KeyOf(userId, what);

    public async Task<SharedNote?> FindAsync(string key, CancellationToken cancel) => Of(await store.FindAsync(key, cancel));

    public async Task<(SharedNote Note, bool IsNew)> AddAsync(string key, string value, TimeSpan keptFor, CancellationToken cancel)
    {
        var (note, isNew) = await store.AddAsync(key, value, keptFor, cancel);
        return (Of(note)!, isNew);
    }

    public async Task<SharedNote?> ReplaceAsync(SharedNote found, string value, TimeSpan keptFor, CancellationToken cancel) =>
        Of(await store.ReplaceAsync(found.Key, found.Version, value, keptFor, cancel));

    public Task SetAsync(string key, string value, TimeSpan keptFor, CancellationToken cancel) => store.SetAsync(key, value, keptFor, cancel);

    public Task RemoveAsync(string key, CancellationToken cancel) => store.RemoveAsync(key, cancel);

    private static SharedNote? Of(StoredNote? note) => note is null ? null : new SharedNote(note.Key, note.Value, note.Version);
}
