using System.Text.Json.Nodes;
using DiffusionBot.FakeDiscord;
using DiffusionBot.Tests.Bot;
using Microsoft.Extensions.DependencyInjection;

namespace DiffusionBot.Tests.Discord;

/// <summary>The whole host with the shipped model on a stand-in for Discord, with a server and a channel.</summary>
public sealed class DiscordStage : IAsyncLifetime
{
    private DiscordServer? discord;
    private TestBot? bot;

    /// <summary>More settings of the host.</summary>
    internal string[] With { get; init; } = [];

    /// <summary>Settings that speak of the server and its channel.</summary>
    internal Func<DiscordServer, string[]> WithOn { get; init; } = _ => [];

    /// <summary>More services of the host.</summary>
    internal Action<IServiceCollection>? More { get; init; }

    /// <summary>More patient than Discord, by default: the machine that tests run on may have much else to do, and what is tested here is no speed.</summary>
    internal FakeDiscordOptions Options { get; init; } = new() { InteractionPatience = TimeSpan.FromMinutes(2), MaxConcurrency = 16 };

    internal DiscordServer Discord => discord!;

    internal TestBot Bot => bot!;

    internal FakeGuild Server { get; private set; } = null!;

    internal FakeChannel Channel { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        discord = await DiscordServer.StartAsync(Options);
        Server = discord.AddGuild("server");
        Channel = Server.AddChannel("pictures");
        bot = new TestBot { With = [.. SettingsFor(discord), .. With, .. WithOn(discord)], More = More };
        await bot.InitializeAsync();
        await ReadyAsync(discord);
    }

    public async ValueTask DisposeAsync()
    {
        if (bot is not null) await bot.DisposeAsync();
        if (discord is not null) await discord.DisposeAsync();
    }

    /// <summary>What a host needs to know to be on this Discord, and to draw small pictures there.</summary>
    internal static IEnumerable<string> SettingsFor(DiscordServer discord) =>
    [
        $"Discord:Token={discord.Token}", $"Discord:ApiBase={discord.ApiBase}", $"Discord:CdnHosts:0={discord.CdnBase}",
        "Places:discord:Defaults:steps=1", "Places:discord:Defaults:size=64x64", "Places:discord:Defaults:sampler=Euler",
    ];

    /// <summary>Ends when the bot has its commands and is connected.</summary>
    internal static async Task ReadyAsync(DiscordServer discord)
    {
        using var patience = Patience();
        await discord.Gateway.Moments.NextAsync(moment => moment.Kind == GatewayMomentKind.Identified, patience.Token);
        if (discord.CommandsOf(null).Count == 0) await discord.Calls.NextAsync(call => call.Route == "PUT /applications/{application}/commands", patience.Token);
    }

    /// <summary>Somebody whom nobody else in the test is.</summary>
    internal Member NewUser(string locale = "zh-CN") => new(this, Discord.AddUser($"u{Guid.NewGuid():N}"[..12], locale));

    /// <summary>Two minutes, or the test's end.</summary>
    internal static CancellationTokenSource Patience()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        return patience;
    }

    /// <summary>Somebody in the channel.</summary>
    internal sealed record Member(DiscordStage Stage, FakeUser User)
    {
        /// <summary>Runs a command; its first answer.</summary>
        public async Task<FakeInteraction> RunsAsync(string command, params (string, object)[] options) => await AnsweredAsync(await User.RunsAsync(Stage.Channel, command, options));

        /// <summary>Presses a button by its beginning, as `again`.</summary>
        public async Task<FakeInteraction> PressesAsync(FakeMessage message, string beginning) => await AnsweredAsync(await User.PressesAsync(message, ButtonOf(message, beginning)));

        /// <summary>The interaction's message, as soon as it is so.</summary>
        public async Task<FakeMessage> SeesAsync(FakeInteraction interaction, Func<FakeMessage, bool> wants)
        {
            using var patience = Patience();
            var original = interaction.Original ?? throw new Xunit.Sdk.XunitException($"It was answered with type {interaction.AnswerType}, which makes no message.");
            if (wants(original)) return original;
            var feed = original.IsEphemeral ? User.Shown : Stage.Channel.Shown;
            try
            {
                await feed.NextAsync(shown => shown.Message == original && wants(shown.Message), patience.Token);
            }
            catch (TaskCanceledException e)
            {
                throw new Xunit.Sdk.XunitException($"It is not so after two minutes: \"{original.Content}\", {original.Files.Count} files, {original.Embeds.Count} embeds, {string.Join(", ", original.CustomIds)}.", e);
            }
            return original;
        }

        /// <summary>The interaction's message with its pictures.</summary>
        public Task<FakeMessage> SeesResultAsync(FakeInteraction interaction) => SeesAsync(interaction, IsResult);

        /// <summary>What only they see next.</summary>
        public async Task<FakeMessage> HearsAsync(Func<FakeMessage, bool>? wants = null)
        {
            using var patience = Patience();
            return (await User.Shown.NextAsync(shown => !shown.Message.IsLoading && shown.How != ShownAs.Deleted && (wants?.Invoke(shown.Message) ?? true), patience.Token)).Message;
        }

        /// <summary>Draws with /imagine; the message with the picture.</summary>
        public async Task<FakeMessage> DrawsAsync(string prompt, params (string, object)[] options) => await SeesResultAsync(await RunsAsync("imagine", [("prompt", prompt), .. options]));

        private static async Task<FakeInteraction> AnsweredAsync(FakeInteraction interaction)
        {
            using var patience = Patience();
            await interaction.AnswerAsync(patience.Token);
            return interaction;
        }
    }

    /// <summary>Whether a message shows pictures that are drawn.</summary>
    internal static bool IsResult(FakeMessage message) => !message.IsDeleted && message.Files.Count > 0 && message.Embeds.Count > 0;

    /// <summary>The custom_id of the button whose words begin so.</summary>
    internal static string ButtonOf(FakeMessage message, string beginning) =>
        message.CustomIds.FirstOrDefault(id => id.StartsWith($"1:{beginning}", StringComparison.Ordinal))
        ?? throw new Xunit.Sdk.XunitException($"There is no button {beginning}; there are {string.Join(", ", message.CustomIds)}. Text: {message.Content}");

    /// <summary>The fields of the embed, by name.</summary>
    internal static Dictionary<string, string> Fields(FakeMessage message) =>
        message.Embeds[0]!["fields"]!.AsArray().OfType<JsonObject>().ToDictionary(field => (string)field["name"]!, field => (string)field["value"]!);
}
