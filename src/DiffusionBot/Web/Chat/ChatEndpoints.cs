using System.Security.Cryptography;
using DiffusionBot.Bot;
using DiffusionBot.Chat;
using DiffusionBot.Engine;
using DiffusionBot.Generation.Presets;
using DiffusionBot.Web.Guards;
using DiffusionBot.Web.Pages;
using DiffusionBot.Web.Visitors;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Web.Chat;

/// <summary>The chat's page and what it sends.</summary>
internal static class ChatEndpoints
{
    private const int LinesAPage = 60, MostNewLines = 200, PresetsShown = 12, LongestDraft = 4000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", ShowAsync);
        routes.MapPost("/chat/messages", SayAsync);
        routes.MapGet("/chat/events", ChatEvents.Stream);
    }

    private static async Task<IResult> ShowAsync(
        Visitor visitor, Conversation conversation, PresetLibrary presets, CancellationToken cancel, long? before = null, string? text = null, long? reply = null)
    {
        var lines = await conversation.BeforeAsync(visitor.Id, before, LinesAPage + 1, cancel);
        var older = lines.Count > LinesAPage ? lines[1].Id : (long?)null;
        if (older is not null) lines = [.. lines.Skip(1)];
        var samples = lines.Count > 0 ? [] : presets.All.Where(p => p.PicturePath is not null).Take(PresetsShown).ToList();
        var draft = text is { Length: > 0 and <= LongestDraft } ? text : "";
        return Page.Of<ChatPage>(new ChatPageModel(visitor.Frame, lines, older, before is null, NewId(), draft, reply, samples));
    }

    private static async Task<IResult> SayAsync(
        Visitor visitor, HttpContext context, FormGuard guard, VisitorLimits limits, Conversation conversation, ChatRouter router, IOptions<WebOptions> options)
    {
        if (!limits.AllowsMessage(context, visitor.Id)) throw new WebRefusal(StatusCodes.Status429TooManyRequests, FormGuard.TooOften);
        var message = await IncomingMessage.ReadAsync(await guard.ReadAsync(context, withPictures: true), context.RequestAborted);
        var repliedTo = message.ReplyTo is { } line ? await conversation.FindAsync(visitor.Id, line, context.RequestAborted) : null;

        // From here on it is said: a browser that goes away does not stop the answer.
        await conversation.SayAsync(visitor.Id, message.Id, message.Text, message.Pictures, repliedTo, CancellationToken.None);
        var said = new ChatMessage(
            message.Id, new ChatAddress(visitor.Id), new ChatAuthor(visitor.Id), visitor.Language == Language.Chinese ? "zh-CN" : "en", message.Text, message.Pictures,
            repliedTo is null ? null : new RepliedMessage(repliedTo.Text, [], repliedTo.Reference))
        {
            InPublic = options.Value.IsPublicPlace,
        };
        var replies = await router.HandleAsync(said, CancellationToken.None);
        for (var i = 0; i < replies.Count; i++) await conversation.AnswerAsync(visitor.Id, $"{message.Id}:{i}", replies[i], CancellationToken.None);

        if (!RefusalFilter.WantsJson(context.Request)) return Page.SeeOther("/#say");
        // What the page shows is gone where the visitor asked to be forgotten: then it begins anew.
        var isForgotten = message.After > 0 && await conversation.FindAsync(visitor.Id, message.After, context.RequestAborted) is null;
        var lines = await conversation.AfterAsync(visitor.Id, message.After, MostNewLines, context.RequestAborted);
        return TypedResults.Json(new { reset = isForgotten, lines = await BubbleHtml.RenderAsync(context.RequestServices, visitor.Frame, lines) });
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
