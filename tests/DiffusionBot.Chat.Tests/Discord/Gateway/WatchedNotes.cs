using DiffusionBot.Chat.Tests.Support;
using DiffusionBot.FakeDiscord;

namespace DiffusionBot.Chat.Tests.Discord.Gateway;

/// <summary>Notes that tell when one is written.</summary>
internal sealed class WatchedNotes(MemoryNotes notes) : ISharedNotes
{
    public MemoryNotes Inner => notes;

    /// <summary>What was written.</summary>
    public Feed<(string Key, string Value)> Written { get; } = new();

    public Task<(string Key, string Value)> WrittenAsync(string key, string part = "") =>
        Written.NextAsync(w => w.Key == key && w.Value.Contains(part, StringComparison.Ordinal), TestContext.Current.CancellationToken);

    public bool AreShared => notes.AreShared;

    public string KeyOf(string userId, string what) => notes.KeyOf(userId, what);

    public Task<SharedNote?> FindAsync(string key, CancellationToken cancel) => notes.FindAsync(key, cancel);

    public async Task<(SharedNote Note, bool IsNew)> AddAsync(string key, string value, TimeSpan keptFor, CancellationToken cancel)
    {
        var added = await notes.AddAsync(key, value, keptFor, cancel);
        if (added.IsNew) Written.Add((key, value));
        return added;
    }

    public async Task<SharedNote?> ReplaceAsync(SharedNote found, string value, TimeSpan keptFor, CancellationToken cancel)
    {
        var written = await notes.ReplaceAsync(found, value, keptFor, cancel);
        if (written is not null) Written.Add((found.Key, value));
        return written;
    }

    public async Task SetAsync(string key, string value, TimeSpan keptFor, CancellationToken cancel)
    {
        await notes.SetAsync(key, value, keptFor, cancel);
        Written.Add((key, value));
    }

    public Task RemoveAsync(string key, CancellationToken cancel) => notes.RemoveAsync(key, cancel);
}
