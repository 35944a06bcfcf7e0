using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace DiffusionBot.Generation.Storage;

/// <summary>Conversations that this program itself shows, kept so that they outlive the process.</summary>
public sealed class Transcript
{
    private readonly ConcurrentDictionary<Watching, Action<string>> watchers = new();
    private readonly BotDatabase database;
    private readonly TimeProvider clock;

    internal Transcript(BotDatabase database, TimeProvider clock) => (this.database, this.clock) = (database, clock);

    /// <summary>Calls back with the conversation's name after a line was written by this process, on the writer's thread: be quick. Dispose to stop.</summary>
    public IDisposable Watch(Action<string> watcher)
    {
        var watching = new Watching(this);
        watchers[watching] = watcher;
        return watching;
    }

    /// <summary>Writes a line, once for each key. Returns whether it is new.</summary>
    public async Task<bool> AppendAsync(string conversation, string key, string body, CancellationToken cancel = default)
    {
        var (clean, now) = (StoredText.Clean(body), clock.GetUtcNow().UtcDateTime);
        var added = await database.WriteAsync(db => db.Database.ExecuteSqlAsync($"""
            INSERT INTO "Transcript" ("Conversation", "Key", "Body", "CreatedAt") VALUES ({conversation}, {key}, {clean}, {now}) ON CONFLICT ("Conversation", "Key") DO NOTHING
            """), cancel);
        if (added == 0) return false;
        foreach (var watcher in watchers.Values) watcher(conversation);
        return true;
    }

    /// <summary>Lines after a place, oldest first.</summary>
    public Task<IReadOnlyList<TranscriptEntry>> AfterAsync(string conversation, long after, int take, CancellationToken cancel = default) => database.ReadAsync<IReadOnlyList<TranscriptEntry>>(async db =>
        await db.Transcript.Where(t => t.Conversation == conversation && t.Id > after).OrderBy(t => t.Id).Take(take).ToListAsync(cancel));

    /// <summary>The newest lines before a place, oldest first; null: the very newest.</summary>
    public Task<IReadOnlyList<TranscriptEntry>> BeforeAsync(string conversation, long? before, int take, CancellationToken cancel = default) => database.ReadAsync<IReadOnlyList<TranscriptEntry>>(async db =>
    {
        var end = before ?? long.MaxValue;
        var lines = await db.Transcript.Where(t => t.Conversation == conversation && t.Id < end).OrderByDescending(t => t.Id).Take(take).ToListAsync(cancel);
        lines.Reverse();
        return lines;
    });

    private sealed class Watching(Transcript transcript) : IDisposable
    {
        public void Dispose() => transcript.watchers.TryRemove(this, out _);
    }
}
