using System.Collections.Concurrent;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Generation.Jobs;

/// <summary>A sign of life of a request, in this process.</summary>
/// <param name="RequestId">Of which.</param>
/// <param name="UserId">Whose.</param>
/// <param name="State">How far.</param>
/// <param name="Step">Steps finished, over all its images.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Left">How long it will take still; null where nothing was measured yet.</param>
/// <param name="Preview">A small PNG of what is there already; null where nobody looks or there is none.</param>
public sealed record RequestProgress(Guid RequestId, string UserId, RequestState State, int Step, int Steps, TimeSpan? Left, byte[]? Preview = null)
{
    /// <summary>Its row as it was when its drawing began, or when it was called off; null of one that only came to wait.</summary>
    public StoredRequest? Request { get; init; }
}

/// <summary>Passes signs of life on to whoever looks, within this process. Nothing is kept but the latest.</summary>
public sealed class ProgressFeed
{
    private readonly ConcurrentDictionary<long, Action<RequestProgress>> watchers = new();
    private readonly ConcurrentDictionary<Guid, RequestProgress> latest = new();
    private long lastWatcher;

    /// <summary>Whether anybody looks: previews are drawn only then.</summary>
    public bool IsWatched => !watchers.IsEmpty;

    /// <summary>Calls back at every sign of life of any request, on the drawing thread: be quick. Dispose to stop.</summary>
    public IDisposable Watch(Action<RequestProgress> watcher)
    {
        var id = Interlocked.Increment(ref lastWatcher);
        watchers[id] = watcher;
        return new Watching(() => watchers.TryRemove(id, out _));
    }

    /// <summary>The latest of a request that is being drawn here; null where it is not.</summary>
    public RequestProgress? Latest(Guid request) => latest.GetValueOrDefault(request);

    /// <summary>Tells everybody. A request that has ended is forgotten after.</summary>
    public void Publish(RequestProgress progress)
    {
        if (progress.State == RequestState.Drawing) latest[progress.RequestId] = progress;
        else latest.TryRemove(progress.RequestId, out _);
        foreach (var watcher in watchers.Values) watcher(progress);
    }

    private sealed class Watching(Action stop) : IDisposable
    {
        public void Dispose() => stop();
    }
}
