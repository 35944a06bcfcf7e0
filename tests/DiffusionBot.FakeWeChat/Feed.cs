namespace DiffusionBot.FakeWeChat;

/// <summary>A stream of what happened: read in full at any time, or awaited one by one.</summary>
public sealed class Feed<T>
{
    private readonly Lock gate = new();
    private readonly List<T> all = [], untaken = [];
    private readonly List<(Func<T, bool> Wants, TaskCompletionSource<T> Told)> waiting = [];

    /// <summary>All of it so far, taken or not, oldest first.</summary>
    public IReadOnlyList<T> All
    {
        get
        {
            lock (gate) return [.. all];
        }
    }

    /// <summary>Called in order, before whoever did it has an answer.</summary>
    internal Action<T>? Added { get; set; }

    /// <summary>Takes the oldest that nobody took yet, or awaits it. What is not wanted stays for others.</summary>
    /// <param name="wants">Null: anything.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<T> NextAsync(Func<T, bool>? wants = null, CancellationToken cancel = default)
    {
        wants ??= _ => true;
        var told = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            var index = untaken.FindIndex(item => wants(item));
            if (index >= 0)
            {
                var item = untaken[index];
                untaken.RemoveAt(index);
                return item;
            }
            waiting.Add((wants, told));
        }
        using var end = cancel.Register(() =>
        {
            lock (gate) waiting.RemoveAll(w => w.Told == told);
            told.TrySetCanceled(cancel);
        });
        return await told.Task;
    }

    internal void Add(T item)
    {
        lock (gate)
        {
            all.Add(item);
            Added?.Invoke(item);
            var index = waiting.FindIndex(w => w.Wants(item));
            if (index < 0)
            {
                untaken.Add(item);
                return;
            }
            var told = waiting[index].Told;
            waiting.RemoveAt(index);
            told.TrySetResult(item);
        }
    }
}
