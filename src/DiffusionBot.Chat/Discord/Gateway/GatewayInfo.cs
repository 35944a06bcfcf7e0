using System.Text.Json;

namespace DiffusionBot.Chat.Discord.Gateway;

/// <summary>What Discord says about connecting (GET /gateway/bot).</summary>
/// <param name="Url">Where to.</param>
/// <param name="Shards">How many connections there should be, 1 to 1000.</param>
/// <param name="Remaining">Sessions that may still be begun.</param>
/// <param name="ResetAfter">How long until they are all there again.</param>
/// <param name="MaxConcurrency">How many may be begun within five seconds.</param>
internal sealed record GatewayInfo(Uri Url, int Shards, int Remaining, TimeSpan ResetAfter, int MaxConcurrency)
{
    private const int MostShards = 1000;

    /// <summary>Null where it makes no sense.</summary>
    public static GatewayInfo? Of(JsonElement json) =>
        UrlOf(json.TextOf("url")) is { } url && json.NumberOf("shards") is >= 1 and <= MostShards and var shards && json.Of("session_start_limit") is { } limit
        && limit.NumberOf("remaining") is >= 0 and var remaining && limit.NumberOf("reset_after") is >= 0 and <= int.MaxValue and var after
            ? new GatewayInfo(url, (int)shards, (int)Math.Min(remaining, int.MaxValue), TimeSpan.FromMilliseconds(after), (int)Math.Clamp(limit.NumberOf("max_concurrency") ?? 1, 1, MostShards))
            : null;

    /// <summary>An address of a gateway; null where it is none.</summary>
    public static Uri? UrlOf(string? text) => text is { Length: <= 500 } && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "ws" or "wss" ? url : null;

    /// <summary>With the version and the encoding that are spoken here.</summary>
    public static Uri ToConnect(Uri url) => new UriBuilder(url) { Query = "v=10&encoding=json" }.Uri;
}
