using DiffusionBot.Chat;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Api;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>WeChat's interface for a host.</summary>
internal static class WeChatApiServices
{
    /// <summary>The <see cref="WeChatApis"/> of the <see cref="WeChatOptions"/>, which are looked at when the host starts. Needs an <see cref="ISharedNotes"/>.</summary>
    internal static IServiceCollection AddWeChatApi(this IServiceCollection services)
    {
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new WeChatApis(
            provider.GetRequiredService<IOptions<WeChatOptions>>(), provider.GetRequiredService<ISharedNotes>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService<WeChatStart>();
        return services;
    }
}
