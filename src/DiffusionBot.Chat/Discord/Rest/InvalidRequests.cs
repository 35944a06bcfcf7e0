namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>
/// Counts what Discord counts against an address: 401, 403 and 429, other than 429 of a shared limit. 10,000 within ten minutes shut the address out; at half of that we stop
/// ourselves (topics/rate-limits, invalid request limit).
/// </summary>
internal sealed class InvalidRequests(TimeProvider clock)
{
    public const int Most = 5000;

    private static readonly TimeSpan window = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly Queue<DateTimeOffset> seen = new();

    /// <summary>Counts one. True: the pause begins with it.</summary>
    public bool Count()
    {
        lock (gate)
        {
            Forget();
            // What is on its way when the pause begins is counted too; more than that cannot come.
            seen.Enqueue(clock.GetUtcNow());
            return seen.Count == Most;
        }
    }

    /// <summary>How long nothing may be asked; null: it may.</summary>
    public TimeSpan? Pause()
    {
        lock (gate)
        {
            Forget();
            return seen.Count >= Most ? seen.Peek() + window - clock.GetUtcNow() : null;
        }
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        while (seen.TryPeek(out var first) && first + window <= now) seen.Dequeue();
    }
}
