using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Web.Visitors;

/// <summary>How often somebody may ask: by visitor, and by address, since visitors cost nothing to make.</summary>
internal sealed class VisitorLimits : IDisposable
{
    /// <summary>People behind one address.</summary>
    private const int VisitorsAnAddress = 4;

    /// <summary>Tries of the admin's token in a minute: by address, and from everywhere.</summary>
    private const int TriesOfToken = 5, AllTriesOfToken = 30;

    private readonly PartitionedRateLimiter<(string Visitor, string Address)> messages;
    private readonly PartitionedRateLimiter<string> tokens;

    public VisitorLimits(IOptions<WebOptions> options)
    {
        var most = options.Value.VisitorMessagesPerMinute;
        messages = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<(string Visitor, string Address), string>(who => Bucket(who.Visitor, most)),
            PartitionedRateLimiter.Create<(string Visitor, string Address), string>(who => Bucket(who.Address, most * VisitorsAnAddress)));
        tokens = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<string, string>(address => Bucket(address, TriesOfToken)),
            PartitionedRateLimiter.Create<string, string>(_ => Bucket("all", AllTriesOfToken)));
    }

    /// <summary>Whether this visitor may say one thing more now.</summary>
    public bool AllowsMessage(HttpContext context, string visitor)
    {
        using var lease = messages.AttemptAcquire((visitor, AddressOf(context)));
        return lease.IsAcquired;
    }

    /// <summary>Whether somebody there may try another token now.</summary>
    public bool AllowsTokenTry(HttpContext context)
    {
        using var lease = tokens.AttemptAcquire(AddressOf(context));
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        messages.Dispose();
        tokens.Dispose();
    }

    private static RateLimitPartition<string> Bucket(string key, int most) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = most,
        TokensPerPeriod = Math.Max(1, most / 6),
        ReplenishmentPeriod = TimeSpan.FromSeconds(most >= 6 ? 10 : 60.0 / most),
        QueueLimit = 0,
    });

    /// <summary>An IPv4 address, or the network of an IPv6 one: a household has 2^64 of these.</summary>
    private static string AddressOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }
}
