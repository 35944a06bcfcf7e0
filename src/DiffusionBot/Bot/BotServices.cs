using DiffusionBot.Bot.Commands;
using DiffusionBot.Generation.Outbox;

namespace DiffusionBot.Bot;

/// <summary>The bot's own rooms, for the host.</summary>
internal static class BotServices
{
    public static IServiceCollection AddBot(this IServiceCollection services)
    {
        services.AddOptions<PlacesOptions>().BindConfiguration(PlacesOptions.Section).ValidateOnStart();
        return services
            .AddSingleton<PlaceDefaults>()
            .AddSingleton<Targets>().AddSingleton<PictureParameters>().AddSingleton<Submission>().AddSingleton<ResultReplies>()
            .AddSingleton<DrawCommands>().AddSingleton<PictureCommands>().AddSingleton<QueueCommands>().AddSingleton<SettingsCommands>().AddSingleton<ListCommands>()
            .AddSingleton<ChatRouter>()
            .AddSingleton<IDeliverer, ReplyDeliverer>();
    }
}
