using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Discord;

/// <summary>Runs Discord as long as the host runs, where there is a token; else nothing of it is made.</summary>
/// <param name="options">Whether there is one.</param>
/// <param name="loop">Makes what runs.</param>
internal sealed class DiscordService(IOptions<DiscordOptions> options, Func<DiscordLoop> loop) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Value.IsOn ? loop().RunAsync(stoppingToken) : Task.CompletedTask;
}
