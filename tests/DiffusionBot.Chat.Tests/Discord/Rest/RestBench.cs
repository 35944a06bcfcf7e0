using System.Net;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.FakeDiscord;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Chat.Tests.Discord.Rest;

/// <summary>Calls to a Discord whose clock passes pauses at once. At the end, no token may have been logged.</summary>
internal sealed class RestBench : IAsyncDisposable
{
    private readonly TestLog<DiscordRest> log;

    private RestBench(PassingClock clock, DiscordServer discord, string? token)
    {
        (Clock, Discord) = (clock, discord);
        Settings = new DiscordOptions { Token = token ?? discord.Token, ApiBase = discord.ApiBase };
        Settings.CdnHosts.Add(discord.CdnBase);
        log = new TestLog<DiscordRest>(Settings.Token, "aW50ZXJhY3Rpb246");
        Rest = new DiscordRest(Options.Create(Settings), clock, () => 0.5, log);
        Guild = discord.AddGuild("server");
        Channel = Guild.AddChannel("pictures");
        User = discord.AddUser("ada", "zh-CN");
    }

    public PassingClock Clock { get; }

    public DiscordServer Discord { get; }

    public DiscordOptions Settings { get; }

    public DiscordRest Rest { get; }

    public FakeGuild Guild { get; }

    public FakeChannel Channel { get; }

    public FakeUser User { get; }

    public IReadOnlyList<string> Log => [.. log.Lines];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RestBench> StartAsync(string? token = null, FakeDiscordOptions? options = null)
    {
        var clock = new PassingClock();
        return new RestBench(clock, await DiscordServer.StartAsync((options ?? new FakeDiscordOptions()) with { Clock = clock }), token);
    }

    /// <summary>A message that may mention nobody.</summary>
    public static JsonObject Message(string text, bool withNonce = false)
    {
        var message = new JsonObject { ["content"] = text, ["allowed_mentions"] = AllowedMentions.None() };
        if (withNonce) (message["nonce"], message["enforce_nonce"]) = (text, true);
        return message;
    }

    public Task SayAsync(string text, FakeChannel? channel = null) => SendAsync(DiscordRoute.Say((channel ?? Channel).Id), Message(text));

    public Task<System.Text.Json.JsonElement> SendAsync(DiscordRoute route, JsonNode? body = null) => Rest.SendAsync(new DiscordCall(route) { Body = body, LongestWait = TimeSpan.FromHours(1), Patience = TimeSpan.FromHours(1) }, Cancel);

    public async Task<FakeInteraction> InteractionAsync()
    {
        await SendAsync(DiscordRoute.PutCommands(Discord.ApplicationId), new JsonArray(new JsonObject { ["name"] = "imagine", ["type"] = 1, ["description"] = "draws", ["options"] = new JsonArray(new JsonObject { ["type"] = 3, ["name"] = "prompt", ["description"] = "words" }) }));
        return await User.RunsAsync(Channel, "imagine", ("prompt", "a cat"));
    }

    /// <summary>The error that a call ends in, which tells no secrets.</summary>
    public async Task<DiscordException> FailsAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<DiscordException>(call);
        log.NoSecrets(error.ToString());
        return error;
    }

    /// <summary>How often a route was asked, by its answers.</summary>
    public int[] Answers(string route) => [.. Discord.Calls.All.Where(c => c.Route == route).Select(c => c.Status)];

    public async ValueTask DisposeAsync()
    {
        Rest.Dispose();
        log.NoSecrets();
        await Discord.DisposeAsync();
    }
}
