namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>All calls of the bot together: so many in any second, and none while Discord says so.</summary>
internal sealed class GlobalLimit(int mostPerSecond, TimeProvider clock)
{
    private static readonly TimeSpan second = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Queue<DateTimeOffset> calls = new();
    private DateTimeOffset blockedUntil;

    /// <summary>Waits for leave to call.</summary>
    /// <exception cref="TimeoutException">It would be later than the deadline.</exception>
    public async Task EnterAsync(DateTimeOffset deadline, CancellationToken cancel)
    {
        while (true)
        {
            TimeSpan wait;
            lock (gate)
            {
                var now = clock.GetUtcNow();
                while (calls.TryPeek(out var first) && first + second <= now) calls.Dequeue();
                var next = calls.Count < mostPerSecond ? now : calls.Peek() + second;
                if (blockedUntil > next) next = blockedUntil;
                if (next <= now)
                {
                    calls.Enqueue(now);
                    return;
                }
                if (next > deadline) throw new TimeoutException();
                wait = next - now;
            }
            await Task.Delay(wait, clock, cancel);
        }
    }

    /// <summary>Nobody may call for so long.</summary>
    public void Block(TimeSpan wait)
    {
        lock (gate)
        {
            if (clock.GetUtcNow() + wait is var until && until > blockedUntil) blockedUntil = until;
        }
    }
}
