using System.Globalization;

namespace DiffusionBot.Chat.Tests.Support;

/// <summary>Notes of one process, which several hosts of a test may share.</summary>
internal sealed class MemoryNotes(TimeProvider clock) : ISharedNotes
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (SharedNote Note, DateTimeOffset Until)> notes = new(StringComparer.Ordinal);
    private int version;

    public bool AreShared { get; init; } = true;

    /// <summary>All that stands there now.</summary>
    public IReadOnlyList<SharedNote> All
    {
        get
        {
            lock (gate) return [.. notes.Keys.ToArray().Select(Find).OfType<SharedNote>()];
        }
    }

    public string KeyOf(string userId, string what) => $"{userId} {what}";

    public Task<SharedNote?> FindAsync(string key, CancellationToken cancel)
    {
        lock (gate) return Task.FromResult(Find(key));
    }

    public Task<(SharedNote Note, bool IsNew)> AddAsync(string key, string value, TimeSpan keptFor, CancellationToken cancel)
    {
        lock (gate) return Task.FromResult(Find(key) is { } found ? (found, false) : (Write(key, value, keptFor), true));
    }

    public Task<SharedNote?> ReplaceAsync(SharedNote found, string value, TimeSpan keptFor, CancellationToken cancel)
    {
        lock (gate) return Task.FromResult(Find(found.Key)?.Version == found.Version ? Write(found.Key, value, keptFor) : null);
    }

    public Task SetAsync(string key, string value, TimeSpan keptFor, CancellationToken cancel)
    {
        lock (gate) Write(key, value, keptFor);
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string key, CancellationToken cancel)
    {
        lock (gate) notes.Remove(key);
        return Task.CompletedTask;
    }

    private SharedNote? Find(string key) => notes.TryGetValue(key, out var kept) && clock.GetUtcNow() < kept.Until ? kept.Note : null;

    private SharedNote Write(string key, string value, TimeSpan keptFor)
    {
        Assert.True(key.Length <= 200, key);
        var note = new SharedNote(key, value, (++version).ToString(CultureInfo.InvariantCulture));
        notes[key] = (note, clock.GetUtcNow() + keptFor);
        return note;
    }
}
