using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiffusionBot.Chat.Discord.Rest;
using DiffusionBot.FakeDiscord.Rest;

namespace DiffusionBot.Chat.Tests.Discord.Rest;

/// <summary>How calls are made, made again, and given up.</summary>
public sealed class CallTests
{
    private const string Say = "POST /channels/{channel}/messages";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_token_is_sent_with_calls_and_not_with_answers_to_interactions()
    {
        await using var bench = await RestBench.StartAsync();
        var interaction = await bench.InteractionAsync();
        await bench.SendAsync(DiscordRoute.Answer(interaction.Id, interaction.Token), new JsonObject { ["type"] = 5 });
        await bench.SendAsync(DiscordRoute.EditOriginal(bench.Discord.ApplicationId, interaction.Token), RestBench.Message("done"));
        await bench.SendAsync(DiscordRoute.FollowUp(bench.Discord.ApplicationId, interaction.Token), RestBench.Message("more"));
        var original = await bench.SendAsync(DiscordRoute.GetOriginal(bench.Discord.ApplicationId, interaction.Token));
        Assert.Equal("done", original.GetProperty("content").GetString());
        Assert.Equal(["done", "more"], bench.Channel.Messages.Select(m => m.Content));
        Assert.All(bench.Discord.Calls.All, call => Assert.Equal(call.Route.Contains("{token}", StringComparison.Ordinal) ? null : $"Bot {bench.Discord.Token}", call.Authorization));
        Assert.Empty(bench.Discord.Violations.All);
    }

    [Fact]
    public async Task A_message_says_whom_it_may_mention_or_is_not_sent()
    {
        await using var bench = await RestBench.StartAsync();
        var body = new JsonObject { ["content"] = "@everyone" };
        foreach (var route in new[] { DiscordRoute.Say(1), DiscordRoute.EditMessage(1, 2), DiscordRoute.EditOriginal(1, "t"), DiscordRoute.FollowUp(1, "t"), DiscordRoute.EditFollowUp(1, "t", 2) })
            await Assert.ThrowsAsync<ArgumentException>(() => bench.SendAsync(route, body.DeepClone()));
        foreach (var type in new[] { 4, 7 }) await Assert.ThrowsAsync<ArgumentException>(() => bench.SendAsync(DiscordRoute.Answer(1, "t"), new JsonObject { ["type"] = type, ["data"] = body.DeepClone() }));
        Assert.Empty(bench.Discord.Calls.All);
        await bench.SendAsync(DiscordRoute.Say(bench.Channel.Id), new JsonObject { ["content"] = $"{bench.User.Mention} {bench.Discord.Bot.Mention}", ["allowed_mentions"] = AllowedMentions.User(bench.User.Id) });
        Assert.Equal([bench.User.Id], bench.Channel.Messages.Single().Mentions);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(0)]
    public async Task Where_Discord_fails_only_what_may_be_done_twice_is_tried_again(int status)
    {
        await using var bench = await RestBench.StartAsync();
        var how = status == 0 ? Failure.Cut : Failure.Server(status);
        bench.Discord.Fail("GET /users/@me", 2, how);
        await bench.SendAsync(DiscordRoute.Me);
        Assert.Equal(3, bench.Answers("GET /users/@me").Length);

        bench.Discord.Fail(Say, 1, how, afterDoing: true);
        var error = await bench.FailsAsync(() => bench.SayAsync("once"));
        Assert.Equal((status, true), (error.Status, error.MayPass));
        Assert.Equal("once", bench.Channel.Messages.Single().Content);

        bench.Discord.Fail(Say, 2, how, afterDoing: true);
        await bench.SendAsync(DiscordRoute.Say(bench.Channel.Id), RestBench.Message("twice sent", withNonce: true));
        Assert.Equal(["once", "twice sent"], bench.Channel.Messages.Select(m => m.Content));

        bench.Discord.Fail("GET /users/@me", 3, how);
        await bench.FailsAsync(() => bench.SendAsync(DiscordRoute.Me));
        Assert.Empty(bench.Discord.Violations.All);
    }

