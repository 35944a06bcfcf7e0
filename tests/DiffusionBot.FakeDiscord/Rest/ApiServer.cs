using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DiffusionBot.FakeDiscord.Rest;

/// <summary>What is the same for all routes: who asks, limits, failures on demand, and that it is written down.</summary>
internal sealed partial class ApiServer(DiscordServer discord)
{
    private static readonly string[] majors = ["channel", "guild", "webhook", "token"];

    private readonly Lock gate = new();
    private readonly List<(Func<ApiCall, bool> Which, Failure How, bool AfterDoing, int Left)> failures = [];

    public Limiter Limits { get; } = new(discord.Options.GlobalLimit, discord.Options.Clock);

    /// <summary>The next such calls fail.</summary>
    public void Fail(Func<ApiCall, bool> which, int times, Failure how, bool afterDoing)
    {
        lock (gate) failures.Add((which, how, afterDoing, times));
    }

    /// <summary>Serves a route.</summary>
    public void Map(WebApplication app, string method, string template, Func<ApiCall, ApiAnswer> answer)
    {
        var route = $"{method} {template}";
        app.MapMethods($"/api/v10{template}", [method], context => ServeAsync(context, route, answer));
    }

    private async Task ServeAsync(HttpContext context, string route, Func<ApiCall, ApiAnswer> answer)
    {
        var isInteraction = route.Contains("{token}", StringComparison.Ordinal);
        var (body, files, problem) = await Forms.ReadAsync(context.Request, discord.Options.RequestLimit);
        var call = new ApiCall(
            route, context.Request.Path.Value!, body?.DeepClone(), files, discord.Options.Clock.GetUtcNow(), context.Request.Headers.UserAgent.ToString(), context.Request.Headers.Authorization.FirstOrDefault())
        { Http = context };
        var failure = NextFailure(call);
        var reply = Refuse(call, isInteraction) ?? problem;
        if (reply is null && failure is { AfterDoing: false }) reply = Failed(context, failure.Value.How);
        reply ??= Limits.Count(route, string.Concat(majors.Select(name => $"/{call.Value(name)}")), isInteraction, context.Response.Headers);
        reply ??= failure is { AfterDoing: false, How.IsCut: true } ? null : answer(call);
        if (failure is { AfterDoing: true }) reply = Failed(context, failure.Value.How);
        if (failure is { How: { IsCut: true } cut })
        {
            discord.Calls.Add(call);
            if (cut.Until is not null) await cut.Until;
            context.Abort();
            return;
        }
        call.Status = reply!.Status;
        discord.Calls.Add(call);
        context.Response.StatusCode = reply.Status;
        if (reply.Body is null) return;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(reply.Body.ToJsonString(), CancellationToken.None);
    }

    private ApiAnswer? Refuse(ApiCall call, bool isInteraction)
    {
        if (!UserAgent().IsMatch(call.UserAgent))
        {
            discord.Violate($"{call.Route}: User-Agent is \"{call.UserAgent}\"; expected DiscordBot (url, version)");
            return ApiAnswer.Error(403, 40333, "internal network error");
        }
        if (isInteraction)
        {
            if (call.Authorization is not null) discord.Violate($"{call.Route}: the bot's token was sent along");
            return null;
        }
        return call.Authorization == $"Bot {discord.Token}" ? null : ApiAnswer.Error(401, 0, "401: Unauthorized");
    }

    private static ApiAnswer? Failed(HttpContext context, Failure how) =>
        how.IsCut ? null
        : how.RetryAfter is { } wait ? Limiter.Refuse(context.Response.Headers, wait, how.Scope)
        : how.Code == 0 && how.Status >= 500 ? new ApiAnswer(how.Status)
        : new ApiAnswer(how.Status, new JsonObject { ["message"] = how.Message, ["code"] = how.Code });

    private (Failure How, bool AfterDoing)? NextFailure(ApiCall call)
    {
        lock (gate)
        {
            var index = failures.FindIndex(f => f.Which(call));
            if (index < 0) return null;
            var found = failures[index];
            if (found.Left > 1) failures[index] = found with { Left = found.Left - 1 };
            else failures.RemoveAt(index);
            return (found.How, found.AfterDoing);
        }
    }

    [GeneratedRegex(@"^DiscordBot \(https?://[^ ,)]+, [^ )]+\)", RegexOptions.None, 1000)]
    private static partial Regex UserAgent();
}
