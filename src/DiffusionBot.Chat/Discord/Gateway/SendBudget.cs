namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>120 payloads a minute over one connection, some of them kept for heartbeats: Discord hangs up on more.</summary>
internal sealed class SendBudget(TimeProvider clock)
{
    private const int Most = 120, ForHeartbeats = 10;

    private static readonly TimeSpan minute = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private readonly Queue<DateTimeOffset> sent = new();

    /// <summary>Takes one, if there is one.</summary>
    public bool TryTake(bool isHeartbeat) => Take(isHeartbeat) is null;

    /// <summary>Takes one as soon as there is one.</summary>
    public async Task TakeAsync(CancellationToken cancel)
    {
        while (Take(isHeartbeat: false) is { } wait) await Task.Delay(wait, clock, cancel);
    }

    // Null: taken. Else how long it takes until the next try makes sense.
    private TimeSpan? Take(bool isHeartbeat)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            while (sent.TryPeek(out var first) && first + minute <= now) sent.Dequeue();
            if (sent.Count >= (isHeartbeat ? Most : Most - ForHeartbeats)) return sent.Peek() + minute - now;
            sent.Enqueue(now);
            return null;
        }
    }
}
