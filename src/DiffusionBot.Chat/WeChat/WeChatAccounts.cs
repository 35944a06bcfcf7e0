using DiffusionBot.Chat.WeChat.Api;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.WeChat;

/// <summary>An account with all that belongs to it.</summary>
/// <param name="Name">As the options write it.</param>
/// <param name="Options">Its own.</param>
/// <param name="Api">WeChat's interface for it.</param>
internal sealed record WeChatAccount(string Name, WeChatAccountOptions Options, IWeChatApi Api);

/// <summary>The accounts of the options, by name in any case.</summary>
internal sealed class WeChatAccounts
{
    private readonly Dictionary<string, WeChatAccount> accounts;

    public WeChatAccounts(IOptions<WeChatOptions> options, WeChatApis apis) : this(options.Value.Accounts.Select(account => new WeChatAccount(account.Key, account.Value, apis[account.Key])))
    {
    }

    internal WeChatAccounts(IEnumerable<WeChatAccount> all) => accounts = all.ToDictionary(account => account.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Null where the options have none of this name (any more).</summary>
    public WeChatAccount? Find(string name) => accounts.GetValueOrDefault(name);
}
