using System.Collections.Concurrent;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>All limits: a route's bucket is known by its method and template until Discord names it; then by that name.</summary>
internal sealed class RateLimits(int mostPerSecond, TimeProvider clock)
{
    /// <summary>Interactions have buckets of their own, which are useless soon.</summary>
    private const int MostBuckets = 2000;

    private readonly ConcurrentDictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RateBucket> buckets = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly GlobalLimit global = new(mostPerSecond, clock);

    public int Count
    {
        get
        {
            lock (gate) return buckets.Count;
        }
    }

    /// <summary>Waits for leave to call. Whoever got it says later what came of it (<see cref="Leave"/>).</summary>
    /// <exception cref="TimeoutException">It would be later than the deadline.</exception>
    public async Task<RateBucket> EnterAsync(DiscordRoute route, DateTimeOffset deadline, CancellationToken cancel)
    {
        RateBucket bucket;
        do bucket = Of(KeyOf(route));
        while (!await bucket.EnterAsync(deadline, cancel));
        var isIn = false;
        try
        {
            if (!route.IsInteraction) await global.EnterAsync(deadline, cancel);
            isIn = true;
            return bucket;
        }
        finally
        {
            if (!isIn) bucket.Leave(null);
        }
    }

    /// <summary>Says what came of a call.</summary>
    public void Leave(DiscordRoute route, RateBucket entered, RateHeaders? said)
    {
        if (said is null)
        {
            entered.Leave(null);
            return;
        }
        names[route.ToString()] = said.Bucket;
        var now = Of(KeyOf(route), entered);
        entered.Leave(said, moves: now != entered);
        if (now != entered) now.Learn(said);
    }

    /// <summary>Discord asks for a pause (429).</summary>
    public void Block(DiscordRoute route, bool isGlobal, TimeSpan wait)
    {
        if (isGlobal) global.Block(wait);
        else Of(KeyOf(route)).Block(wait);
    }

    private string KeyOf(DiscordRoute route) => $"{(names.TryGetValue(route.ToString(), out var name) ? name : route.ToString())}{route.Major}";

    private RateBucket Of(string key, RateBucket? otherwise = null)
    {
        lock (gate)
        {
            if (buckets.TryGetValue(key, out var bucket)) return bucket;
            if (buckets.Count >= MostBuckets)
            {
                foreach (var idle in buckets.Where(b => b.Value.IsIdle).Select(b => b.Key).ToArray()) buckets.Remove(idle);
            }
            return buckets[key] = otherwise ?? new RateBucket(clock);
        }
    }
}
