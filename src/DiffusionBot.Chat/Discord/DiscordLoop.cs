using DiffusionBot.Chat.Discord.Commands;
using DiffusionBot.Chat.Discord.Gateway;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.Chat.Discord.Showing;
using DiffusionBot.Chat.Discord.Talking;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Discord;

/// <summary>Discord, from asking who the bot is to the end: registers its commands, listens. Where Discord refuses for good, the rest of the bot goes on without it.</summary>
internal sealed class DiscordLoop(
    DiscordSelf self, CommandRegistration commands, DiscordGateway gateway, ProgressEdits progress, InteractionDesk interactions, MessageDesk messages,
    TimeProvider clock, ILogger<DiscordLoop> log)
{
    /// <summary>Servers come and go; messages on servers and alone. What they say is told without MESSAGE_CONTENT where the bot is mentioned, or is alone with somebody.</summary>
    public const int Intents = (1 << 0) | (1 << 9) | (1 << 12);

    private static readonly TimeSpan firstPause = TimeSpan.FromSeconds(2), longestPause = TimeSpan.FromMinutes(5);

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            var identity = await AgainAsync(() => self.GetAsync(stop), stop);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var registering = RegisterAsync(identity.Application, end.Token);
            var following = progress.RunAsync(end.Token);
            var listening = gateway.RunAsync(Intents, HandleAsync, stop);
            await ((Task)listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await end.CancelAsync();
            await registering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await following;
            await listening;
        }
        catch (Exception e) when (e is DiscordException or GatewayException)
        {
            DiscordLog.Off(log, e.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Before it had begun.
        }
    }

    private Task HandleAsync(GatewayEvent happened, CancellationToken cancel)
    {
        switch (happened.Type)
        {
            case "INTERACTION_CREATE":
                if (Interaction.Read(happened.Data, out var problem) is { } interaction) return interactions.HandleAsync(interaction, cancel);
                DiscordLog.Dropped(log, happened.Type, problem);
                return Task.CompletedTask;
            case "MESSAGE_CREATE":
                return messages.HandleAsync(happened.Data, cancel);
            default:
                return Task.CompletedTask;
        }
    }

    private async Task RegisterAsync(ulong application, CancellationToken cancel)
    {
        try
        {
            await AgainAsync(async () =>
            {
                await commands.EnsureAsync(application, cancel);
                return true;
            }, cancel);
        }
        catch (DiscordException e)
        {
            DiscordLog.NoCommands(log, e.Message);
        }
    }

    /// <summary>Until Discord answers.</summary>
    private async Task<T> AgainAsync<T>(Func<Task<T>> ask, CancellationToken cancel)
    {
        for (var pause = firstPause; ; pause = pause * 2 < longestPause ? pause * 2 : longestPause)
        {
            try
            {
                return await ask();
            }
            catch (DiscordException e) when (e.MayPass)
            {
                var wait = e.RetryAfter > pause ? e.RetryAfter.Value : pause;
                DiscordLog.NotReached(log, e.Message, wait);
                await Task.Delay(wait, clock, cancel);
            }
        }
    }
}
