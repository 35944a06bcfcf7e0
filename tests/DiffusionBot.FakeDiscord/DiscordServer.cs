using System.Collections.Concurrent;
using DiffusionBot.FakeDiscord.Gateway;
using DiffusionBot.FakeDiscord.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.FakeDiscord;

/// <summary>
/// A Discord in this process: REST and gateway (v10) at a port of its own, with servers, channels and people that a test moves. What a bot does wrong stands in
/// <see cref="Violations"/>; what it did, in <see cref="Calls"/>.
/// </summary>
public sealed class DiscordServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ulong, FakeGuild> guilds = [];
    private readonly ConcurrentDictionary<ulong, FakeChannel> channels = [];
    private readonly ConcurrentDictionary<ulong, FakeUser> users = [];
    private readonly ApiServer api;
    private readonly WebApplication app;

    private DiscordServer(FakeDiscordOptions options)
    {
        Options = options;
        Token = options.Token;
        Ids = new Ids(options.Clock);
        Bot = AddUser("bot", "en-US", isBot: true);
        ApplicationId = Bot.Id;
        (Gateway, Commands, Interactions, MessageDesk, Cdn, api) = (new(this), new(this), new(this), new(this), new(this), new(this));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{options.Port}").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 64 << 20);
        app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        Gateway.Map(app);
        Cdn.Map(app);
        new Routes(this).Map(app, api);
    }

    public FakeDiscordOptions Options { get; }

    /// <summary>The bot's; another one makes the old one useless.</summary>
    public string Token { get; set; }

    public FakeUser Bot { get; }

    public ulong ApplicationId { get; }

    public GatewayServer Gateway { get; }

    /// <summary>All that was asked, in order.</summary>
    public Feed<ApiCall> Calls { get; } = new();

    /// <summary>What a bot did that it must not do.</summary>
    public Feed<string> Violations { get; } = new();

    /// <summary>`http://127.0.0.1:1234/api/v10`.</summary>
    public string ApiBase => $"{CdnBase}/api/v10";

    /// <summary>`http://127.0.0.1:1234`.</summary>
    public string CdnBase { get; private set; } = "";

    public string GatewayUrl => $"ws{CdnBase["http".Length..]}/gateway";

    public string ResumeUrl => $"ws{CdnBase["http".Length..]}/resume";

    public IReadOnlyList<FakeGuild> Guilds => [.. guilds.Values.OrderBy(g => g.Id)];

    internal Ids Ids { get; }

    internal CommandDesk Commands { get; }

    internal InteractionDesk Interactions { get; }

    internal MessageDesk MessageDesk { get; }

    internal Cdn Cdn { get; }

    public static async Task<DiscordServer> StartAsync(FakeDiscordOptions? options = null)
    {
        var discord = new DiscordServer(options ?? new FakeDiscordOptions());
        await discord.app.StartAsync();
        discord.CdnBase = discord.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return discord;
    }

    public FakeGuild AddGuild(string name, string locale = "en-US")
    {
        var guild = new FakeGuild(this, name, locale);
        return guilds[guild.Id] = guild;
    }

    public FakeUser AddUser(string name, string locale = "en-US") => AddUser(name, locale, isBot: false);

    /// <summary>The next calls of a route fail.</summary>
    /// <param name="route">`POST /channels/{channel}/messages`.</param>
    /// <param name="times">How many.</param>
    /// <param name="how">How.</param>
    /// <param name="afterDoing">Whether they are done all the same.</param>
    public void Fail(string route, int times, Failure how, bool afterDoing = false) => api.Fail(call => call.Route == route, times, how, afterDoing);

    /// <summary>The next such calls fail.</summary>
    /// <param name="which">Of what was asked; its answer is not known yet.</param>
    /// <param name="times">How many.</param>
    /// <param name="how">How.</param>
    /// <param name="afterDoing">Whether they are done all the same.</param>
    public void Fail(Func<ApiCall, bool> which, int times, Failure how, bool afterDoing = false) => api.Fail(which, times, how, afterDoing);

    /// <summary>Limits a route: so many calls in a window, per channel, server or webhook. Routes of one bucket share it.</summary>
    public void Limit(string route, int limit, TimeSpan window, string? bucket = null) => api.Limits.Set(route, limit, window, bucket);

    /// <summary>The registered commands, as Discord keeps them.</summary>
    public System.Text.Json.Nodes.JsonArray CommandsOf(FakeGuild? guild) => Commands.Get(guild?.Id ?? 0);

    public FakeMessage? Message(FakeChannel channel, ulong id) => MessageDesk.Find(channel.Id, id);

    public async ValueTask DisposeAsync()
    {
        Gateway.Cut();
        await app.DisposeAsync();
    }

    internal void Violate(string what) => Violations.Add(what);

    internal FakeChannel Add(FakeChannel channel) => channels[channel.Id] = channel;

    internal FakeGuild? Guild(ulong id) => guilds.GetValueOrDefault(id);

    internal FakeChannel? Channel(ulong id) => channels.GetValueOrDefault(id);

    internal FakeUser? User(ulong id) => users.GetValueOrDefault(id);

    internal FakeMessage Say(FakeUser user, FakeChannel channel, string text, FakeMessage? replyTo, (string Name, byte[] Bytes)[] files) => MessageDesk.Say(user, channel, text, replyTo, files);

    internal IReadOnlyList<FakeMessage> Messages(FakeChannel channel) => MessageDesk.In(channel);

    internal FakeChannel DirectOf(FakeUser user)
    {
        lock (user) return channels.Values.FirstOrDefault(c => c.With == user) ?? Add(new FakeChannel(this, null, user.Name, user));
    }

    private FakeUser AddUser(string name, string locale, bool isBot)
    {
        var user = new FakeUser(this, name, locale, isBot);
        return users[user.Id] = user;
    }
}
