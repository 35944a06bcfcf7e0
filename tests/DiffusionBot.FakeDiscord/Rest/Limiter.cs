using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>Limits: so many calls of a route (per channel, guild, or webhook) in a window that the first of them begins, and so many of all a second.</summary>
internal sealed class Limiter(int globalLimit, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (int Limit, TimeSpan Window, string Bucket)> rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Used, DateTimeOffset Ends)> windows = new(StringComparer.Ordinal);
    private readonly Queue<DateTimeOffset> calls = new();

    /// <summary>Routes with the same bucket share it.</summary>
    public void Set(string route, int limit, TimeSpan window, string? bucket)
    {
        lock (gate) rules[route] = (limit, window, bucket ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(route)))[..20]);
    }

    /// <summary>Counts a call, writes what it is to know into the headers, and answers 429 where it is one too many.</summary>
    public ApiAnswer? Count(string route, string major, bool isInteraction, IHeaderDictionary headers)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (!isInteraction)
            {
                while (calls.TryPeek(out var first) && first + TimeSpan.FromSeconds(1) <= now) calls.Dequeue();
                if (calls.Count >= globalLimit) return Refuse(headers, calls.Peek() + TimeSpan.FromSeconds(1) - now, "global");
                calls.Enqueue(now);
            }
            if (!rules.TryGetValue(route, out var rule)) return null;
            var key = rule.Bucket + major;
            var window = windows.TryGetValue(key, out var known) && known.Ends > now ? known : (Used: 0, Ends: now + rule.Window);
            var isOver = window.Used >= rule.Limit;
            if (!isOver) window.Used++;
            windows[key] = window;
            headers["X-RateLimit-Limit"] = Text(rule.Limit);
            headers["X-RateLimit-Remaining"] = Text(rule.Limit - window.Used);
            headers["X-RateLimit-Reset"] = Text(window.Ends.ToUnixTimeMilliseconds() / 1000.0);
            headers["X-RateLimit-Reset-After"] = Text((window.Ends - now).TotalSeconds);
            headers["X-RateLimit-Bucket"] = rule.Bucket;
            return isOver ? Refuse(headers, window.Ends - now, "user") : null;
        }
    }

    public static ApiAnswer Refuse(IHeaderDictionary headers, TimeSpan wait, string scope)
    {
        headers.RetryAfter = Text(Math.Ceiling(wait.TotalSeconds));
        headers["X-RateLimit-Scope"] = scope;
        if (scope == "global") headers["X-RateLimit-Global"] = "true";
        return new ApiAnswer(429, new JsonObject
        {
            ["message"] = scope == "shared" ? "The resource is being rate limited." : "You are being rate limited.",
            ["retry_after"] = Math.Ceiling(wait.TotalSeconds * 1000) / 1000,
            ["global"] = scope == "global",
        });
    }

    private static string Text(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}
