namespace DiffusionBot.FakeDiscord;

/// <summary>What happened, in order: to be read in full, or awaited one by one.</summary>
public sealed class Feed<T>
{
    private readonly Lock gate = new();
    private readonly List<T> all = [];
    private readonly List<T> fresh = [];
    private readonly List<(Func<T, bool> Wants, TaskCompletionSource<T> Found)> waiting = [];

    /// <summary>All so far, oldest first, whether taken or not.</summary>
    public IReadOnlyList<T> All
    {
        get
        {
            lock (gate) return [.. all];
        }
    }

    /// <summary>Takes the oldest that nobody took and that is wanted, or awaits it.</summary>
    public Task<T> NextAsync(Func<T, bool>? wants = null, CancellationToken cancel = default)
    {
        wants ??= static _ => true;
        lock (gate)
        {
            var index = fresh.FindIndex(item => wants(item));
            if (index >= 0)
            {
                var item = fresh[index];
                fresh.RemoveAt(index);
                return Task.FromResult(item);
            }
            var found = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((wants, found));
            return found.Task.WaitAsync(cancel);
        }
    }

    /// <summary>Adds one; whoever waits for it has it.</summary>
    public void Add(T item)
    {
        lock (gate)
        {
            all.Add(item);
            waiting.RemoveAll(w => w.Found.Task.IsCompleted);
            var index = waiting.FindIndex(w => w.Wants(item));
            if (index < 0) fresh.Add(item);
            else
            {
                waiting[index].Found.TrySetResult(item);
                waiting.RemoveAt(index);
            }
        }
    }
}
