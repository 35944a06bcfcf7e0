using System.Collections.Concurrent;

namespace DiffusionBot.Chat.Discord.Showing;

/// <summary>
/// Messages that will become results, by what they are about: a promise, progress and the result are written by different hands at any time, and nothing may be written over a
/// result. Within this process; what other hosts write comes from who draws there.
/// </summary>
internal sealed class LiveMessages(TimeProvider clock)
{
    private static readonly TimeSpan kept = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, Live> live = new(StringComparer.Ordinal);
    private long lastSweep = clock.GetTimestamp();

    /// <summary>What is known of a message.</summary>
    internal sealed class Live
    {
        private readonly Lock gate = new();
        private Task turn = Task.CompletedTask;
        private bool isChanging;

        /// <summary>Lines of the promise that stay while it is drawn.</summary>
        public string Notes { get; set; } = "";

        /// <summary>The message's id, where it was told.</summary>
        public ulong? Message { get; set; }

        /// <summary>The result's message, where it was shown.</summary>
        public ulong? Result { get; set; }

        /// <summary>When it was last written; null: never, here.</summary>
        public DateTimeOffset? WrittenAt { get; set; }

        /// <summary>What was told last; null: nothing but the promise.</summary>
        public DrawingSign? Told { get; set; }

        /// <summary>Whether nothing but the result is to be written any more.</summary>
        public bool IsOver { get; set; }

        /// <summary>When somebody last asked for it.</summary>
        public long TouchedAt { get; set; }

        /// <summary>Whether somebody is writing.</summary>
        public bool IsChanging
        {
            get
            {
                lock (gate) return isChanging;
            }
        }

        /// <summary>Writes when it is its turn.</summary>
        public async Task InTurnAsync(Func<Task> write)
        {
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task before;
            lock (gate) (before, turn, isChanging) = (turn, mine.Task, true);
            await before;
            try
            {
                await write();
            }
            finally
            {
                lock (gate) isChanging = turn != mine.Task;
                mine.SetResult();
            }
        }
    }

    /// <summary>Of that request.</summary>
    public Live Of(string reference)
    {
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(Interlocked.Read(ref lastSweep), now) > kept)
        {
            Interlocked.Exchange(ref lastSweep, now);
            foreach (var (old, entry) in live)
            {
                if (clock.GetElapsedTime(entry.TouchedAt, now) > kept) live.TryRemove(old, out _);
            }
        }
        var found = live.GetOrAdd(reference, _ => new Live());
        found.TouchedAt = now;
        return found;
    }

    /// <summary>Writes the promise, or progress; not over a result.</summary>
    public Task ChangeAsync(string reference, Func<Live, Task> write)
    {
        var entry = Of(reference);
        return entry.InTurnAsync(async () =>
        {
            if (entry.IsOver) return;
            // Counted from before: what takes long is not followed at once by more.
            entry.WrittenAt = clock.GetUtcNow();
            await write(entry);
        });
    }

    /// <summary>Writes the result, after what is being written now; from here on nothing else is.</summary>
    public Task FinishAsync(string reference, Func<Live, Task> write)
    {
        var entry = Of(reference);
        entry.IsOver = true;
        return entry.InTurnAsync(() => write(entry));
    }
}