    [Fact]
    public async Task Silence_is_a_failure_too()
    {
        await using var bench = await RestBench.StartAsync();
        var end = new TaskCompletionSource();
        async Task<T> WithoutAnswerAsync<T>(string route, Task<T> call)
        {
            await bench.Discord.Calls.NextAsync(c => c.Route == route, Cancel);
            bench.Clock.Advance(TimeSpan.FromSeconds(11));
            return await call;
        }
        bench.Discord.Fail("GET /users/@me", 1, Failure.Silent(end.Task));
        await WithoutAnswerAsync("GET /users/@me", bench.Rest.SendAsync(new DiscordCall(DiscordRoute.Me) { Patience = TimeSpan.FromSeconds(11) }, Cancel));
        bench.Discord.Fail(Say, 1, Failure.Silent(end.Task), afterDoing: true);
        var error = await WithoutAnswerAsync(
            Say, bench.FailsAsync(() => bench.Rest.SendAsync(new DiscordCall(DiscordRoute.Say(bench.Channel.Id)) { Body = RestBench.Message("x"), Patience = TimeSpan.FromSeconds(11) }, Cancel)));
        Assert.Equal(0, error.Status);
        Assert.Contains("no answer within 11 s", error.Message, StringComparison.Ordinal);
        Assert.Single(bench.Answers(Say));
        end.SetResult();
    }

    [Fact]
    public async Task What_was_done_though_the_answer_was_lost_counts_as_done()
    {
        await using var bench = await RestBench.StartAsync();
        var interaction = await bench.InteractionAsync();
        bench.Discord.Fail("POST /interactions/{interaction}/{token}/callback", 1, Failure.Server(), afterDoing: true);
        await bench.SendAsync(DiscordRoute.Answer(interaction.Id, interaction.Token), new JsonObject { ["type"] = 4, ["data"] = RestBench.Message("hello") });
        Assert.Equal([500, 400], bench.Answers("POST /interactions/{interaction}/{token}/callback"));
        var message = bench.Channel.Messages.Single();
        bench.Discord.Fail("DELETE /channels/{channel}/messages/{message}", 1, Failure.Cut, afterDoing: true);
        await bench.SendAsync(DiscordRoute.DeleteMessage(bench.Channel.Id, message.Id));
        Assert.Empty(bench.Channel.Messages);

        // But not at the first try.
        Assert.Equal(DiscordCode.UnknownMessage, (await bench.FailsAsync(() => bench.SendAsync(DiscordRoute.DeleteMessage(bench.Channel.Id, message.Id)))).Code);
        Assert.Equal(DiscordCode.AlreadyAnswered, (await bench.FailsAsync(() => bench.SendAsync(DiscordRoute.Answer(interaction.Id, interaction.Token), new JsonObject { ["type"] = 5 }))).Code);
    }

