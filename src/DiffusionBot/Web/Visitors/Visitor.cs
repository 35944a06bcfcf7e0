using System.Reflection;
using DiffusionBot.Engine;
using Microsoft.Extensions.Options;

namespace DiffusionBot.Web.Visitors;

/// <summary>Who asks, as a parameter of an endpoint.</summary>
/// <param name="Id">`web:…`: the user, the conversation, and the address of answers.</param>
/// <param name="Frame">For pages.</param>
internal sealed record Visitor(string Id, PageFrame Frame)
{
    public Language Language => Frame.Language;

    public static ValueTask<Visitor?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var id = context.RequestServices.GetRequiredService<VisitorCookie>().Read(context);
        return ValueTask.FromResult<Visitor?>(new Visitor(id, FrameOf(context)));
    }

    public static PageFrame FrameOf(HttpContext context) => new(VisitorLanguage.Of(context.Request), context.Request.Path + context.Request.QueryString)
    {
        PublicUrl = context.RequestServices.GetRequiredService<IOptions<WebOptions>>().Value.PublicUrl?.TrimEnd('/'),
    };
}
