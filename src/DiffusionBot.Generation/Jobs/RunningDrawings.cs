using System.Collections.Concurrent;

namespace DiffusionBot.Generation.Jobs;

/// <summary>Why a drawing was stopped before its end.</summary>
internal enum StopReason
{
    None,

    /// <summary>Its user, or a moderator.</summary>
    Cancelled,

    /// <summary>The process ends: the request goes back into the queue.</summary>
    HostStops,

    /// <summary>Its row is gone, or another host has it.</summary>
    RowLost,
}

/// <summary>What is being drawn in this process, so that it can be stopped at once.</summary>
internal sealed class RunningDrawings
{
    private readonly ConcurrentDictionary<Guid, Running> running = new();
    private bool isStopping;

    /// <summary>Whether the host stops: nothing new is begun.</summary>
    public bool IsStopping
    {
        get => Volatile.Read(ref isStopping);
        set => Volatile.Write(ref isStopping, value);
    }

    /// <summary>Notes a drawing until it is disposed.</summary>
    public Running Begin(Guid request)
    {
        var drawing = running[request] = new Running(this, request);
        if (IsStopping) drawing.Stop(StopReason.HostStops);
        return drawing;
    }

    /// <summary>Stops one, if it is here.</summary>
    public void Stop(Guid request, StopReason reason)
    {
        if (running.TryGetValue(request, out var drawing)) drawing.Stop(reason);
    }

    /// <summary>Stops all that are here.</summary>
    public void StopAll(StopReason reason)
    {
        foreach (var drawing in running.Values) drawing.Stop(reason);
    }

    /// <summary>Waits until nothing is drawn here, but not for ever.</summary>
    public async Task EndAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancel)
    {
        var all = Task.WhenAll(running.Values.Select(r => r.Ended));
        await all.WaitAsync(atMost, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Whether it is being drawn here.</summary>
    public bool Contains(Guid request) => running.ContainsKey(request);

    internal sealed class Running(RunningDrawings owner, Guid request) : IDisposable
    {
        private readonly CancellationTokenSource source = new();
        private readonly Lock gate = new();
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool disposed;

        public Task Ended => ended.Task;

        public CancellationToken Token => source.Token;

        /// <summary>The first that was told.</summary>
        public StopReason Reason { get; private set; }

        public void Stop(StopReason reason)
        {
            lock (gate)
            {
                if (disposed || Reason != StopReason.None) return;
                Reason = reason;
                source.Cancel();
            }
        }

        public void Dispose()
        {
            lock (gate) disposed = true;
            owner.running.TryRemove(KeyValuePair.Create(request, this));
            source.Dispose();
            ended.SetResult();
        }
    }
}
