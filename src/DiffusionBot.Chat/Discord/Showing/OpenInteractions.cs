using System.Collections.Concurrent;

namespace DiffusionBot.Chat.Discord.Showing;

/// <summary>
/// Interactions that were told to wait and are not answered yet, in this process: another answer that came before the first would take its place
/// (interactions/receiving-and-responding, follow-up messages).
/// </summary>
internal sealed class OpenInteractions
{
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource> open = new();

    /// <summary>From now on it is open; dispose when it is answered, or never will be.</summary>
    public IDisposable Begin(ulong interaction)
    {
        var answered = open.GetOrAdd(interaction, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return new Opened(() =>
        {
            open.TryRemove(interaction, out _);
            answered.TrySetResult();
        });
    }

    /// <summary>Ends when it is not open.</summary>
    public Task UntilAnsweredAsync(ulong interaction, CancellationToken cancel) => open.TryGetValue(interaction, out var answered) ? answered.Task.WaitAsync(cancel) : Task.CompletedTask;

    private sealed class Opened(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
