using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;
using DiffusionBot.Web.Guards;
using DiffusionBot.Web.Pages;
using DiffusionBot.Web.Visitors;

namespace DiffusionBot.Web;

/// <summary>What waits: everybody sees how much, and only their own in words.</summary>
internal static class QueueEndpoints
{
    private const int Shown = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/queue", ShowAsync);
        routes.MapPost("/queue/cancel", CancelAsync);
    }

    private static async Task<IResult> ShowAsync(Visitor visitor, RequestQueue queue, CancellationToken cancel) => Page.Of<QueuePage>(new QueuePageModel(
        visitor.Frame, await queue.WaitingAsync(null, Shown, cancel), await queue.LengthAsync(cancel), await queue.IsPausedAsync(cancel), visitor.Id));

    private static async Task<IResult> CancelAsync(Visitor visitor, HttpContext context, FormGuard guard, PictureArchive archive, RequestQueue queue)
    {
        var form = await guard.ReadAsync(context);
        var request = Guid.TryParse(form["request"], out var id) ? await archive.FindRequestAsync(id, context.RequestAborted) : null;
        if (request?.UserId != visitor.Id) throw WebRefusal.NotFound();
        await queue.CancelAsync(id, context.RequestAborted);
        return Page.SeeOther("/queue");
    }
}
