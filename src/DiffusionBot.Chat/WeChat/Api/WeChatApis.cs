using System.Diagnostics.CodeAnalysis;
using DiffusionBot.Chat.Fetching;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.WeChat.Api;

/// <summary>WeChat's interface for each account of the options, by its name in any case.</summary>
internal sealed class WeChatApis : IDisposable
{
    private readonly HttpClient http;
    private readonly Dictionary<string, IWeChatApi> apis = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="options">The accounts.</param>
    /// <param name="notes">For all hosts.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="logs">For operators.</param>
    /// <param name="handler">Null: the network.</param>
    public WeChatApis(IOptions<WeChatOptions> options, ISharedNotes notes, TimeProvider clock, ILoggerFactory logs, HttpMessageHandler? handler = null)
    {
        // Each call has its own patience. No factory makes this client: those log addresses, and the token stands in them.
        http = new HttpClient(handler ?? Network.NewHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        var hosts = new ApiHosts(options.Value.ApiHosts, clock);
        foreach (var (name, account) in options.Value.Accounts) apis[name] = new WeChatApi(name, account, options.Value, http, hosts, notes, clock, logs.CreateLogger<WeChatApi>());
    }

    public IReadOnlyDictionary<string, IWeChatApi> All => apis;

    /// <exception cref="KeyNotFoundException">There is no such account.</exception>
    public IWeChatApi this[string account] =>
        apis.TryGetValue(account, out var api) ? api : throw new KeyNotFoundException($"WeChat:Accounts has no \"{account}\"; it has {string.Join(", ", apis.Keys)}.");

    public bool TryGet(string account, [NotNullWhen(true)] out IWeChatApi? api) => apis.TryGetValue(account, out api);

    public void Dispose() => http.Dispose();
}
