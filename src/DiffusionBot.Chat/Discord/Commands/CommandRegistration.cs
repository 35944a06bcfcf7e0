using System.Globalization;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Rest;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Discord.Commands;

/// <summary>Makes Discord know our commands. What it knows already is not told again: new commands are counted, and each writing makes clients load them anew.</summary>
internal sealed class CommandRegistration(DiscordRest rest, IOptions<DiscordOptions> options, ILogger<CommandRegistration> log)
{
    private const int Forbidden = 403, NotFound = 404;

    /// <summary>Puts the commands where the options say, and takes them away from everywhere else that is known. May be asked again at any time.</summary>
    /// <param name="application">The bot's application.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="DiscordException">Discord refused or did not answer. That a server of the options is not there, or does not have the bot, is only logged.</exception>
    public async Task EnsureAsync(ulong application, CancellationToken cancel)
    {
        var servers = options.Value.CommandServers.Select(id => ulong.Parse(id, NumberStyles.None, CultureInfo.InvariantCulture)).Distinct().ToArray();
        foreach (var server in servers)
        {
            try
            {
                await EnsureAsync(DiscordRoute.GetCommands(application, server), DiscordRoute.PutCommands(application, server), DiscordCommandList.Create(forServer: true), $"server {server}", cancel);
            }
            catch (DiscordException e) when (e.Status is Forbidden or NotFound)
            {
                CommandLog.Refused(log, server, e.Message);
            }
        }
        await EnsureAsync(DiscordRoute.GetCommands(application), DiscordRoute.PutCommands(application), servers.Length == 0 ? DiscordCommandList.Create() : [], "global", cancel);
    }

    private async Task EnsureAsync(DiscordRoute get, DiscordRoute put, JsonArray ours, string where, CancellationToken cancel)
    {
        var there = await rest.SendAsync(get with { Query = "with_localizations=true" }, cancel);
        var differences = CommandComparison.Differences(ours, there);
        if (differences.Count == 0)
        {
            CommandLog.Unchanged(log, where, ours.Count);
            return;
        }
        await rest.SendAsync(new DiscordCall(put) { Body = ours }, cancel);
        CommandLog.Written(log, where, ours.Count, differences.Count, string.Join(", ", differences));
    }
}
