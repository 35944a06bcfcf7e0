using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>All routes.</summary>
internal sealed class Routes(DiscordServer discord)
{
    public void Map(WebApplication app, ApiServer api)
    {
        api.Map(app, "GET", "/gateway", _ => ApiAnswer.Ok(new JsonObject { ["url"] = discord.GatewayUrl }));
        api.Map(app, "GET", "/gateway/bot", _ => ApiAnswer.Ok(discord.Gateway.Info()));
        api.Map(app, "GET", "/applications/@me", _ => ApiAnswer.Ok(new JsonObject { ["id"] = Ids.Text(discord.ApplicationId), ["name"] = "bot", ["bot"] = discord.Bot.ToJson(), ["flags"] = discord.Options.AllowsMessageContent ? 1 << 19 : 0 }));
        api.Map(app, "GET", "/users/@me", _ => ApiAnswer.Ok(discord.Bot.ToJson()));
        api.Map(app, "POST", "/users/@me/channels", call => discord.User(Ids.Of((string?)call.Object?["recipient_id"])) is { } user ? ApiAnswer.Ok(user.Direct.ToJson()) : ApiAnswer.Error(400, 50033, "Invalid Recipient(s)"));
        api.Map(app, "GET", "/guilds/{guild}", call => discord.Guild(call.Id("guild")) is { } guild ? ApiAnswer.Ok(guild.ToJson()) : ApiAnswer.NotFound(10004, "Guild"));
        api.Map(app, "GET", "/guilds/{guild}/members/{user}", call => discord.User(call.Id("user")) is { } user ? ApiAnswer.Ok(user.ToMember()) : ApiAnswer.NotFound(10007, "Member"));
        MapCommands(app, api);
        MapChannels(app, api);
        api.Map(app, "POST", "/interactions/{interaction}/{token}/callback", discord.Interactions.Answer);
        MapWebhooks(app, api);
        api.Limits.Set("POST /channels/{channel}/messages", 5, TimeSpan.FromSeconds(5), null);
        api.Limits.Set("PATCH /channels/{channel}/messages/{message}", 5, TimeSpan.FromSeconds(5), null);
        foreach (var route in new[] { "POST /webhooks/{webhook}/{token}", "PATCH /webhooks/{webhook}/{token}/messages/@original", "PATCH /webhooks/{webhook}/{token}/messages/{message}" })
            api.Limits.Set(route, 5, TimeSpan.FromSeconds(2), "webhook");
    }

    private void MapCommands(WebApplication app, ApiServer api)
    {
        ApiAnswer Own(ApiCall call, Func<ApiAnswer> then) => call.Id("application") == discord.ApplicationId ? then() : ApiAnswer.Error(403, 20012, "You are not authorized to perform this action on this application");
        ApiAnswer All(ApiCall call, ulong guild) => ApiAnswer.Ok(call.Http.Request.Query["with_localizations"] == "true" ? discord.Commands.Get(guild) : discord.Commands.GetPlain(guild));
        api.Map(app, "GET", "/applications/{application}/commands", call => Own(call, () => All(call, 0)));
        api.Map(app, "PUT", "/applications/{application}/commands", call => Own(call, () => discord.Commands.Put(call, 0)));
        api.Map(app, "GET", "/applications/{application}/guilds/{guild}/commands", call => Own(call, () => discord.Guild(call.Id("guild")) is null ? ApiAnswer.Error(403, 50001, "Missing Access") : All(call, call.Id("guild"))));
        api.Map(app, "PUT", "/applications/{application}/guilds/{guild}/commands", call => Own(call, () => discord.Guild(call.Id("guild")) is null ? ApiAnswer.Error(403, 50001, "Missing Access") : discord.Commands.Put(call, call.Id("guild"))));
    }

