using DiffusionBot.Web.Pages;
using DiffusionBot.Web.Visitors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DiffusionBot.Web.Guards;

/// <summary>Says a refusal as JSON to scripts, as a page to people.</summary>
internal sealed class RefusalFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (WebRefusal refusal)
        {
            return Answer(context.HttpContext, refusal);
        }
    }

    public static IResult Answer(HttpContext context, WebRefusal refusal)
    {
        var frame = Visitor.FrameOf(context);
        if (WantsJson(context.Request)) return TypedResults.Json(new { error = frame.Say(refusal.Text) }, statusCode: refusal.Status);
        var title = refusal.Status == StatusCodes.Status404NotFound ? frame.Say("Not found", "没有找到") : frame.Say("That did not work", "没有成功");
        return Page.Of<NoticePage>(new NoticePageModel(frame, title, frame.Say(refusal.Text)), refusal.Status);
    }

    public static bool WantsJson(HttpRequest request) => request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase);
}
