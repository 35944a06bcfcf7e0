using System.Security.Cryptography;
using DiffusionBot.Chat;
using DiffusionBot.Chat.Discord;
using DiffusionBot.Chat.Discord.Commands;
using DiffusionBot.Chat.Discord.Gateway;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.Chat.Discord.Showing;
using DiffusionBot.Chat.Discord.Talking;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Discord for a host.</summary>
public static class DiscordServices
{
    /// <summary>
    /// Adds Discord as a place, with the section `Discord`; without a token nothing of it runs. Needs <see cref="IMessageHandler"/>, <see cref="ISharedNotes"/>,
    /// <see cref="IPictureConverter"/>, <see cref="IDrawingNews"/>, <see cref="ISuggestions"/> and a <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddDiscord(this IServiceCollection services)
    {
        services.AddOptions<DiscordOptions>().BindConfiguration(DiscordOptions.Section).ValidateDataAnnotations().ValidateOnStart()
            .PostConfigure<PublicAddress>((options, address) =>
            {
                if (options.Website == DiscordOptions.NoWebsite && address.Base is { } own) options.Website = own.AbsoluteUri;
            });
        return services
            .AddSingleton(provider => new DiscordRest(
                provider.GetRequiredService<IOptions<DiscordOptions>>(), provider.GetRequiredService<TimeProvider>(), Random, provider.GetRequiredService<ILogger<DiscordRest>>()))
            .AddSingleton(provider => new DiscordFiles(provider.GetRequiredService<IOptions<DiscordOptions>>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => new DiscordGateway(
                provider.GetRequiredService<IOptions<DiscordOptions>>(), provider.GetRequiredService<DiscordRest>(), new WebSocketTransport(), provider.GetRequiredService<ISharedNotes>(),
                provider.GetRequiredService<TimeProvider>(), Random, provider.GetRequiredService<ILogger<DiscordGateway>>()))
            .AddSingleton<DiscordSelf>().AddSingleton<CommandRegistration>().AddSingleton<Autocomplete>()
            .AddSingleton<DiscordReplies>().AddSingleton<DiscordMessages>().AddSingleton<LiveMessages>().AddSingleton<ShownPlaces>().AddSingleton<OpenInteractions>().AddSingleton<ProgressEdits>()
            .AddSingleton<ServerRules>().AddSingleton<Threads>().AddSingleton<Attachments>().AddSingleton<Removal>().AddSingleton<InteractionAnswers>().AddSingleton<InteractionDesk>().AddSingleton<MessageDesk>()
            .AddSingleton<IChatAdapter, DiscordAdapter>()
            .AddSingleton<DiscordLoop>()
            .AddHostedService(provider => new DiscordService(provider.GetRequiredService<IOptions<DiscordOptions>>(), provider.GetRequiredService<DiscordLoop>));
    }

    /// <summary>0 to 1, for any number of threads.</summary>
    private static double Random() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;
}
