using DiffusionBot.Chat.Discord.Rest;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>
/// Lets sessions begin one after another, five seconds apart where Discord wants that, and none when they are used up: Discord takes the token away from a bot that begins more.
/// It is asked before each one, since others may have begun some too, and what it did not count yet is counted here.
/// </summary>
internal sealed class IdentifyGate(DiscordRest rest, DiscordOptions options, TimeProvider clock, Func<double> random, ILogger log) : IDisposable
{
    // Half a second more: the second of two may be faster on its way.
    private static readonly TimeSpan apart = TimeSpan.FromSeconds(5.5), leastWait = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim turn = new(1);
    private readonly Dictionary<int, DateTimeOffset> next = [];
    private int left;
    private DateTimeOffset leftUntil;

    /// <summary>What Discord says now; asks until it says something.</summary>
    /// <exception cref="DiscordException">It refuses for good.</exception>
    public async Task<GatewayInfo> AskAsync(CancellationToken cancel)
    {
        for (var failures = 1; ; failures++)
        {
            string problem;
            TimeSpan? wait = null;
            try
            {
                var json = await rest.SendAsync(DiscordRoute.GatewayBot, cancel);
                if (GatewayInfo.Of(json) is { } info) return options.GatewayUrl is { } other ? info with { Url = new Uri(other) } : info;
                problem = "GET /gateway/bot was answered without url, shards or session_start_limit";
            }
            catch (DiscordException e) when (e.MayPass)
            {
                (problem, wait) = (e.Message, e.RetryAfter);
            }
            var pause = Backoff.Of(failures, random);
            if (wait > pause) pause = wait.Value;
            GatewayLog.NotReached(log, problem, pause);
            await Task.Delay(pause, clock, cancel);
        }
    }

    /// <summary>Leave to begin one session, now.</summary>
    /// <exception cref="DiscordException">Discord refuses for good.</exception>
    public async Task<Permit> EnterAsync(int shard, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        var isIn = false;
        try
        {
            while (true)
            {
                var info = await AskAsync(cancel);
                var now = clock.GetUtcNow();
                var (remaining, wait) = now < leftUntil && left < info.Remaining ? (left, leftUntil - now) : (info.Remaining, info.ResetAfter);
                if (remaining > 0)
                {
                    var key = shard % info.MaxConcurrency;
                    if (next.TryGetValue(key, out var earliest) && earliest > now) await Task.Delay(earliest - now, clock, cancel);
                    isIn = true;
                    return new Permit(info.Url, () => Sent(key, remaining, info.ResetAfter), turn);
                }
                if (wait < leastWait) wait = leastWait;
                GatewayLog.UsedUp(log, wait);
                await Task.Delay(wait, clock, cancel);
            }
        }
        finally
        {
            if (!isIn) turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private void Sent(int key, int remaining, TimeSpan resetAfter)
    {
        var now = clock.GetUtcNow();
        next[key] = now + apart;
        (left, leftUntil) = (remaining - 1, now + resetAfter);
    }

    /// <summary>Leave to begin a session: the next one waits until it was used, or given back.</summary>
    internal sealed class Permit(Uri url, Action sent, SemaphoreSlim turn) : IDisposable
    {
        private bool isUsed, isOver;

        public Uri Url => url;

        /// <summary>To be called before the session is asked for: from then on it counts.</summary>
        public void Use()
        {
            if (isUsed) return;
            isUsed = true;
            sent();
            Dispose();
        }

        public void Dispose()
        {
            if (isOver) return;
            isOver = true;
            turn.Release();
        }
    }
}