    [Fact]
    public async Task What_was_refused_is_not_asked_again_and_the_error_says_why()
    {
        await using var bench = await RestBench.StartAsync();
        bench.Channel.MayWrite = false;
        var error = await bench.FailsAsync(() => bench.SayAsync("hello"));
        Assert.Equal((403, DiscordCode.MissingPermissions, false), (error.Status, error.Code, error.MayPass));
        Assert.Equal("Discord: POST /channels/{channel}/messages: 403 50013 Missing Permissions.", error.Message);
        Assert.Single(bench.Answers(Say));
        error = await bench.FailsAsync(() => bench.SendAsync(DiscordRoute.PutCommands(bench.Discord.ApplicationId), new JsonArray(new JsonObject { ["name"] = "Imagine That", ["description"] = "x" })));
        Assert.Equal(DiscordCode.InvalidForm, error.Code);
        Assert.Contains("0.name: Command name is invalid", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_of_interactions_end_after_fifteen_minutes()
    {
        await using var bench = await RestBench.StartAsync();
        var interaction = await bench.InteractionAsync();
        await bench.SendAsync(DiscordRoute.Answer(interaction.Id, interaction.Token), new JsonObject { ["type"] = 5 });
        bench.Clock.Advance(TimeSpan.FromMinutes(15.1));
        var error = await bench.FailsAsync(() => bench.SendAsync(DiscordRoute.EditOriginal(bench.Discord.ApplicationId, interaction.Token), RestBench.Message("late")));
        Assert.Equal((401, DiscordCode.InvalidWebhookToken), (error.Status, error.Code));
        // That is no refusal of the bot's own token.
        Assert.Null(bench.Rest.Stopped);
        await bench.SayAsync("instead");
    }

    [Fact]
    public async Task A_refused_token_stops_everything_and_says_what_to_do()
    {
        await using var bench = await RestBench.StartAsync("MTE.wrong.token");
        for (var i = 0; i < 3; i++)
        {
            var error = await bench.FailsAsync(() => bench.SendAsync(DiscordRoute.Me));
            Assert.Equal((401, false), (error.Status, error.MayPass));
            Assert.Contains("Discord:Token", error.Message, StringComparison.Ordinal);
        }
        Assert.Single(bench.Discord.Calls.All);
        Assert.Single(bench.Log);
    }

    [Fact]
    public async Task Files_are_sent_as_a_form_and_listed()
    {
        await using var bench = await RestBench.StartAsync();
        var png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
        var call = new DiscordCall(DiscordRoute.Say(bench.Channel.Id))
        {
            Body = RestBench.Message("two"),
            Files = [new DiscordFile("a \"cat\"\r\n猫.png", png, "image/png", new string('x', 1023) + "🐈"), new DiscordFile("b.png", new byte[300_000], "image/png")],
        };
        var answer = await bench.Rest.SendAsync(call, Cancel);
        var message = bench.Channel.Messages.Single();
        Assert.Equal(["a__cat____.png", "b.png"], message.Files.Select(f => f.Name));
        Assert.Equal(png, message.Files[0].Bytes);
        Assert.Equal(300_000, message.Files[1].Bytes.Length);
        Assert.Equal(1023, message.Files[0].Description!.Length);

        // An edit lists what stays; the call itself is left as it was.
        var edit = RestBench.Message("one stays");
        edit["attachments"] = new JsonArray(new JsonObject { ["id"] = answer.GetProperty("attachments")[0].GetProperty("id").GetString() });
        await bench.Rest.SendAsync(new DiscordCall(DiscordRoute.EditMessage(bench.Channel.Id, message.Id)) { Body = edit, Files = [new DiscordFile("c.png", png, "image/png")] }, Cancel);
        Assert.Equal(["a__cat____.png", "c.png"], message.Files.Select(f => f.Name));
        Assert.Single(edit["attachments"]!.AsArray());

        var interaction = await bench.InteractionAsync();
        await bench.Rest.SendAsync(
            new DiscordCall(DiscordRoute.Answer(interaction.Id, interaction.Token)) { Body = new JsonObject { ["type"] = 4, ["data"] = RestBench.Message("") }, Files = [new DiscordFile("d.png", png, "image/png")] }, Cancel);
        Assert.Equal("d.png", interaction.Original!.Files.Single().Name);
        await Assert.ThrowsAsync<ArgumentException>(() => bench.Rest.SendAsync(new DiscordCall(DiscordRoute.Me) { Files = [new DiscordFile("d.png", png, "image/png")] }, Cancel));
        Assert.Empty(bench.Discord.Violations.All);

        var error = await bench.FailsAsync(() => bench.Rest.SendAsync(call with { Files = [new DiscordFile("big.png", new byte[(10 << 20) + 1], "image/png")] }, Cancel));
        Assert.Equal((413, DiscordCode.TooLarge), (error.Status, error.Code));
    }

    [Theory]
    [InlineData("<html>", 200)]
    [InlineData("{\"message\":7,\"code\":\"x\",\"errors\":[]}", 400)]
    [InlineData("{\"message\":\"a\\u0000b\",\"code\":1e99,\"errors\":{\"a\":{\"_errors\":{}}}}", 400)]
    [InlineData("[[[[[[[[[[", 403)]
    public async Task Odd_answers_are_errors(string body, int status)
    {
        using var rest = Scripted(_ => new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) });
        var error = await Assert.ThrowsAsync<DiscordException>(() => rest.SendAsync(DiscordRoute.Me, Cancel));
        Assert.Equal(status == 200 ? 0 : status, error.Status);
        Assert.DoesNotContain('\0', error.Message);
    }

    [Fact]
    public async Task What_a_server_says_back_tells_no_secret()
    {
        using var rest = Scripted(r => new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent(JsonSerializer.Serialize(new { message = $"{r.RequestUri} {r.Headers.Authorization}", code = 1 })) });
        var error = await Assert.ThrowsAsync<DiscordException>(() => rest.SendAsync(DiscordRoute.GetOriginal(1, "interaction-token/+"), Cancel));
        Assert.Contains("***", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("interaction-token", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<DiscordException>(() => rest.SendAsync(DiscordRoute.Me, Cancel));
        Assert.DoesNotContain("bot.token", error.Message, StringComparison.Ordinal);
    }

    internal static DiscordRest Scripted(Func<HttpRequestMessage, HttpResponseMessage> answer, TimeProvider? clock = null) => new(
        Microsoft.Extensions.Options.Options.Create(new DiffusionBot.Chat.Discord.DiscordOptions { Token = "bot.token" }), clock ?? new PassingClock(), () => 0.5, new TestLog<DiscordRest>("bot.token"), new Script(answer));

    private sealed class Script(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return answer(request);
        }
    }
}
