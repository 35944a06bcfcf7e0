using System.Net;

namespace DiffusionBot.Chat.Fetching;

/// <summary>How platforms are called.</summary>
internal static class Network
{
    /// <summary>Follows no redirects, which could lead anywhere; keeps no cookies; tells nobody what it belongs to.</summary>
    public static SocketsHttpHandler NewHandler() => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),   // hosts move
        ConnectTimeout = TimeSpan.FromSeconds(5),
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.All,
    };
}
