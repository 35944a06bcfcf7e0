namespace DiffusionBot.Generation.Storage;

/// <summary>Conversations that this program itself shows, kept so that they outlive the process.</summary>
public sealed class Transcript
{
    /// <summary>Calls back with the conversation's name after a line was written by this process, on the writer's thread: be quick. Dispose to stop.</summary>
    public IDisposable Watch(Action<string> watcher) => throw new NotSupportedException();

    /// <summary>Writes a line, once for each key. Returns whether it is new.</summary>
    public Task<bool> AppendAsync(string conversation, string key, string body, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Lines after a place, oldest first.</summary>
    public Task<IReadOnlyList<TranscriptEntry>> AfterAsync(string conversation, long after, int take, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>The newest lines before a place, oldest first; null: the very newest.</summary>
    public Task<IReadOnlyList<TranscriptEntry>> BeforeAsync(string conversation, long? before, int take, CancellationToken cancel = default) => throw new NotSupportedException();
}
