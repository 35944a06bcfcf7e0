using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>What operators read about commands.</summary>
internal static partial class CommandLog
{
    [LoggerMessage(740, LogLevel.Information, "Discord's commands ({Where}) are as they should be: {Count}")]
    public static partial void Unchanged(ILogger log, string where, int count);

    [LoggerMessage(741, LogLevel.Information, "Discord's commands ({Where}) were written: {Count}, of which {Different} differed: {Differences}")]
    public static partial void Written(ILogger log, string where, int count, int different, string differences);

    [LoggerMessage(742, LogLevel.Error, "The commands could not be put on server {Server}: {Problem} Expected in " + DiscordOptions.Section + ":CommandServers the ids of servers that have the bot, added with the scopes bot and applications.commands")]
    public static partial void Refused(ILogger log, ulong server, string problem);
}
