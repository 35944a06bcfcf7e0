using DiffusionBot.Bot.Commands;
using DiffusionBot.Bot.Rooms;
using DiffusionBot.Bot.Understanding;
using DiffusionBot.Chat;
using DiffusionBot.Generation.Outbox;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Bot;

/// <summary>The bot's own rooms, for the host.</summary>
internal static class BotServices
{
    public static IServiceCollection AddBot(this IServiceCollection services)
    {
        services.AddOptions<PlacesOptions>().BindConfiguration(PlacesOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PlacesOptions>, PlacesCheck>();
        return services
            .AddSingleton<PlaceDefaults>().AddSingleton<RoomDirectory>().AddSingleton<RoomCommands>()
            .AddSingleton<Targets>().AddSingleton<SourcePictures>().AddSingleton<PictureParameters>().AddSingleton<Submission>().AddSingleton<ResultReplies>()
            .AddSingleton<DrawCommands>().AddSingleton<PictureCommands>().AddSingleton<QueueCommands>().AddSingleton<SettingsCommands>().AddSingleton<ListCommands>()
            .AddSingleton<ChatRouter>().AddSingleton<IMessageHandler>(services => services.GetRequiredService<ChatRouter>())
            .AddSingleton<IWaitingReplies, WaitingReplies>().AddSingleton<ISharedNotes, SharedNotes>().AddSingleton<IPictureConverter, PictureConverter>().AddSingleton<IDrawingNews, DrawingNews>().AddSingleton<ISuggestions, Suggestions>()
            .AddSingleton<IDeliverer, ReplyDeliverer>();
    }

    /// <summary>A default that is no flag, or no value for one, stops the start: it would be passed over for ever.</summary>
    private sealed class PlacesCheck : IValidateOptions<PlacesOptions>
    {
        public ValidateOptionsResult Validate(string? name, PlacesOptions options)
        {
            var failures = new List<string>();
            foreach (var (place, settings) in options)
            {
                FlagSet.FromPairs(settings.Defaults, out var problems);
                failures.AddRange(problems.Select(problem => $"{PlacesOptions.Section}:{place}:Defaults: {problem.English}"));
                if (settings.Language is not (null or "" or "zh" or "en")) failures.Add($"{PlacesOptions.Section}:{place}:Language is \"{settings.Language}\"; expected zh, en or null.");
            }
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }
}
