using System.Globalization;
using System.Net.Http.Headers;

namespace DiffusionBot.Chat.Discord.Rest;

/// <summary>What an answer says about its limit (topics/rate-limits).</summary>
/// <param name="Bucket">Which limit; routes that name the same one share it, per channel, guild or webhook.</param>
/// <param name="Limit">Calls in a window.</param>
/// <param name="Remaining">Of them, still left.</param>
/// <param name="Reset">When the window ends, in seconds since 1970 by Discord's clock: tells windows apart.</param>
/// <param name="ResetAfter">How long until then.</param>
internal sealed record RateHeaders(string Bucket, int Limit, int Remaining, double Reset, TimeSpan ResetAfter)
{
    private static readonly TimeSpan longest = TimeSpan.FromDays(1);

    /// <summary>Null where an answer says nothing, or nothing that makes sense.</summary>
    public static RateHeaders? Of(HttpResponseHeaders headers) =>
        Text(headers, "X-RateLimit-Bucket") is { Length: > 0 and <= 200 } bucket
        && int.TryParse(Text(headers, "X-RateLimit-Limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
        && int.TryParse(Text(headers, "X-RateLimit-Remaining"), NumberStyles.None, CultureInfo.InvariantCulture, out var remaining)
        && Seconds(Text(headers, "X-RateLimit-Reset-After")) is { } after
            ? new RateHeaders(bucket, limit, Math.Min(remaining, limit), Number(Text(headers, "X-RateLimit-Reset")) ?? 0, after)
            : null;

    /// <summary>Of a 429: `Retry-After`, which has whole seconds.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers) => Seconds(Text(headers, "Retry-After"));

    public static string? Scope(HttpResponseHeaders headers) => Text(headers, "X-RateLimit-Scope");

    public static bool IsGlobal(HttpResponseHeaders headers) => Scope(headers) == "global" || Text(headers, "X-RateLimit-Global") is "true";

    /// <summary>Seconds as a duration between nothing and a day; null where it is none.</summary>
    public static TimeSpan? Seconds(double? seconds) => seconds is >= 0 and var some ? some < longest.TotalSeconds ? TimeSpan.FromSeconds(some) : longest : null;

    private static TimeSpan? Seconds(string? text) => Seconds(Number(text));

    private static double? Number(string? text) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static string? Text(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.First() : null;
}
