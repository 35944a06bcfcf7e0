namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>
/// Which host to ask (Interface_field_description): the first, until it fails; then the next for five minutes. One for all accounts, that each need not find out anew.
/// </summary>
internal sealed class ApiHosts(IEnumerable<string> configured, TimeProvider clock)
{
    private static readonly string[] weChats =
        ["https://api.weixin.qq.com", "https://api2.weixin.qq.com", "https://sh.api.weixin.qq.com", "https://sz.api.weixin.qq.com", "https://hk.api.weixin.qq.com"];

    private static readonly TimeSpan away = TimeSpan.FromMinutes(5);

    private readonly string[] hosts = configured.ToArray() is { Length: > 0 } some ? [.. some.Select(host => host.TrimEnd('/'))] : weChats;
    private readonly Lock gate = new();
    private int preferred;
    private DateTimeOffset until;

    /// <summary>All of them, for a message.</summary>
    public string All => string.Join(", ", hosts);

    /// <summary>The one to ask now, without a slash at its end.</summary>
    public string Current
    {
        get
        {
            lock (gate)
            {
                if (preferred != 0 && clock.GetUtcNow() >= until) preferred = 0;
                return hosts[preferred];
            }
        }
    }

    /// <summary>It did not answer. Of many calls that found out, one moves on.</summary>
    public void Failed(string host)
    {
        lock (gate)
        {
            if (hosts[preferred] != host) return;
            preferred = (preferred + 1) % hosts.Length;
            until = clock.GetUtcNow() + away;
        }
    }
}
