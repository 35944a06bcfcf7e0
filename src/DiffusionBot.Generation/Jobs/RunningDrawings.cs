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

    /// <summary>Notes a drawing until it is disposed.</summary>
    public Running Begin(Guid request) => running[request] = new Running(this, request);

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

    /// <summary>Whether it is being drawn here.</summary>
    public bool Contains(Guid request) => running.ContainsKey(request);

    internal sealed class Running(RunningDrawings owner, Guid request) : IDisposable
    {
        private readonly CancellationTokenSource source = new();
        private readonly Lock gate = new();
        private bool disposed;

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
        }
    }
}
