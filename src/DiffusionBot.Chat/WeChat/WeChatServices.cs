using DiffusionBot.Chat;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Showing;
using DiffusionBot.Chat.WeChat.Talking;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>WeChat for a host.</summary>
public static class WeChatServices
{
    /// <summary>
    /// Adds WeChat as a place, with the section `WeChat`. Needs <see cref="IMessageHandler"/>, <see cref="IWaitingReplies"/>, <see cref="ISharedNotes"/>,
    /// <see cref="IPictureConverter"/>, <see cref="PublicAddress"/> and a <see cref="TimeProvider"/>; the host maps the endpoint (<see cref="WeChatEndpointRoutes.MapWeChat"/>).
    /// </summary>
    public static IServiceCollection AddWeChat(this IServiceCollection services)
    {
        services.AddOptions<WeChatOptions>().BindConfiguration(WeChatOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<WeChatOptions>, AddressCheck>();
        services.AddWeChatApi();
        return services
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<WeChatAccounts>(provider))
            .AddSingleton<PushWindows>().AddSingleton<WeChatReplies>().AddSingleton<WeChatPush>()
            .AddSingleton<IChatAdapter, WeChatAdapter>()
            .AddSingleton<Inbox>().AddSingleton<IncomingMessages>().AddSingleton<UnreadTexts>().AddSingleton<MessageHandling>().AddSingleton<Collection>()
            .AddSingleton<PushingAnswers>().AddSingleton<CollectingAnswers>()
            .AddSingleton<IWeChatDesk, WeChatDesk>();
    }

    /// <summary>An account that can show pictures only as links needs an address that these lead to.</summary>
    private sealed class AddressCheck(PublicAddress address) : IValidateOptions<WeChatOptions>
    {
        public ValidateOptionsResult Validate(string? name, WeChatOptions options)
        {
            var blind = options.Accounts.Where(account => account.Value.Kind == WeChatKind.Uncertified && address.Base is null).Select(account => account.Key).ToList();
            return blind.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(
                $"{WeChatOptions.Section}:Accounts:{string.Join(", ", blind)}: an uncertified account shows pictures as links to this program's pages, and their address is not told; set Web:PublicUrl.");
        }
    }
}
