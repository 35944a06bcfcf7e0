using System.Globalization;
using System.Text.Json.Nodes;
using DiffusionBot.FakeDiscord.Rest;

namespace DiffusionBot.FakeDiscord;

/// <summary>
/// Moves a Discord by lines of JSON: `{"do":"run","command":"imagine","options":{"prompt":"a cat"}}`. One server, one channel and one user are there. Each line is answered by
/// one; the first line says where everything is.
/// </summary>
internal sealed class Script(DiscordServer discord, TextReader lines, TextWriter answers)
{
    private readonly FakeUser user = discord.AddUser("ada", "zh-CN");
    private readonly FakeChannel channel = discord.AddGuild("server").AddChannel("pictures");
    private FakeInteraction? last;

    public async Task RunAsync()
    {
        await SayAsync(new JsonObject
        {
            ["api"] = discord.ApiBase[..^4],
            ["cdn"] = discord.CdnBase,
            ["token"] = discord.Token,
            ["application"] = Ids.Text(discord.ApplicationId),
            ["guild"] = Ids.Text(channel.Guild!.Id),
            ["channel"] = Ids.Text(channel.Id),
            ["user"] = Ids.Text(user.Id),
        });
        while (await lines.ReadLineAsync() is { Length: > 0 } line)
        {
            var asked = JsonNode.Parse(line)!.AsObject();
            await SayAsync(await DoAsync((string?)asked["do"] ?? "", asked));
        }
    }

    private async Task<JsonObject> DoAsync(string what, JsonObject asked)
    {
        switch (what)
        {
            case "run":
                last = await user.RunsAsync(channel, (string)asked["command"]!, [.. (asked["options"] as JsonObject ?? []).Select(o => (o.Key, Plain(o.Value!)))]);
                break;
            case "type":
                last = await user.TypesAsync(channel, (string)asked["command"]!, (string)asked["focused"]!, [.. (asked["options"] as JsonObject ?? []).Select(o => (o.Key, Plain(o.Value!)))]);
                break;
            case "runOn":
                last = await user.RunsOnAsync(discord.Message(channel, Ids.Of((string?)asked["message"]))!, (string)asked["command"]!);
                break;
            case "press":
                last = await user.PressesAsync(discord.Message(channel, Ids.Of((string?)asked["message"]))!, (string)asked["customId"]!);
                break;
            case "submit":
                last = await user.SubmitsModalAsync(last!, [.. (asked["values"] as JsonObject ?? []).Select(v => (v.Key, (string)v.Value!))]);
                break;
            case "say":
                user.Says(channel, (string)asked["text"]!);
                break;
            case "cut":
                discord.Gateway.Cut();
                break;
            case "close":
                discord.Gateway.Close((int)asked["code"]!);
                break;
            case "reconnect":
                discord.Gateway.AskReconnect();
                break;
            case "invalidate":
                discord.Gateway.Invalidate((bool)asked["mayResume"]!);
                break;
            case "fail":
                discord.Fail((string)asked["route"]!, (int)asked["times"]!, (int?)asked["retryAfterMs"] is { } ms ? Failure.Limited(TimeSpan.FromMilliseconds(ms), (string?)asked["scope"] ?? "user") : Failure.Server((int?)asked["status"] ?? 500));
                break;
            case "messages":
                return new JsonObject { ["messages"] = new JsonArray([.. channel.Messages.Select(m => (JsonNode)m.ToJson())]) };
            case "calls":
                return new JsonObject { ["calls"] = new JsonArray([.. discord.Calls.All.Select(c => (JsonNode)$"{c.Route} {c.Status.ToString(CultureInfo.InvariantCulture)}")]) };
            case "violations":
                return new JsonObject { ["violations"] = new JsonArray([.. discord.Violations.All.Select(v => (JsonNode)v)]) };
            case "gateway":
                return new JsonObject { ["moments"] = new JsonArray([.. discord.Gateway.Moments.All.Select(m => (JsonNode)new JsonObject { ["kind"] = m.Kind.ToString(), ["code"] = m.Code, ["path"] = m.Path, ["sequence"] = m.Sequence })]) };
            case "answer":
                return new JsonObject { ["answer"] = await last!.AnswerAsync() };
            default:
                return new JsonObject { ["error"] = $"\"{what}\" is unknown." };
        }
        return new JsonObject { ["ok"] = true };
    }

    private static object Plain(JsonNode value) => value is JsonValue v && v.TryGetValue(out string? text) ? text : value is JsonValue n && n.TryGetValue(out long number) ? number : value is JsonValue b && b.TryGetValue(out bool flag) ? flag : (double)value;

    private async Task SayAsync(JsonObject answer)
    {
        await answers.WriteLineAsync(answer.ToJsonString());
        await answers.FlushAsync();
    }
}