    private void MapChannels(WebApplication app, ApiServer api)
    {
        ApiAnswer In(ApiCall call, bool writes, Func<FakeChannel, ApiAnswer> then) => discord.Channel(call.Id("channel")) switch
        {
            null => ApiAnswer.NotFound(10003, "Channel"),
            { MaySee: false } => ApiAnswer.Error(403, 50001, "Missing Access"),
            { MayWrite: false } when writes => ApiAnswer.Error(403, 50013, "Missing Permissions"),
            { With.TakesDirect: false } when writes => ApiAnswer.Error(403, 50007, "Cannot send messages to this user"),
            var channel => then(channel),
        };
        ApiAnswer Message(ApiCall call, Func<FakeMessage, ApiAnswer> then) =>
            In(call, writes: false, channel => discord.MessageDesk.Find(channel.Id, call.Id("message")) is { IsEphemeral: false } message ? then(message) : ApiAnswer.NotFound(10008, "Message"));
        api.Map(app, "GET", "/channels/{channel}", call => In(call, writes: false, channel => ApiAnswer.Ok(channel.ToJson())));
        api.Map(app, "POST", "/channels/{channel}/typing", call => In(call, writes: true, _ => ApiAnswer.Done));
        api.Map(app, "POST", "/channels/{channel}/messages", call => In(call, writes: true, channel =>
        {
            var (message, problem) = discord.MessageDesk.Create(call, call.Object ?? [], channel);
            return problem ?? ApiAnswer.Ok(message!.ToJson());
        }));
        api.Map(app, "GET", "/channels/{channel}/messages/{message}", call => Message(call, message => ApiAnswer.Ok(message.ToJson())));
        api.Map(app, "PATCH", "/channels/{channel}/messages/{message}", call => Message(call, message =>
            message.Author != discord.Bot ? ApiAnswer.Error(403, 50005, "Cannot edit a message authored by another user") : discord.MessageDesk.Edit(call, call.Object ?? [], message) ?? ApiAnswer.Ok(message.ToJson())));
        api.Map(app, "DELETE", "/channels/{channel}/messages/{message}", call => Message(call, message =>
        {
            if (message.Author != discord.Bot) return ApiAnswer.Error(403, 50013, "Missing Permissions");
            discord.MessageDesk.Delete(message);
            return ApiAnswer.Done;
        }));
    }

    private void MapWebhooks(WebApplication app, ApiServer api)
    {
        api.Map(app, "POST", "/webhooks/{webhook}/{token}", call => With(call, interaction =>
        {
            var isPlaceholder = interaction is { AnswerType: 5, IsFirstFollowUpUsed: false, Original: { IsLoading: true, IsDeleted: false } };
            interaction.IsFirstFollowUpUsed = true;
            if (isPlaceholder)
            {
                discord.Violate($"{call.Route}: straight after a deferred answer it edits the placeholder, which is deprecated; expected PATCH @original");
                return discord.MessageDesk.Edit(call, call.Object ?? [], interaction.Original!) ?? ApiAnswer.Ok(interaction.Original!.ToJson());
            }
            var (message, problem) = discord.MessageDesk.Create(call, call.Object ?? [], interaction.Channel, interaction: interaction);
            return problem ?? ApiAnswer.Ok(message!.ToJson());
        }));
        foreach (var (template, isOriginal) in new[] { ("@original", true), ("{message}", false) })
        {
            var path = $"/webhooks/{{webhook}}/{{token}}/messages/{template}";
            ApiAnswer Message(ApiCall call, Func<FakeMessage, ApiAnswer> then) => With(call, interaction =>
                (isOriginal ? interaction.Original : discord.MessageDesk.Find(interaction.Channel.Id, call.Id("message"))) is { IsDeleted: false } message && (isOriginal || message.Interaction == interaction || message == interaction.Original)
                    ? then(message) : ApiAnswer.NotFound(10008, "Message"));
            api.Map(app, "GET", path, call => Message(call, message => ApiAnswer.Ok(message.ToJson())));
            api.Map(app, "PATCH", path, call => Message(call, message => discord.MessageDesk.Edit(call, call.Object ?? [], message) ?? ApiAnswer.Ok(message.ToJson())));
            api.Map(app, "DELETE", path, call => Message(call, message =>
            {
                discord.MessageDesk.Delete(message);
                return ApiAnswer.Done;
            }));
        }
    }

    private ApiAnswer With(ApiCall call, Func<FakeInteraction, ApiAnswer> then)
    {
        if (call.Id("webhook") != discord.ApplicationId || discord.Interactions.Find(call.Value("token")) is not { } interaction) return ApiAnswer.NotFound(10015, "Webhook");
        if (interaction.IsExpired(discord.Options.Clock.GetUtcNow())) return ApiAnswer.Error(401, 50027, "Invalid Webhook Token");
        return interaction.AnswerType is 4 or 5 or 6 or 7 ? then(interaction) : ApiAnswer.NotFound(10015, "Webhook");
    }
}
